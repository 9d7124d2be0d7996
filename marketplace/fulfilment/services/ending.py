"""Orders that end before they are delivered: holds that ran out, refunds of whole parts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from marketplace import sweeps
from marketplace.fulfilment.models import Placement
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from marketplace.settlement.models import Refund

from . import orders


def release_ended_holds(*, now: datetime) -> int:
    """Free what unpaid orders still hold although their time is over. Returns how many were freed."""
    ended = Placement.objects.filter(
        released_at__isnull=True, hold_expires_at__lte=now, order__status__in=orders.UNPAID
    ).order_by("hold_expires_at", "pk")
    numbers = ended.values_list("order__number", flat=True)[:500]
    return sweeps.each(numbers, partial(_end_hold, now=now), failure="Order %s could not be freed")


@transaction.atomic
def _end_hold(number: str, *, now: datetime) -> bool:
    order = orders.locked(number)
    if order.placement.hold_expires_at > now:
        return False  # somebody pays again, a moment ago
    freed = orders.release(order, Placement.Release.EXPIRED, now=now)
    orders.stop_waiting(order, now=now)
    orders.tell(order)
    return freed


@transaction.atomic
def refund_part(*, number: str, reason: str, now: datetime) -> SubOrder:
    """Refund one sub-order: its seller cannot deliver. Repeats change nothing."""
    part = SubOrder.objects.select_related("order").get(number=number)
    order = orders.locked(part.order.number)
    part.refresh_from_db()
    if part.status == SubOrder.Status.PAID:
        refund(order, [part], reason=reason, now=now)
        orders.tell(order)
    return part


def refund(order: Any, parts: Sequence[SubOrder], *, reason: str, now: datetime) -> None:
    """Order all that is left of the money of some paid parts back, and free what they had."""
    orders.free(order, parts, now=now)
    if len(parts) == order.suborders.count():
        Placement.objects.filter(order=order).update(refund_reason=reason)
    for part in parts:
        if settlement.left_to_refund(part).total_vnd:
            settlement.refund_part(part=part, reason=reason, refund_id=next_refund_id(order, part), now=now)
            SubOrder.objects.filter(pk=part.pk).update(status=SubOrder.Status.REFUNDING)
        else:
            close(order, [part])  # it was free of charge: nothing goes back


def next_refund_id(order: Any, part: SubOrder) -> uuid.UUID:
    """Return the id of the next refund of a part, whose order is locked: no two refunds have one."""
    asked = Refund.objects.filter(part=part).count()
    return uuid.uuid5(order.placement.payment_id, f"{part.number} {asked}")


def close(order: Any, parts: Sequence[SubOrder]) -> None:
    """Mark the parts as refunded, and the order with the last of them."""
    SubOrder.objects.filter(pk__in=[part.pk for part in parts]).update(status=SubOrder.Status.REFUNDED)
    if not order.suborders.exclude(status=SubOrder.Status.REFUNDED).exists():
        orders.set_status(order, orders.REFUNDED)
