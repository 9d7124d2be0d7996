"""A parcel changes hands; with the last time its money starts its clock."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.delivery import services as delivery
from marketplace.delivery.errors import Ended, Unpaid
from marketplace.delivery.models import HandOver, Shipment
from marketplace.fulfilment.models import Placement
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from payments import tills
from tourism.models import Booking
from tourism.tours.models import SeatBooking

from . import orders

_WITH_THE_POST = (Shipment.State.AT_POST, Shipment.State.READY, Shipment.State.WITH_CARRIER)
_BACK = (HandOver.Kind.SENT, HandOver.Kind.RECEIVED, HandOver.Kind.BACK, HandOver.Kind.TO_SELLER)


@transaction.atomic
def hand_over(act: delivery.Act, *, by: User | None, now: datetime) -> delivery.Noted:
    """Note that a parcel changed hands; given to its buyer, the part counts as delivered.

    Repeats change nothing. Raises a DeliveryError: Unpaid while its cash is to be counted, Ended for a part
    that was cancelled or refunded, WrongCode and others as ``delivery.note``. Nothing is noted then.
    """
    part = SubOrder.objects.select_related("order").get(pk=act.part_id)
    order = orders.locked(part.order.number)
    part.refresh_from_db()
    _refuse_by_status(part, act)
    _refuse_before_its_cash(part, order.placement, act)
    noted = delivery.note(act, by=by, now=now)
    if act.kind == HandOver.Kind.TO_BUYER:
        delivered(part=part, at=noted.happened_at, now=now)
    if not noted.is_repeated:
        orders.tell(order)
    return noted


@transaction.atomic
def delivered(*, part: SubOrder, now: datetime, at: datetime | None = None) -> bool:
    """Note that the goods of ``part`` reached their buyer ``at`` (now): the time to complain begins.

    Repeats change nothing. False if the part also has nights or seats to come: they decide its clock, as
    the day after them was noted when it was paid.
    """
    if part.status != SubOrder.Status.PAID:
        return False
    mine = {"order_line__order": part.order_id, "order_line__partner": part.seller.partner_id}
    live = {"state": Booking.State.CONFIRMED}
    if Booking.objects.filter(**mine, **live).exists() or SeatBooking.objects.filter(**mine, **live).exists():
        return False
    settlement.delivered(part=part, at=at or now, now=now)
    return True


@transaction.atomic
def received(*, part: SubOrder, by: User | None, now: datetime) -> None:
    """Note that the buyer says to have the goods of ``part``, or to have stayed. Repeats change nothing.

    Its parcel, wherever it was noted last, is handed over with that.
    """
    settlement.delivered(part=part, at=now, now=now)
    shipment = Shipment.objects.select_related("office").filter(part=part, state__in=_WITH_THE_POST).first()
    if shipment is not None:
        act = delivery.Act(
            id=uuid5(NAMESPACE_URL, f"{part.number} received"),
            part_id=part.pk,
            kind=HandOver.Kind.TO_BUYER,
            happened_at=now,
            office=shipment.office,
            was_scanned=True,  # the page of the order is the buyer's own
        )
        delivery.note(act, by=by, now=now)


def _refuse_before_its_cash(part: SubOrder, placement: Placement, act: delivery.Act) -> None:
    """Raise Unpaid where the buyer wants to pay in cash, on hand-over, what the goods weigh more."""
    if act.kind != HandOver.Kind.TO_BUYER or placement.balance_payment_id is None or not part.balance_vnd:
        return
    if tills.to_count([placement.balance_payment_id]).exists():
        raise Unpaid(number=part.number)


def _refuse_by_status(part: SubOrder, act: delivery.Act) -> None:
    if part.status == SubOrder.Status.PAID or act.kind in _BACK:
        return
    if HandOver.objects.filter(pk=act.id).exists():
        return  # told again: it was noted when it could be
    if part.status == SubOrder.Status.ON_HANDOVER:
        if act.kind == HandOver.Kind.TO_BUYER:
            raise Unpaid(number=part.number)
        return
    if part.status == SubOrder.Status.AWAITING_PAYMENT:
        raise Unpaid(number=part.number)
    raise Ended(number=part.number)
