"""Complaints about parts of orders: whose turn it is, who may see and decide them, and their story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from marketplace.accounts.selectors import OfficialScope
from marketplace.places.models import Commune
from marketplace.sellers.identity import ShareTable
from marketplace.sellers.models import Seller, SubOrder
from marketplace.settlement import services as settlement
from marketplace.settlement.models import Dispute, DisputePhoto, DisputeStep

Level = Dispute.Level


@dataclass(frozen=True)
class Complaint:
    """A complaint with its story and its pictures' ids. ``left_vnd`` is what can be given back at most."""

    dispute: Dispute
    steps: Sequence[DisputeStep]
    photo_ids: Sequence[object]
    left_vnd: int

    @property
    def is_open(self) -> bool:
        return self.dispute.state == Dispute.State.OPEN

    @property
    def waits_for_buyer(self) -> bool:
        return self.is_open and self.dispute.offer_vnd is not None

    @property
    def waits_for_seller(self) -> bool:
        return self.is_open and self.dispute.level == Level.SELLER and self.dispute.offer_vnd is None

    @property
    def most_vnd(self) -> int:
        """What may be given back of what is wanted."""
        return min(self.dispute.wanted_vnd, self.left_vnd)


def of_sellers(sellers: Sequence[Seller]) -> QuerySet[Dispute]:
    """The complaints about what these sellers sold: the open ones first, by when they are to be answered."""
    return _rows().filter(part__seller__in=sellers).order_by("-state", "answer_by", "pk")


def of_part(part: SubOrder) -> QuerySet[Dispute]:
    """The complaints about one part, the newest first."""
    return _rows().filter(part=part).order_by("-opened_at", "-pk")


def of_order(order_id: int) -> QuerySet[Dispute]:
    """The complaints about any part of an order, the newest first."""
    return _rows().filter(part__order=order_id).order_by("-opened_at", "-pk")


def for_officials(scope: OfficialScope, communes: Sequence[Commune]) -> QuerySet[Dispute]:
    """What officials may see: the province all that left the seller, a commune what its sellers are about."""
    rows = _rows().exclude(level=Level.SELLER, state=Dispute.State.OPEN)
    if not scope.whole_province:
        rows = rows.filter(
            Q(part__seller__unit__in=communes) | Q(part__seller__unit__became__new__in=communes)
        )
    return rows.order_by("-state", "answer_by", "pk")


def to_decide(scope: OfficialScope, communes: Sequence[Commune]) -> int:
    """Return how many complaints wait for an official's decision. One query."""
    level = Level.PROVINCE if scope.whole_province else Level.COMMUNE
    return for_officials(scope, communes).filter(state=Dispute.State.OPEN, level=level).count()


def may_decide(dispute: Dispute, scope: OfficialScope) -> bool:
    """Whether it is the turn of an official who may see the dispute."""
    if dispute.state != Dispute.State.OPEN:
        return False
    return dispute.level == (Level.PROVINCE if scope.whole_province else Level.COMMUNE)


def for_cooperatives(user_id: int, *, today: date) -> QuerySet[Dispute]:
    """What a member of a co-operative may decide: complaints about households that hold a share of it.

    Never about sellers the person is a member of.
    """
    tables = (
        ShareTable.objects.filter(
            seller__kind=Seller.Kind.COOPERATIVE, seller__members=user_id, valid_from__lte=today
        )
        .order_by("seller", "-valid_from")
        .distinct("seller")
    )
    households = Seller.objects.filter(
        kind=Seller.Kind.HOUSEHOLD, members__shares__table__in=list(tables.values_list("pk", flat=True))
    ).exclude(members=user_id)
    rows = _rows().filter(state=Dispute.State.OPEN, level=Level.COMMUNE, part__seller__in=households)
    return rows.order_by("answer_by", "pk")


def complaint(dispute: Dispute) -> Complaint:
    """Return a complaint with its story. Four queries."""
    steps = dispute.steps.select_related("by").order_by("at", "pk")
    photos = DisputePhoto.objects.filter(dispute=dispute).order_by("added_at", "pk")
    return Complaint(
        dispute=dispute,
        steps=list(steps),
        photo_ids=list(photos.values_list("pk", flat=True)),
        left_vnd=settlement.left_of_dispute(dispute),
    )


def _rows() -> QuerySet[Dispute]:
    return Dispute.objects.select_related(
        "part__seller__unit", "part__order__placement", "part__clock", "line", "decided_by"
    )


def waiting_for(sellers: Sequence[Seller]) -> int:
    """Return how many complaints wait for an answer of these sellers. One query."""
    return Dispute.objects.filter(
        part__seller__in=sellers, state=Dispute.State.OPEN, level=Level.SELLER, offer_vnd=None
    ).count()
