"""Parcels nobody collects: after some days they go back, and so does the money, less what the way cost."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from marketplace import sweeps
from marketplace.delivery import services as delivery
from marketplace.delivery.models import HandOver, Shipment
from marketplace.fulfilment.models import Placement
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from marketplace.settlement.models import LineSplit

from . import ending, handing, orders

PER_RUN = 200
WHOLE_BP = 10_000
REASON = gettext_noop("not collected at the post office")


def return_uncollected(*, now: datetime) -> int:
    """Send back what has waited longer than the rule allows; return how many parcels. Repeats change nothing.

    One transaction an order. The delivery is spent; of the goods the rule's share is kept for the seller, who
    gets them back. Who had not paid yet pays nothing: the order ends once all its parcels waited so long.
    """
    today = timezone.localdate(now)
    due = Shipment.objects.filter(state=Shipment.State.READY, return_on__lte=today).order_by(
        "return_on", "pk"
    )
    return sweeps.each(
        due.values_list("part", flat=True)[:PER_RUN],
        partial(_send_back, now=now),
        failure="Part %s was not collected and could not be sent back",
    )


@transaction.atomic
def _send_back(part_id: int, *, now: datetime) -> bool:
    order = orders.locked(SubOrder.objects.values_list("order__number", flat=True).get(pk=part_id))
    part = SubOrder.objects.select_related("seller").get(pk=part_id)
    shipment = delivery.lock_shipment(part_id, now=now)
    today = timezone.localdate(now)
    if shipment.state != Shipment.State.READY or shipment.return_on is None or shipment.return_on > today:
        return False
    if order.status in orders.UNPAID:
        others = Shipment.objects.filter(part__order=order).exclude(part=part_id)
        if others.exclude(state=Shipment.State.RETURNING, return_on__lte=today).exclude(
            state=Shipment.State.READY, return_on__lte=today
        ):
            return False
        orders.release(order, Placement.Release.EXPIRED, now=now)
        orders.stop_waiting(order, now=now)
    elif part.status == SubOrder.Status.PAID:
        _refund(order, part, fee_bp=delivery.handling_rule(today).return_fee_bp, now=now)
    act = delivery.Act(
        id=uuid.uuid5(order.placement.payment_id, f"{part.number} not collected"),
        part_id=part_id,
        kind=HandOver.Kind.BACK,
        happened_at=now,
        office=shipment.office,
    )
    delivery.note(act, by=None, now=now)
    orders.tell(order)
    return True


def _refund(order: object, part: SubOrder, *, fee_bp: int, now: datetime) -> None:
    """Ask the price of the goods back, less the fee; what is kept is due after the time to complain."""
    goods = LineSplit.objects.filter(part=part, line__booking=None, line__seats=None)
    left = settlement.left_to_refund(part)
    amounts = {
        line_id: left.lines[line_id] - left.lines[line_id] * fee_bp // WHOLE_BP
        for line_id in goods.values_list("line", flat=True)
        if line_id in left.lines
    }
    if any(amounts.values()):
        settlement.refund_lines(
            part=part,
            amounts=amounts,
            delivery_vnd=0,
            reason=REASON,
            refund_id=ending.next_refund_id(order, part),
            now=now,
        )
    handing.delivered(part=part, now=now)
