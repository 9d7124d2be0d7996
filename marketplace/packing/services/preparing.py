"""A seller answers for its part of an order: yes, no, and packed.

Locks are taken as everywhere: the order first, then what stands beside its parts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from marketplace.accounts.models import User
from marketplace.delivery.models import Shipment
from marketplace.errors import Invalid
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.services import orders
from marketplace.joining.services import note_act
from marketplace.messaging import services as messaging
from marketplace.messaging.readers import speaking_to
from marketplace.packing.errors import AlreadyDeclined, AlreadyHandedOver, NothingToPrepare, NotWeighed
from marketplace.packing.models import Preparation, Tick
from marketplace.packing.selectors.goods import goods_of, unweighed
from marketplace.sellers.models import SubOrder

REASON_LENGTH = 200
WORKABLE = (SubOrder.Status.PAID, SubOrder.Status.ON_HANDOVER)


@transaction.atomic
def accept(*, part: SubOrder, by: User, now: datetime) -> Preparation:
    """Note that the seller will prepare ``part``. Repeats change nothing: the first yes counts.

    Whoever calls this has checked that ``by`` may act for the seller. Raises NothingToPrepare if the part
    holds no goods, is unpaid or was refunded; AlreadyDeclined.
    """
    _order, preparation = lock(part)
    refuse_unworkable(part, preparation)
    note_accepted(preparation, by=by, at=now, now=now)
    return preparation


@transaction.atomic
def ready(*, part: SubOrder, by: User, now: datetime) -> Preparation:
    """Note that ``part`` is packed whole and waits to be handed over; whoever packs it has accepted it.

    Repeats change nothing. Raises as accept(), and NotWeighed while something that is sold by weight was
    not weighed.
    """
    order, preparation = lock(part)
    refuse_unworkable(part, preparation)
    note_ready(order, preparation, by=by, at=now, now=now)
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
    _order, preparation = lock(part)
    if preparation.declined_at is not None:
        return preparation
    refuse_unworkable(part, preparation)
    if _is_handed_over(part):
        raise AlreadyHandedOver(part.number)
    preparation.declined_at, preparation.declined_by, preparation.reason = now, by, reason
    preparation.save(update_fields=["declined_at", "declined_by", "reason"])
    note_act(seller=part.seller, by=by, what=gettext_noop("Said no to an order"), detail=part.number, now=now)
    fulfilment.cancel_lines(
        number=part.order.number,
        line_ids=list(goods_of(part).values_list("pk", flat=True)),
        refund_percent=100,
        reason=reason,
        now=now,
    )
    _tell_buyer(preparation, now=now)
    return preparation


def _tell_buyer(preparation: Preparation, *, now: datetime) -> None:
    """Tell the buyer by SMS that nothing comes, and why."""
    part = preparation.part
    with speaking_to(part.order.placement.phone):
        text = _("Order %(number)s: the seller cannot send it. %(reason)s Whatever you paid comes back.") % {
            "number": part.number,
            "reason": preparation.reason,
        }
    key = f"declined/{part.number}"
    phone, link = str(part.order.placement.phone), f"/orders/{part.order.number}/"
    messaging.send(to=phone, text=text, purpose="declined", key=key, link=link, now=now)


def lock(part: SubOrder) -> tuple[Any, Preparation]:
    """Return the order of a part and how far the part is, both locked until the transaction ends."""
    order = orders.locked(part.order.number)
    preparation, _new = Preparation.objects.select_for_update().get_or_create(part=part)
    return order, preparation


def refuse_unworkable(part: SubOrder, preparation: Preparation) -> None:
    """Raise AlreadyDeclined or NothingToPrepare if a locked part is nothing to prepare."""
    if preparation.declined_at is not None:
        raise AlreadyDeclined(part.number)
    status = SubOrder.objects.values_list("status", flat=True).get(pk=part.pk)
    if status not in WORKABLE or not goods_of(part).exists():
        raise NothingToPrepare(part.number)


def note_accepted(preparation: Preparation, *, by: User, at: datetime, now: datetime) -> None:
    """Note that a locked part was accepted ``at``, unless it was before."""
    if preparation.accepted_at is not None:
        return
    preparation.accepted_at, preparation.accepted_by = at, by
    preparation.save(update_fields=["accepted_at", "accepted_by"])
    part = preparation.part
    note_act(seller=part.seller, by=by, what=gettext_noop("Accepted an order"), detail=part.number, now=now)


def note_ready(order: Any, preparation: Preparation, *, by: User, at: datetime, now: datetime) -> None:
    """Note that a locked part was packed ``at``, unless it was before. Raises NotWeighed."""
    if preparation.ready_at is not None:
        return
    part = preparation.part
    if missing := unweighed(part):
        raise NotWeighed(titles=[line.title for line in missing])
    if preparation.accepted_at is None:
        preparation.accepted_at, preparation.accepted_by = at, by
    # Two phones have two clocks.
    preparation.ready_at, preparation.ready_by = max(at, preparation.accepted_at), by
    preparation.save(update_fields=["accepted_at", "accepted_by", "ready_at", "ready_by"])
    for line in goods_of(part).order_by("pk"):
        Tick.objects.update_or_create(line=line, defaults={"is_packed": True, "changed_at": at, "by": by})
    note_act(seller=part.seller, by=by, what=gettext_noop("Packed an order"), detail=part.number, now=now)
    orders.tell(order)


def _is_handed_over(part: SubOrder) -> bool:
    """Whether the goods have left the seller's hands: they are with the post, or with the buyer."""
    away = Q(clock__delivered_at__isnull=False) | Q(shipment__isnull=False) & ~Q(
        shipment__state=Shipment.State.WITH_SELLER
    )
    return SubOrder.objects.filter(away, pk=part.pk).exists()
