"""What stands at a post point's counter. Every function sees the orders of one post office and no others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.accounts.models import User
from marketplace.accounts.selectors import post_office_of
from marketplace.delivery.models import PostOffice
from marketplace.fulfilment.models import Placement
from marketplace.sellers.models import SubOrder
from payments import tills
from payments.models import Intent, Operation
from payments.tills import Counted, Direction, Movement, Till

from .models import TillRule

Line = get_model("order", "Line")

# The order's status while the parcel waits for its cash.
ON_HANDOVER = "on-handover"
CASH = "cash"  # the provider of what the post counts
CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True)
class Waiting:
    """Cash to count for one order: in for its parcel, or out because it was refunded."""

    placement: Placement
    operation: Operation

    @property
    def is_refund(self) -> bool:
        return self.operation.kind == Operation.Kind.REFUND

    @property
    def number(self) -> str:
        return self.placement.order.number


@dataclass(frozen=True)
class Part:
    """What one seller sends in an order."""

    suborder: SubOrder
    lines: Sequence[Any]


@dataclass(frozen=True)
class Handover:
    """One order at the counter: what it is, what waits to be counted for it, and what was counted here."""

    placement: Placement
    parts: Sequence[Part]
    waiting: Sequence[Waiting]
    counted: Sequence[Counted]


@dataclass(frozen=True)
class Day:
    """What came and went in a till on one day, newest first."""

    day: date
    movements: Sequence[Movement]

    @property
    def in_vnd(self) -> int:
        return self._sum(Direction.IN)

    @property
    def out_vnd(self) -> int:
        return self._sum(Direction.OUT)

    @property
    def banked_vnd(self) -> int:
        return self._sum(Direction.BANKED)

    def _sum(self, direction: Direction) -> int:
        return sum(one.amount_vnd for one in self.movements if one.direction == direction)


@dataclass(frozen=True)
class OfficeTill:
    """The till of one post office and how it stands to the rule of the day."""

    till: Till
    office: PostOffice | None  # None if the post office is no longer in our tables
    days_held: int | None
    days_since_banking: int | None
    is_old: bool
    is_much: bool


def office_of(user: Any) -> PostOffice | None:
    """Return the post office ``user`` works at as its agent, if any. Two queries."""
    assert isinstance(user, User)
    code = post_office_of(user)
    return PostOffice.objects.select_related("commune").filter(code=code).first() if code else None


def waiting_at(office: PostOffice) -> list[Waiting]:
    """Return what waits to be counted at ``office``, refunds first, then the oldest. Two queries.

    A payment waits while its order is on hand-over, one of what goods weigh more until the parcel is handed
    over; a refund until it is paid out.
    """
    here = _placements(office)
    asked = here.values("payment_id").union(here.values("balance_payment_id"), all=True)
    operations = list(tills.to_count(asked))
    intents = [one.intent_id for one in operations]
    placements = here.filter(Q(payment_id__in=intents) | Q(balance_payment_id__in=intents))
    by_payment = {
        payment_id: one for one in placements.select_related("order") for payment_id in _payments_of(one)
    }
    found = _waiting(operations, by_payment)
    return sorted(found, key=lambda one: not one.is_refund)


def find(office: PostOffice, sought: str) -> list[Placement]:
    """Return the orders at ``office`` meant by a buyer's code or by the number of an order.

    A code finds only what waits; two orders may have the same by chance. A number also finds what was
    counted here before. Two queries.
    """
    sought = "".join(sought.split()).upper()
    if CODE.fullmatch(sought):
        return list(
            {
                one.placement.pk: one.placement
                for one in waiting_at(office)
                if one.operation.action.get("code") == sought
            }.values()
        )
    placement = placement_at(office, sought)
    return [placement] if placement else []


def placement_at(office: PostOffice, number: str) -> Placement | None:
    """Return how the order ``number`` was placed, if it was in cash and is collected at ``office``."""
    return _placements(office).select_related("order").filter(order__number=number).first()


def waiting_for(placement: Placement) -> list[Waiting]:
    """Return what waits to be counted for one order. One query."""
    asked = _payments_of(placement)
    return _waiting(tills.to_count(asked), dict.fromkeys(asked, placement))


def handover(placement: Placement, *, office: PostOffice) -> Handover:
    """Return the page of an order at ``office``. Four queries."""
    lines = Line.objects.select_related("product").order_by("pk")
    suborders = (
        SubOrder.objects.filter(order=placement.order_id)
        .select_related("seller__unit", "order")
        .prefetch_related(Prefetch("order__lines", queryset=lines))
        .order_by("number")
    )
    parts = [
        Part(part, [line for line in part.order.lines.all() if line.partner_id == part.seller.partner_id])
        for part in suborders
    ]
    return Handover(
        placement=placement,
        parts=parts,
        waiting=waiting_for(placement),
        counted=counted_for(placement, office=office),
    )


def counted_for(placement: Placement, *, office: PostOffice) -> list[Counted]:
    """Return what was counted of one order at ``office``. One query, two where a rest was asked for."""
    return [one for asked in _payments_of(placement) for one in tills.counted(asked, till=office.code)]


def day_at(office: PostOffice, day: date) -> Day:
    """Return what came and went in the till of ``office`` on ``day`` (Asia/Ho_Chi_Minh). One query."""
    since = timezone.make_aware(datetime.combine(day, time()))
    return Day(day, tills.movements(office.code, since=since, until=since + timedelta(days=1)))


def office_tills(*, today: date) -> list[OfficeTill]:
    """Return every till there is: first those that break the rule of today, then by what they hold.

    Five queries, however many tills there are.
    """
    rule = TillRule.objects.valid_on(today).first()
    found = tills.tills()
    offices = PostOffice.objects.select_related("commune").in_bulk(
        [till.code for till in found], field_name="code"
    )
    rows = [_office_till(till, offices.get(till.code), rule=rule, today=today) for till in found]
    return sorted(rows, key=lambda row: (not (row.is_old or row.is_much), -row.till.held_vnd, row.till.code))


def _placements(office: PostOffice) -> QuerySet[Placement]:
    collected = Q(order__destination__post_office=office)
    at_the_door = Q(order__destination__post_office=None, order__destination__brought_from=office)
    rest_in_cash = Intent.objects.filter(pk=OuterRef("balance_payment_id"), provider=CASH)
    return Placement.objects.filter(collected | at_the_door).filter(Q(provider=CASH) | Exists(rest_in_cash))


def _payments_of(placement: Placement) -> list[UUID]:
    """The ids of what is paid for an order: with it, and for what its goods weigh more."""
    return [each for each in (placement.payment_id, placement.balance_payment_id) if each is not None]


def _waiting(operations: Iterable[Operation], placements: dict[Any, Placement]) -> list[Waiting]:
    found = [Waiting(placements[one.intent_id], one) for one in operations if one.intent_id in placements]
    return [
        one
        for one in found
        if one.is_refund
        or one.operation.intent_id == one.placement.balance_payment_id
        or one.placement.order.status == ON_HANDOVER
    ]


def _office_till(till: Till, office: PostOffice | None, *, rule: TillRule | None, today: date) -> OfficeTill:
    days_held = _days_since(till.oldest_at, today)
    return OfficeTill(
        till=till,
        office=office,
        days_held=days_held,
        days_since_banking=_days_since(till.banked_at, today),
        is_old=rule is not None and days_held is not None and days_held > rule.max_days,
        is_much=rule is not None and till.held_vnd > rule.max_vnd,
    )


def _days_since(moment: datetime | None, today: date) -> int | None:
    return None if moment is None else (today - timezone.localdate(moment)).days
