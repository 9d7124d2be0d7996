"""Delivered, then due: when the money of a part leaves escrow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace import sweeps
from marketplace.sellers.models import SubOrder
from marketplace.settlement.models import PartClock
from marketplace.settlement.rules import settlement_rule
from payments.compiled import compiled

from . import booking

Line = get_model("order", "Line")

# So many per run at most: the next run, a minute later, takes the rest.
PER_RUN = 500
LEFT_BY = time(12)  # the guests, on the day they leave


def paid(*, order_number: str, at: datetime) -> None:
    """Note when the parts of an order that was paid ``at`` count as delivered, should nobody report on them.

    A stay is over at noon of the day on which its last guests leave, a tour at the end of its last day; goods
    have as many days to arrive as the rule of the day says, from their harvest on if they wait for one. May
    be told of every payment of an order, and twice.
    """
    on_the_way = timedelta(days=settlement_rule(timezone.localdate(at)).delivered_after_days)
    moments: defaultdict[int, list[datetime]] = defaultdict(lambda: [at])
    for line in _lines(order_number):
        moments[line.partner_id].append(_over_at(line) or max(at, _there_at(line, at)) + on_the_way)
    for part_id, partner_id in _parts(order_number):
        PartClock.objects.filter(part=part_id).update(
            # The first payment decides: the rest of a deposit does not make the goods beside it later.
            expected_at=Case(
                When(delivered_at=None, expected_at=None, then=max(moments[partner_id])),
                default=F("expected_at"),
            ),
            # The rest after a deposit, paid after the deposit was released: the next sweep releases it.
            released_at=None,
        )


@compiled
def _lines(order_number: str) -> QuerySet[Any]:
    lines = Line.objects.filter(order__number=order_number)
    facts = ("booking__first_night", "booking__nights", "seats__departure__last_day")
    return lines.select_related("booking", "seats__departure", "preorder__harvest").only(
        "partner", *facts, "preorder__harvest__ends_on"
    )


@compiled
def _parts(order_number: str) -> QuerySet[SubOrder, tuple[int, int]]:
    parts = SubOrder.objects.filter(order__number=order_number).order_by("pk")
    return parts.values_list("pk", "seller__partner")


def _over_at(line: Any) -> datetime | None:
    """When the guests of a line have left, or are back from their tour; None for goods."""
    if hasattr(line, "booking"):
        return timezone.make_aware(datetime.combine(line.booking.leaves_on, LEFT_BY))
    if hasattr(line, "seats"):
        day_after = line.seats.departure.last_day + timedelta(days=1)
        return timezone.make_aware(datetime.combine(day_after, time()))
    return None


def _there_at(line: Any, paid_at: datetime) -> datetime:
    """When the goods of a line are there to be sent: those ordered beforehand after their harvest."""
    if not hasattr(line, "preorder"):
        return paid_at
    return timezone.make_aware(datetime.combine(line.preorder.harvest.ends_on, time()))


def moved(*, line: Any) -> None:
    """Note that what a line of an order booked is on other days now. Its part is never released earlier."""
    over_at = _over_at(line)
    assert over_at is not None, line.pk
    clocks = PartClock.objects.filter(part__order=line.order_id, part__seller__partner=line.partner_id)
    clocks.filter(delivered_at=None).update(expected_at=Greatest(F("expected_at"), over_at))


@transaction.atomic
def delivered(*, part: SubOrder, at: datetime, now: datetime) -> None:
    """Note that ``part`` was handed over, or stayed, ``at``: its money is due when the dispute window ends.

    Repeats change nothing: the first report counts.
    """
    clock = booking.lock_clock(part.pk)
    if clock.delivered_at is not None:
        return
    rule = settlement_rule(timezone.localdate(at))
    clock.delivered_at = at
    clock.release_at = at + timedelta(hours=rule.dispute_window_hours)
    clock.save(update_fields=["delivered_at", "release_at"])


def release_due(*, now: datetime) -> int:
    """Release every part whose dispute window has ended and about which nobody complains. Returns how many.

    Before that, what was ordered before prices were shared out gets its clock, and what should have arrived
    long ago and what was stayed counts as delivered.
    """
    _freeze_the_forgotten()
    expected = PartClock.objects.filter(delivered_at=None, expected_at__lte=now).order_by("expected_at", "pk")
    _each(expected, partial(_count_as_delivered, now=now))
    due = PartClock.objects.filter(released_at=None, frozen_by=None, release_at__lte=now)
    due = due.exclude(part__status=SubOrder.Status.REFUNDING)  # decided by how the refund ends
    return _each(due.order_by("release_at", "pk"), partial(_release, now=now))


def _freeze_the_forgotten() -> None:
    """Share out the prices of paid parts that have no clock: nobody would ever release their money."""
    forgotten = SubOrder.objects.filter(status=SubOrder.Status.PAID, clock=None).order_by("pk")
    sweeps.each(
        forgotten.values_list("pk", flat=True)[:PER_RUN], _freeze, failure="Part %s could not be shared out"
    )


@transaction.atomic
def _freeze(part_id: int) -> bool:
    booking.lock_clock(part_id)
    part = SubOrder.objects.filter(pk=part_id).values_list("order__number", Coalesce("paid_at", "placed_at"))
    number, paid_at = part.get()
    paid(order_number=number, at=paid_at)
    return True


def _each(clocks: QuerySet[PartClock], act: Callable[[int], bool]) -> int:
    """Do ``act`` with the part of each clock; return how often it did something."""
    part_ids = clocks.values_list("part", flat=True)[:PER_RUN]
    return sweeps.each(part_ids, act, failure="Part %s could not be settled")


@transaction.atomic
def _count_as_delivered(part_id: int, *, now: datetime) -> bool:
    clock = booking.lock_clock(part_id)
    if clock.delivered_at is not None or clock.expected_at is None or clock.expected_at > now:
        return False
    if clock.part.status == SubOrder.Status.PAID:
        delivered(part=clock.part, at=clock.expected_at, now=now)
        return True
    # Cancelled or refunded: nobody waits for it. Should money come all the same, paid() is told again.
    PartClock.objects.filter(pk=clock.pk).update(expected_at=None)
    return False


@transaction.atomic
def _release(part_id: int, *, now: datetime) -> bool:
    clock = booking.lock_clock(part_id)
    is_due = clock.release_at is not None and clock.release_at <= now
    if not is_due or clock.released_at is not None or clock.frozen_by_id is not None:
        return False
    if clock.part.status == SubOrder.Status.REFUNDING:
        return False
    if clock.part.status == SubOrder.Status.PAID:
        booking.book(clock, now=now)
    clock.released_at = now
    clock.save(update_fields=["released_at"])
    return True
