"""An order while it is changed: its lock, its statuses, and what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from oscar.core.loading import get_model

from agriculture.harvests import services as harvests
from marketplace.errors import NightsTaken, SeatsTaken, SoldOut
from marketplace.fulfilment.models import Placement
from marketplace.sellers.models import SubOrder
from payments import services as payments
from payments.compiled import compiled
from payments.hints import hint
from payments.models import Intent
from tourism import holds

Order = get_model("order", "Order")

AWAITING, ON_HANDOVER, PAID = "awaiting-payment", "on-handover", "paid"
CANCELLED, REFUNDED = "cancelled", "refunded"
UNPAID = (AWAITING, ON_HANDOVER)


def locked(number: str) -> Any:
    """Return the order, locked until the transaction ends; None if there is none."""
    for order in _lock_order(number):
        # Read after the lock: what is joined to a locked row may be older than it.
        for placement in _placements(order.pk):
            order.placement = placement
        return order
    return None


def tell(order: Any) -> None:
    """Let the open pages of the buyer and of the sellers look again."""
    for payment_id in (order.placement.payment_id, order.placement.balance_payment_id):
        if payment_id:
            hint(f"intent.{payment_id}", "intent.changed")


def due_shares(order: Any) -> dict[str, int]:
    """What is due with the order: the references of its parts' money, and how many đồng each gets."""
    return {reference: vnd for part in _parts(order.pk) for reference, vnd in part.shares.items()}


@compiled
def _lock_order(number: str) -> QuerySet[Any]:
    return Order.objects.select_for_update(of=("self",)).filter(number=number)


@compiled
def _placements(order_id: int) -> QuerySet[Placement]:
    return Placement.objects.filter(order=order_id)


@compiled
def _parts(order_id: int) -> QuerySet[SubOrder]:
    return SubOrder.objects.filter(order=order_id)


def set_status(order: Any, status: str) -> None:
    order.set_status(status)
    order.lines.update(status=status)


def release(order: Any, reason: str, *, now: datetime) -> bool:
    """Free what an unpaid order holds. False if it is no longer unpaid."""
    if order.status not in UNPAID:
        return False
    free(order, list(order.suborders.all()), now=now)
    set_status(order, CANCELLED)
    order.suborders.update(status=SubOrder.Status.CANCELLED)
    Placement.objects.filter(order=order).update(released_at=now, release_reason=reason)
    return True


def free(order: Any, parts: Sequence[SubOrder], *, now: datetime) -> None:
    """Give back the stock, the nights and the seats of some parts of an order."""
    partners = [part.seller.partner_id for part in parts]
    lines = order.lines.filter(partner_id__in=partners).select_related("stockrecord__product")
    rows = list(lines.order_by("stockrecord_id", "pk"))
    for line in rows:
        line.cancel_allocation(line.num_allocated)
    harvests.take_off_the_shelf([line.pk for line in rows], now=now)
    holds.release(order.pk, partners)


def take_again(order: Any, *, now: datetime) -> bool:
    """Take what a released order had once more. False, and nothing taken, if some of it is gone or over."""
    try:
        with transaction.atomic():
            for line in order.lines.select_related("stockrecord__product").order_by("stockrecord_id", "pk"):
                line.stockrecord.allocate(line.quantity)
                order.lines.filter(pk=line.pk).update(num_allocated=line.quantity, allocation_cancelled=False)
            holds.retake(order.pk, now=now)
    except (SoldOut, NightsTaken, SeatsTaken):
        return False
    return True


def stop_waiting(order: Any, *, now: datetime) -> None:
    """Tell the payment that nobody waits for it. There is none if the shop died before asking for it."""
    if Intent.objects.filter(pk=order.placement.payment_id).exists():
        payments.expire(intent_id=order.placement.payment_id, now=now)
