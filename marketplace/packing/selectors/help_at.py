"""Whom a seller can ask for help: people with names and numbers, nearest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from marketplace.accounts.models import RoleAssignment, User
from marketplace.delivery.models import PostOffice
from marketplace.sellers.models import Mandate, Seller


@dataclass(frozen=True)
class Office:
    """A post point of a seller's commune, and the agents who work there."""

    office: PostOffice
    agents: Sequence[User]


def helpers_of(sellers: Sequence[Seller], *, without: int) -> list[User]:
    """Return who may act for these sellers, and has a telephone; the asker left out. One query."""
    living = Mandate.objects.filter(seller__in=sellers, revoked_at=None).exclude(consented_at=None)
    people = User.objects.filter(pk__in=living.values("agent"), is_active=True).exclude(pk=without)
    return list(people.order_by("name", "pk"))


def offices_near(sellers: Sequence[Seller]) -> list[Office]:
    """Return the post points of the communes in which these sellers live. Two queries."""
    units = [seller.unit_id for seller in sellers]
    here = Q(commune__in=units) | Q(commune__made_of__old__in=units)
    offices = list(PostOffice.objects.filter(here).select_related("commune").distinct().order_by("code"))
    agents: dict[str, list[User]] = {}
    roles = RoleAssignment.objects.filter(
        role=RoleAssignment.Role.AGENT,
        post_office__in=[office.code for office in offices],
        user__is_active=True,
    )
    for role in roles.select_related("user").order_by("user__name", "pk"):
        agents.setdefault(role.post_office, []).append(role.user)
    return [Office(office, agents.get(office.code, [])) for office in offices]
