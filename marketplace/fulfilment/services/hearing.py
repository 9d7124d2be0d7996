"""What became of a payment, and what that means for its order."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from oscar.core.loading import get_model

from marketplace.fulfilment.models import Placement
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from marketplace.settlement.models import Refund
from marketplace.statistics import services as statistics
from marketplace.statistics.selectors import sold_lines
from payments import services as payments
from payments.compiled import compiled
from payments.models import Event, Intent, Share
from tourism import holds
from tourism.models import Booking

from . import ending, orders, sales
from .paying import BALANCE, order_number

logger = logging.getLogger(__name__)
Source = get_model("payment", "Source")
SourceType = get_model("payment", "SourceType")


def hear(*, event: Event, now: datetime) -> None:
    """React to a payment event, inside the transaction that marks it as delivered.

    What follows is dated by the event: hearing of it late must not move a sale to another day. But what is
    over ``now`` cannot be had any more, whenever the money came.
    """
    if event.intent is None:
        return  # a payout: no order's business
    order = orders.locked(order_number(event.payment.reference))
    if order is None:
        logger.error(
            "Payment %s names order %s, which does not exist.", event.intent_id, event.payment.reference
        )
        return
    match event.kind:
        case "payment.succeeded":
            _money_came(order, event, now)
        case "payment.failed":
            _money_did_not_come(order, event, Placement.Release.REFUSED)
        case "payment.expired":
            _money_did_not_come(order, event, Placement.Release.EXPIRED)
        case "refund.succeeded":
            _money_went_back(order, event)
        case "refund.failed":
            settlement.hear(event=event)
            logger.error(
                "The refund %s of order %s was refused. The money stays in escrow: ask once more, or find "
                "another way, under /staff/refunds/.",
                event.payload.get("operation"),
                order.number,
            )
    orders.tell(order)


# --- The money came ----------------------------------------------------------------------------


def _money_came(order: Any, event: Event, now: datetime) -> None:
    if event.payment.reference.endswith(BALANCE):
        _balance_came(order, event, now)
    elif not _is_what_is_due(order, event.payment):
        _give_back(event, now, reason="it is not what the order costs")
    elif order.status in orders.UNPAID and not holds.are_over(order.pk, now=now):
        _pay(order, event)
    elif orders.release(order, Placement.Release.EXPIRED, now=now):
        _give_back(event, now, reason="the nights or the tour were over when the money came")
    elif order.status != orders.CANCELLED:
        _give_back(event, now, reason="another payment of this order came first")
    elif order.placement.release_reason in Placement.ENDED_FOR_GOOD:
        _give_back(event, now, reason="the order had been cancelled before the money came")
    elif orders.take_again(order, now=now):
        _pay(order, event)
    else:
        _give_back(event, now, reason="something of it was sold, or over, after the hold had ended")


def _is_what_is_due(order: Any, intent: Intent) -> bool:
    return orders.due_shares(order) == dict(_shares(intent.pk))


def _pay(order: Any, event: Event) -> None:
    if event.intent_id != order.placement.payment_id:
        orders.stop_waiting(order, now=event.created_at)  # for what was tried after this one
    is_handed_over = order.status == orders.ON_HANDOVER
    orders.set_status(order, orders.PAID)
    order.suborders.update(status=SubOrder.Status.PAID, paid_at=event.created_at)
    holds.confirm(order.pk)
    placement = order.placement
    placement.released_at, placement.release_reason = None, ""
    placement.payment_id = event.payment.pk
    placement.provider, placement.payer = event.payment.provider, event.payment.payer
    placement.save(update_fields=["released_at", "release_reason", "payment_id", "provider", "payer"])
    _note_source(order, event.payment)
    parts = _parts(order.pk)
    due = [part for part in parts if not part.balance_vnd]
    sales.count(order, due, provider=event.payment.provider, at=event.created_at)
    settlement.paid(order_number=order.number, at=event.created_at)
    for part in parts if is_handed_over else []:
        if not Booking.objects.filter(
            order_line__order=order, order_line__partner__seller=part.seller_id
        ).exists():
            settlement.delivered(part=part, at=event.created_at, now=event.created_at)


def _balance_came(order: Any, event: Event, now: datetime) -> None:
    shares = {share.reference: share.amount_vnd for share in event.payment.shares.all()}
    owing = [
        part
        for part in order.suborders.filter(status=SubOrder.Status.PAID).order_by("pk")
        if part.balance_vnd and shares.pop(part.escrow_account, None) == part.balance_vnd
    ]
    if shares:
        _give_back(event, now, reason="this rest was paid already, or its order was cancelled")
        return
    order.suborders.filter(pk__in=[part.pk for part in owing]).update(balance_paid_at=event.created_at)
    _note_source(order, event.payment)
    sales.count(order, owing, provider=event.payment.provider, at=event.created_at)
    settlement.paid(order_number=order.number, at=event.created_at)


def _note_source(order: Any, intent: Intent) -> None:
    """Show the payment in Oscar's dashboard."""
    reference = str(intent.pk)
    if not _sources(order.pk, reference):  # nor will there be: the order is locked
        kind = next(iter(_source_types(intent.provider)), None)
        if kind is None:
            kind, _created = SourceType.objects.get_or_create(
                code=intent.provider, defaults={"name": intent.provider}
            )
        Source.objects.create(
            order=order,
            source_type=kind,
            reference=reference,
            currency="VND",
            amount_allocated=intent.amount_vnd,
            amount_debited=intent.amount_vnd,
        )


