"""Cancelling lines of an order: what they had is free again, and what goes back is what was agreed.

Of nights and seats as much goes back as their frozen cancellation policy says, of goods everything. What is
kept is the seller's, after the time for complaints. The unpaid rest after a deposit is no longer asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from oscar.core.loading import get_model

from agriculture.harvests import services as harvests
from marketplace.fulfilment.errors import CannotCancel
from marketplace.fulfilment.models import Placement
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from tourism import nights, policies
from tourism.models import Booking
from tourism.tours import seats

from . import ending, estimates, orders, sales

Line = get_model("order", "Line")


@dataclass(frozen=True)
class LineEnd:
    """What becomes of the money of a line that is cancelled: of ``paid_vnd`` so much goes back.

    ``waived_vnd`` was still to be paid, and is no longer asked for. ``begins_at`` is None for goods;
    ``steps`` are those of the policy that are still to come.
    """

    line: Any
    part: SubOrder
    begins_at: datetime | None
    policy: policies.Frozen
    steps: list[policies.DatedStep]
    paid_vnd: int
    back_vnd: int
    waived_vnd: int

    @property
    def kept_vnd(self) -> int:
        return self.paid_vnd - self.back_vnd

    @property
    def is_goods(self) -> bool:
        return self.begins_at is None


def ends_of(
    order: Any, *, now: datetime, line_ids: Collection[int] | None = None, refund_percent: int | None = None
) -> list[LineEnd]:
    """Return what cancelling these lines of a paid order, or all that it still has, would do. Two queries.

    ``refund_percent`` None follows each line's policy. Lines that were cancelled before are left out.
    """
    parts = {part.seller.partner_id: part for part in order.suborders.select_related("seller")}
    lines = order.lines.filter(split__isnull=False).select_related(
        "split", "catch_weight", "booking__room_type__stay", "seats__departure"
    )
    if line_ids is not None:
        lines = lines.filter(pk__in=line_ids)
    return [
        _end(line, parts[line.partner_id], refund_percent, now)
        for line in lines.order_by("pk")
        if parts[line.partner_id].status == SubOrder.Status.PAID and not is_cancelled(line)
    ]


def is_cancelled(line: Any) -> bool:
    """Whether what the line of a paid order had was freed. Needs its booking, or its seats."""
    held = getattr(line, "booking", None) or getattr(line, "seats", None)
    return line.allocation_cancelled if held is None else held.state == Booking.State.RELEASED


@transaction.atomic
def cancel(*, number: str, now: datetime, reason: str = "") -> Any:
    """Cancel an order for its buyer: unpaid, it is freed; paid, as much goes back as was agreed.

    Repeats change nothing. Raises CannotCancel when a stay or tour has begun or a part was delivered.
    """
    order = orders.locked(number)
    if order is None:
        raise orders.Order.DoesNotExist
    if order.status in orders.UNPAID:
        orders.release(order, Placement.Release.CANCELLED, now=now)
        orders.stop_waiting(order, now=now)
    elif order.status == orders.PAID:
        ends = ends_of(order, now=now)
        _refuse_begun(order, ends, now=now)
        _carry_out(order, ends, reason=reason or "cancelled by the buyer", now=now)
    orders.tell(order)
    return order


@transaction.atomic
def cancel_lines(
    *, number: str, line_ids: Collection[int], refund_percent: int | None, reason: str, now: datetime
) -> int:
    """Cancel some lines of an order, not by its buyer; returns how many đồng are asked back.

    ``refund_percent`` is what goes back of each; None lets each line's frozen policy say it. An order that
    waits for its payment is freed as a whole: should the money come all the same, it goes back. Repeats
    change nothing and return 0. Raises Order.DoesNotExist.
    """
    assert refund_percent is None or 0 <= refund_percent <= 100, refund_percent
    order = orders.locked(number)
    if order is None:
        raise orders.Order.DoesNotExist
    if order.status in orders.UNPAID:
        if order.lines.filter(pk__in=line_ids).exists():
            orders.release(order, Placement.Release.WITHDRAWN, now=now)
            orders.stop_waiting(order, now=now)
            orders.tell(order)
        return 0
    ends = ends_of(order, line_ids=line_ids, refund_percent=refund_percent, now=now)
    back_vnd = _carry_out(order, ends, reason=reason, now=now)
    orders.tell(order)
    return back_vnd


def _refuse_begun(order: Any, ends: Sequence[LineEnd], *, now: datetime) -> None:
    """Raise CannotCancel if a stay or a tour has begun, or something was delivered."""
    begun = any(end.begins_at is not None and end.begins_at <= now for end in ends)
    parts = {end.part.pk for end in ends}
    if begun or order.suborders.filter(pk__in=parts, clock__delivered_at__isnull=False).exists():
        raise CannotCancel(order.number)


def _carry_out(order: Any, ends: Sequence[LineEnd], *, reason: str, now: datetime) -> int:
    """Free the lines of a locked order and ask back what goes back; return how many đồng."""
    by_part: dict[SubOrder, list[LineEnd]] = {}
    for end in ends:
        by_part.setdefault(end.part, []).append(end)
    others = {part: _others(order, part, own) for part, own in by_part.items()}
    _free(ends, now=now)
    whole = [part for part, own in by_part.items() if not others[part] and not _kept_vnd(own)]
    back_vnd = sum(settlement.left_to_refund(part).total_vnd for part in whole)
    if whole:
        ending.refund(order, whole, reason=reason, now=now)
    for part, own in by_part.items():
        if part not in whole:
            back_vnd += _end_in_part(order, part, own, others[part], reason=reason, now=now)
    return back_vnd


def _end(line: Any, part: SubOrder, refund_percent: int | None, now: datetime) -> LineEnd:
    booking, party = getattr(line, "booking", None), getattr(line, "seats", None)
    begins_at, policy, waived_vnd = None, {}, estimates.unpaid_vnd(line, part)
    if booking is not None:
        begins_at = policies.begins_at(booking.room_type.stay, booking.first_night)
        policy = booking.policy
        waived_vnd = min(booking.due_later_vnd, part.balance_vnd, line.split.net_vnd)
    elif party is not None:
        begins_at, policy = party.departure.starts_at, party.policy
    if refund_percent is None:
        refund_percent = 100
        if begins_at is not None:
            refund_percent = policies.refund_percent(policy, starts_at=begins_at, now=now)
    paid_vnd = line.split.net_vnd - waived_vnd
    return LineEnd(
        line=line,
        part=part,
        begins_at=begins_at,
        policy=policy,
        steps=policies.steps_with_dates(policy, starts_at=begins_at, after=now) if begins_at else [],
        paid_vnd=paid_vnd,
        back_vnd=-(-paid_vnd * refund_percent // 100),  # a fraction of a đồng goes to the buyer
        waived_vnd=waived_vnd,
    )


def _others(order: Any, part: SubOrder, ends: Iterable[LineEnd]) -> list[Any]:
    """Return the lines of a part that stay, or were cancelled before for less than everything."""
    lines = order.lines.filter(partner_id=part.seller.partner_id).exclude(pk__in=[e.line.pk for e in ends])
    rows = lines.select_related("split", "booking", "seats").order_by("pk")
    return [line for line in rows if not is_cancelled(line) or line.split.net_vnd]


def _kept_vnd(ends: Iterable[LineEnd]) -> int:
    return sum(end.kept_vnd for end in ends)


def _free(ends: Sequence[LineEnd], *, now: datetime) -> None:
    """Give back stock, then nights, then seats: everybody locks in this order."""
    goods = Line.objects.filter(pk__in=[end.line.pk for end in ends if end.is_goods])
    for line in goods.select_related("stockrecord__product").order_by("stockrecord_id", "pk"):
        line.cancel_allocation(line.num_allocated)
    harvests.take_off_the_shelf([end.line.pk for end in ends if end.is_goods], now=now)
    nights.release([end.line.booking for end in ends if hasattr(end.line, "booking")])
    seats.release([end.line.seats for end in ends if hasattr(end.line, "seats")])


def _end_in_part(
    order: Any, part: SubOrder, ends: Sequence[LineEnd], others: Sequence[Any], *, reason: str, now: datetime
) -> int:
    """Waive and refund what the lines of a part say, which keeps something; return the đồng asked back."""
    if waived := {end.line.pk: end.waived_vnd for end in ends if end.waived_vnd}:
        settlement.waive(part=part, amounts=waived)
    amounts_vnd: Mapping[int, int] = {end.line.pk: end.back_vnd for end in ends if end.back_vnd}
    staying = [line for line in others if not is_cancelled(line)]
    delivery_vnd = 0
    if any(end.is_goods for end in ends) and not any(_is_goods(line) for line in staying):
        delivery_vnd = settlement.left_to_refund(part).delivery_vnd
    back_vnd = sum(amounts_vnd.values()) + delivery_vnd
    if back_vnd:
        settlement.refund_lines(
            part=part,
            amounts=amounts_vnd,
            delivery_vnd=delivery_vnd,
            reason=reason,
            refund_id=ending.next_refund_id(order, part),
            now=now,
        )
    if not staying:
        settlement.delivered(part=part, at=now, now=now)  # what is kept is due after the time to complain
    part.refresh_from_db()
    if waived and not part.balance_vnd:
        sales.count(order, [part], provider=order.placement.provider, at=now)
    return back_vnd


def _is_goods(line: Any) -> bool:
    return not hasattr(line, "booking") and not hasattr(line, "seats")
