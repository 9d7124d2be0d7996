"""Questions about who helps whom."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from marketplace.accounts.models import RoleAssignment, User
from marketplace.accounts.selectors import official_scope, post_office_of
from marketplace.delivery.models import PostOffice
from marketplace.sellers.identity import LevelStep
from marketplace.sellers.models import Act, Mandate, Member, Seller

from .models import Consent

SHOWN = 100


def may_help(user: User) -> bool:
    """Whether ``user`` may ask farmers for leave: agents, officials, and people of a co-operative."""
    if RoleAssignment.objects.filter(user=user).exists():
        return True
    return Member.objects.filter(user=user, seller__kind=Seller.Kind.COOPERATIVE).exists()


def mandates_of_agent(user: User) -> list[Mandate]:
    """The mandates of ``user`` that are open: those that live, then those that wait. One query."""
    rows = Mandate.objects.filter(agent=user, revoked_at=None).select_related(
        "seller__unit", "seller__hamlet"
    )
    return sorted(rows, key=lambda row: (not row.is_living, row.seller.name, row.pk))


def questions_of_agent(user: User) -> QuerySet[Consent]:
    """The questions of ``user`` about shops that are not open yet, newest first."""
    rows = Consent.objects.filter(agent=user, mandate=None, answered_at=None)
    return rows.select_related("unit").order_by("-sent_at", "pk")


def mandates_of_seller(seller: Seller) -> list[Mandate]:
    """The mandates that live or wait for an answer, newest first. One query."""
    rows = Mandate.objects.filter(seller=seller, revoked_at=None).select_related("agent")
    return list(rows.order_by("-asked_at", "-pk"))


def acts_of_seller(seller: Seller) -> QuerySet[Act]:
    """Everything that was done for a seller, newest first."""
    return Act.objects.filter(seller=seller).select_related("by").order_by("-at", "-pk")


def acts_of_agent(user: User, seller: Seller) -> QuerySet[Act]:
    """What ``user`` did for a seller, newest first: also after the leave has ended."""
    return acts_of_seller(seller).filter(by=user)


def steps_of(seller: Seller) -> QuerySet[LevelStep]:
    """The trail of a seller's identity level, newest first."""
    return LevelStep.objects.filter(seller=seller).select_related("by").order_by("-at", "-pk")


def waiting_to_be_confirmed(user: User) -> list[Seller]:
    """The sellers nobody has confirmed yet whom ``user`` may confirm by where they are, newest first.

    Those of an official's communes, and those of the commune of an agent's post point. At most a hundred.
    """
    scope = official_scope(user)
    codes = set(scope.commune_codes)
    office = PostOffice.objects.filter(code=post_office_of(user)).select_related("commune").first()
    if office is not None:
        codes.add(office.commune.code)
    rows = Seller.objects.filter(level=Seller.Level.PHONE).exclude(members=user)
    if not scope.whole_province:
        rows = rows.filter(
            Q(unit__code__in=codes, unit__valid_to=None) | Q(unit__became__new__code__in=codes)
        )
    return list(rows.select_related("unit", "hamlet").order_by("-joined_on", "-pk")[:SHOWN])