@compiled
def _shares(intent_id: uuid.UUID) -> QuerySet[Share, tuple[str, int]]:
    return Share.objects.filter(intent=intent_id).values_list("reference", "amount_vnd")


@compiled
def _parts(order_id: int) -> QuerySet[SubOrder]:
    return SubOrder.objects.filter(order=order_id).select_related("seller").order_by("pk")


@compiled
def _source_types(provider: str) -> QuerySet[Any]:
    return SourceType.objects.filter(code=provider)


@compiled
def _sources(order_id: int, reference: str) -> QuerySet[Any]:
    return Source.objects.filter(order=order_id, reference=reference)


# --- It did not, or goes back -------------------------------------------------------------------


def _money_did_not_come(order: Any, event: Event, reason: str) -> None:
    """Free the order, unless it is being paid in another way by now."""
    if event.intent_id == order.placement.payment_id:
        orders.release(order, reason, now=event.created_at)


def _give_back(event: Event, now: datetime, *, reason: str) -> None:
    """Refund a whole payment that cannot become an order."""
    Placement.objects.filter(payment_id=event.payment.pk).update(refund_reason=reason)
    shares = {share.reference: share.amount_vnd for share in event.payment.shares.all()}
    payments.refund(
        intent_id=event.payment.pk,
        shares=shares,
        reason=reason,
        operation_id=uuid.uuid5(event.payment.pk, "given back"),
        now=now,
    )


def _money_went_back(order: Any, event: Event) -> None:
    """Count the refund in the commune's figures, and close the parts of which nothing is left."""
    settlement.hear(event=event)
    refund_id = uuid.UUID(event.payload["operation"])
    refunded = Refund.objects.filter(operation_id=refund_id, split__line__in=sold_lines(order_id=order.pk))
    if amounts_vnd := dict(refunded.values_list("split__line", "amount_vnd")):
        statistics.write_refund(
            order_id=order.pk, amounts_vnd=amounts_vnd, refund_id=refund_id, refunded_at=event.created_at
        )
    waiting = order.suborders.filter(status=SubOrder.Status.REFUNDING).select_related("seller")
    for part in waiting:
        is_waiting = Refund.objects.filter(part=part, state=Refund.State.ASKED).exists()
        if not is_waiting and not settlement.left_to_refund(part).total_vnd:
            ending.close(order, [part])
    if order.status == orders.CANCELLED and event.payment.pk == order.placement.payment_id:
        Placement.objects.filter(order=order).update(refunded_at=event.created_at)
