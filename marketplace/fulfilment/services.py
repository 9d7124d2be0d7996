"""The hinge between orders and payments: how a payment ended becomes what happens to the order.

Nothing else knows both. Everything here may run twice: it locks the order, looks at its status, and
does nothing when it has been done. Locks are taken in the order order, stock, nights, payment.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.errors import NightsTaken, SoldOut
from marketplace.messaging.live import hint
from marketplace.sellers.models import SubOrder
from marketplace.statistics import services as statistics
from payments import services as payments
from payments.models import Event, Intent
from tourism import nights
from tourism.models import Booking

from .errors import CannotCancel
from .models import Placement

logger = logging.getLogger(__name__)
Order = get_model("order", "Order")
Source = get_model("payment", "Source")
SourceType = get_model("payment", "SourceType")

AWAITING, PAID, CANCELLED, REFUNDED = "awaiting-payment", "paid", "cancelled", "refunded"


def hear(*, event: Event) -> None:
    """React to a payment event, inside the transaction that marks it as delivered.

    What follows is dated by the event: hearing of it late must not move a sale to another day.
    """
    order = _locked(event.intent.reference)
    if order is None:
        logger.error(
            "Payment %s names order %s, which does not exist.", event.intent_id, event.intent.reference
        )
        return
    match event.kind:
        case "payment.succeeded":
            _money_came(order, event)
        case "payment.failed":
            _release(order, Placement.Release.REFUSED, now=event.created_at)
        case "payment.expired":
            _release(order, Placement.Release.EXPIRED, now=event.created_at)
        case "refund.succeeded":
            _money_went_back(order, event)
        case "refund.failed":
            logger.error(
                "The refund %s of order %s was refused. The money stays in escrow: settle it with the "
                "operator, see manage.py reconcile %s.",
                event.payload.get("operation"),
                order.number,
                order.number,
            )
    _tell(order)


def release_ended_holds(*, now: datetime) -> int:
    """Free what unpaid orders still hold although their time is over. Returns how many were freed."""
    ended = Placement.objects.filter(
        released_at__isnull=True, hold_expires_at__lte=now, order__status=AWAITING
    ).order_by("hold_expires_at", "pk")
    freed = 0
    for number in list(ended.values_list("order__number", flat=True)[:500]):
        try:
            freed += _end_hold(number, now=now)
        except Exception:
            # One order that cannot be freed must not keep all the others held.
            logger.exception("Order %s could not be freed; it is tried again at the next sweep", number)
    return freed


@transaction.atomic
def _end_hold(number: str, *, now: datetime) -> bool:
    order = _locked(number)
    freed = _release(order, Placement.Release.EXPIRED, now=now)
    _stop_waiting(order, now=now)
    _tell(order)
    return freed


@transaction.atomic
def cancel(*, number: str, now: datetime, reason: str = "") -> Any:
    """Cancel an order for its buyer: unpaid, it is freed; paid, all of it is refunded.

    Repeats change nothing. Raises CannotCancel when a stay has begun.
    """
    order = _locked(number)
    if order is None:
        raise Order.DoesNotExist
    if order.status == AWAITING:
        _release(order, Placement.Release.CANCELLED, now=now)
        _stop_waiting(order, now=now)
    elif order.status == PAID:
        today = timezone.localdate(now)
        if Booking.objects.filter(order_line__order=order, first_night__lte=today).exists():
            raise CannotCancel(order.number)
        if parts := list(order.suborders.filter(status=SubOrder.Status.PAID).order_by("pk")):
            _refund(order, parts, reason=reason or "cancelled by the buyer", now=now)
    _tell(order)
    return order


@transaction.atomic
def refund_part(*, number: str, reason: str, now: datetime) -> SubOrder:
    """Refund one sub-order: its seller cannot deliver. Repeats change nothing."""
    part = SubOrder.objects.select_related("order").get(number=number)
    order = _locked(part.order.number)
    part.refresh_from_db()
    if part.status == SubOrder.Status.PAID:
        _refund(order, [part], reason=reason, now=now)
        _tell(order)
    return part


def _locked(number: str) -> Any:
    return Order.objects.select_for_update(of=("self",)).filter(number=number).first()


def _tell(order: Any) -> None:
    """Let the open pages of the buyer and of the sellers look again."""
    hint(f"intent.{order.placement.payment_id}", "intent.changed")


# --- The money came ----------------------------------------------------------------------------


def _money_came(order: Any, event: Event) -> None:
    if event.intent_id != order.placement.payment_id:
        _give_back(event, reason="another payment of this order came first")
    elif order.status == AWAITING:
        _pay(order, event)
    elif order.status == CANCELLED:
        if order.placement.release_reason == Placement.Release.CANCELLED:
            _give_back(event, reason="the buyer had cancelled the order before the money came")
        elif _take_again(order):
            _pay(order, event)
        else:
            _give_back(event, reason="the goods or nights were sold after the hold had ended")


def _take_again(order: Any) -> bool:
    """Take the goods and nights of a released order once more. False, and nothing taken, if some are gone."""
    try:
        with transaction.atomic():
            for line in order.lines.select_related("stockrecord__product").order_by("stockrecord_id", "pk"):
                line.stockrecord.allocate(line.quantity)
                order.lines.filter(pk=line.pk).update(num_allocated=line.quantity, allocation_cancelled=False)
            nights.retake(Booking.objects.filter(order_line__order=order))
    except (SoldOut, NightsTaken):
        return False
    return True


def _pay(order: Any, event: Event) -> None:
    _set_status(order, PAID)
    order.suborders.update(status=SubOrder.Status.PAID, paid_at=event.created_at)
    nights.confirm(Booking.objects.filter(order_line__order=order))
    Placement.objects.filter(order=order).update(released_at=None, release_reason="")
    kind, _created = SourceType.objects.get_or_create(
        code=event.intent.provider, defaults={"name": event.intent.provider}
    )
    Source.objects.get_or_create(
        order=order,
        source_type=kind,
        reference=str(event.intent_id),
        defaults={
            "currency": "VND",
            "amount_allocated": order.total_incl_tax,
            "amount_debited": order.total_incl_tax,
        },
    )
    destination = getattr(order, "destination", None)
    statistics.write_sales(
        order_id=order.pk,
        sold_at=event.created_at,
        provider=event.intent.provider,
        buyer_province=destination.province_id if destination else "",
    )


# --- It did not, or goes back -------------------------------------------------------------------


def _release(order: Any, reason: str, *, now: datetime) -> bool:
    """Free what an unpaid order holds. False if it is no longer unpaid."""
    if order.status != AWAITING:
        return False
    _free(order, list(order.suborders.all()))
    _set_status(order, CANCELLED)
    order.suborders.update(status=SubOrder.Status.CANCELLED)
    Placement.objects.filter(order=order).update(released_at=now, release_reason=reason)
    return True


def _free(order: Any, parts: Sequence[SubOrder]) -> None:
    """Give back the stock and the nights of some parts of an order."""
    partners = [part.seller.partner_id for part in parts]
    lines = order.lines.filter(partner_id__in=partners).select_related("stockrecord__product")
    for line in lines.order_by("stockrecord_id", "pk"):
        line.cancel_allocation(line.num_allocated)
    nights.release(Booking.objects.filter(order_line__order=order, order_line__partner_id__in=partners))


def _stop_waiting(order: Any, *, now: datetime) -> None:
    """Tell the payment that nobody waits for it. There is none if the shop died before asking for it."""
    if Intent.objects.filter(pk=order.placement.payment_id).exists():
        payments.expire(intent_id=order.placement.payment_id, now=now)


def _refund(order: Any, parts: Sequence[SubOrder], *, reason: str, now: datetime) -> None:
    """Order the money of some paid parts back, and free what they had."""
    shares = {reference: share_vnd for part in parts for reference, share_vnd in part.shares.items()}
    _free(order, parts)
    SubOrder.objects.filter(pk__in=[part.pk for part in parts]).update(status=SubOrder.Status.REFUNDING)
    if len(parts) == order.suborders.count():
        Placement.objects.filter(order=order).update(refund_reason=reason)
    if not shares:
        _close(order, parts)  # it was free of charge: nothing goes back
        return
    payments.refund(
        intent_id=order.placement.payment_id,
        shares=shares,
        reason=reason,
        operation_id=uuid.uuid5(order.placement.payment_id, ",".join(sorted(shares))),
        now=now,
    )


def _give_back(event: Event, *, reason: str) -> None:
    """Refund a whole payment that cannot become an order."""
    Placement.objects.filter(payment_id=event.intent_id).update(refund_reason=reason)
    shares = {share.reference: share.amount_vnd for share in event.intent.shares.all()}
    payments.refund(
        intent_id=event.intent_id,
        shares=shares,
        reason=reason,
        operation_id=uuid.uuid5(event.intent_id, "given back"),
        now=timezone.now(),
    )


def _money_went_back(order: Any, event: Event) -> None:
    """Count the refund in the commune's figures, and close the parts it was for."""
    refunded = event.payload["shares"]
    waiting = order.suborders.filter(status=SubOrder.Status.REFUNDING).select_related("seller")
    parts = [part for part in waiting if part.shares.keys() <= refunded.keys()]
    if event.intent_id != order.placement.payment_id:
        return  # a second payment of the order went back; the first still stands
    if order.status == PAID:
        lines = order.lines.filter(partner_id__in=[part.seller.partner_id for part in parts])
        statistics.write_refund(
            order_id=order.pk,
            order_line_ids=list(lines.values_list("pk", flat=True)),
            refund_id=uuid.UUID(event.payload["operation"]),
            refunded_at=event.created_at,
        )
        _close(order, parts)
    elif order.status == CANCELLED:
        Placement.objects.filter(order=order).update(refunded_at=event.created_at)


def _close(order: Any, parts: Sequence[SubOrder]) -> None:
    """Mark the parts as refunded, and the order with the last of them."""
    SubOrder.objects.filter(pk__in=[part.pk for part in parts]).update(status=SubOrder.Status.REFUNDED)
    if not order.suborders.exclude(status=SubOrder.Status.REFUNDED).exists():
        _set_status(order, REFUNDED)


def _set_status(order: Any, status: str) -> None:
    order.set_status(status)
    order.lines.update(status=status)
