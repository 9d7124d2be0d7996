"""A seller answers for its part of an order: yes, no, and packed.

Locks are taken as everywhere: the order first, then what stands beside its parts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.errors import Invalid
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.services import orders
from marketplace.packing.errors import AlreadyDeclined, AlreadyHandedOver, NothingToPrepare
from marketplace.packing.models import Preparation
from marketplace.sellers.models import SubOrder

REASON_LENGTH = 200
WORKABLE = (SubOrder.Status.PAID, SubOrder.Status.ON_HANDOVER)


@transaction.atomic
def accept(*, part: SubOrder, by: User, now: datetime) -> Preparation:
    """Note that the seller will prepare ``part``. Repeats change nothing: the first yes counts.

    Whoever calls this has checked that ``by`` may act for the seller. Raises NothingToPrepare if the part
    holds no goods, is unpaid or was refunded; AlreadyDeclined.
    """
    _order, preparation = _locked(part)
    if preparation.accepted_at is None:
        preparation.accepted_at, preparation.accepted_by = now, by
        preparation.save(update_fields=["accepted_at", "accepted_by"])
    return preparation


@transaction.atomic
def ready(*, part: SubOrder, by: User, now: datetime) -> Preparation:
    """Note that ``part`` is packed and waits to be handed over; whoever packs it has accepted it.

    Repeats change nothing. Raises as accept().
    """
    order, preparation = _locked(part)
    if preparation.accepted_at is None:
        preparation.accepted_at, preparation.accepted_by = now, by
    if preparation.ready_at is None:
        preparation.ready_at, preparation.ready_by = now, by
        preparation.save(update_fields=["accepted_at", "accepted_by", "ready_at", "ready_by"])
        orders.tell(order)
    return preparation


@transaction.atomic
def decline(*, part: SubOrder, reason: str, by: User, now: datetime) -> Preparation:
    """Say no to ``part``: its goods are for sale again and the buyer gets their money and delivery back.

    An order that is paid in cash on hand-over ends as a whole: one sum was agreed for all of it. ``reason``
    is for the buyer, at most 200 characters of it. Repeats change nothing and return the first no.

    Raises NothingToPrepare, AlreadyHandedOver, Invalid without a reason; nothing has happened then.
    """
    reason = reason.strip()[:REASON_LENGTH]
    if not reason:
        raise Invalid("reason", _("Choose why you cannot prepare it: the buyer will ask."))
    try:
        _order, preparation = _locked(part)
    except AlreadyDeclined:
        return Preparation.objects.get(part=part)
    if _is_handed_over(part):
        raise AlreadyHandedOver(part.number)
    preparation.declined_at, preparation.declined_by, preparation.reason = now, by, reason
    preparation.save(update_fields=["declined_at", "declined_by", "reason"])
    fulfilment.cancel_lines(
        number=part.order.number,
        line_ids=list(_goods(part).values_list("pk", flat=True)),
        refund_percent=100,
        reason=reason,
        now=now,
    )
    return preparation


def _locked(part: SubOrder) -> tuple[Any, Preparation]:
    """Return the order of a part and how far the part is, both locked. Raises what accept() raises."""
    order = orders.locked(part.order.number)
    preparation, _new = Preparation.objects.select_for_update().get_or_create(part=part)
    if preparation.declined_at is not None:
        raise AlreadyDeclined(part.number)
    status = SubOrder.objects.values_list("status", flat=True).get(pk=part.pk)
    if status not in WORKABLE or not _goods(part).exists():
        raise NothingToPrepare(part.number)
    return order, preparation


def _goods(part: SubOrder) -> Any:
    """The lines of a part that are goods: neither nights nor seats."""
    return part.order.lines.filter(
        partner=part.seller.partner_id, booking__isnull=True, seats__isnull=True, allocation_cancelled=False
    )


def _is_handed_over(part: SubOrder) -> bool:
    return SubOrder.objects.filter(pk=part.pk, clock__delivered_at__isnull=False).exists()
