"""Refunds that an operator refused: asking once more, or noting that the money went back in another way."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from marketplace.fulfilment.errors import NothingRefused
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from marketplace.settlement.models import Refund
from marketplace.settlement.services import ByHand
from payments import services as payments
from payments.models import Intent, Operation, Share
from payments.selectors import left_to_refund

from . import orders
from .ending import next_refund_id
from .paying import BALANCE


def refund_again(*, number: str, now: datetime) -> int:
    """Ask the operator once more for a refund it refused; returns how many đồng, 0 if nothing waits.

    ``number`` is that of a part; or of an order, for payments that could not become one. Only what is still
    left is asked for, under a new id, so repeats ask once. Raises Order.DoesNotExist.
    """
    return _refund(number, refund_id=None, by_hand=None, now=now)


def refund_by_hand(*, number: str, refund_id: uuid.UUID, evidence: str, by: str, now: datetime) -> int:
    """Record that a refused refund went back to the buyer in another way; returns how many đồng.

    ``number`` as for refund_again(); ``evidence`` says how to prove it, ``by`` who says so. Repeats with the
    same ``refund_id`` and evidence change nothing.

    Raises NothingRefused if nothing waits: it was paid back, or is being asked for once more. RefundConflict
    if the id was used for something else. Order.DoesNotExist.
    """
    amount_vnd = _refund(number, refund_id=refund_id, by_hand=ByHand(evidence, by), now=now)
    if not amount_vnd:
        raise NothingRefused(number)
    return amount_vnd


def refused_payments() -> QuerySet[Operation]:
    """Return the refused refunds of payments that could not become orders, of which money is left."""
    of_a_part = Refund.objects.filter(operation_id=OuterRef("pk"))
    left = Share.objects.filter(intent=OuterRef("intent"), refunded_vnd__lt=F("captured_vnd"))
    refused = Operation.objects.filter(kind=Operation.Kind.REFUND, state=Operation.State.FAILED)
    return refused.filter(~Exists(of_a_part), Exists(left)).select_related("intent")


@transaction.atomic
def _refund(number: str, *, refund_id: uuid.UUID | None, by_hand: ByHand | None, now: datetime) -> int:
    part = SubOrder.objects.select_related("order").filter(number=number).first()
    order = orders.locked(number if part is None else part.order.number)
    if order is None:
        raise orders.Order.DoesNotExist
    if part is None:
        return _give_back(order, refund_id=refund_id, by_hand=by_hand, now=now)
    part.refresh_from_db()
    made = settlement.refund_refused(
        part=part, refund_id=refund_id or next_refund_id(order, part), by_hand=by_hand, now=now
    )
    orders.tell(order)
    return sum(refund.amount_vnd for refund in made)


def _give_back(order: Any, *, refund_id: uuid.UUID | None, by_hand: ByHand | None, now: datetime) -> int:
    """Give back, whole, what payments of ``order`` brought that could not become it."""
    total_vnd = 0
    for intent in Intent.objects.filter(reference__in=[order.number, f"{order.number}{BALANCE}"]):
        asked = Operation.objects.filter(intent=intent, kind=Operation.Kind.REFUND)
        operation_id = uuid.uuid5(intent.pk, f"given back {asked.count()}")
        if by_hand is not None and refund_id is not None:
            operation_id = uuid.uuid5(refund_id, str(intent.pk))
            if earlier := asked.filter(pk=operation_id, evidence=by_hand.evidence).first():
                total_vnd += earlier.amount_vnd
                continue
        refused = refused_payments().filter(intent=intent).order_by("created_at").last()
        if refused is None:
            continue
        facts: dict[str, Any] = {
            "intent_id": intent.pk,
            "shares": left_to_refund(intent.pk),
            "reason": refused.reason,
            "operation_id": operation_id,
            "now": now,
        }
        if by_hand is None:
            made = payments.refund(**facts)
        else:
            made = payments.refund_by_hand(**facts, evidence=by_hand.evidence, by=by_hand.by)
        total_vnd += made.amount_vnd
    return total_vnd
