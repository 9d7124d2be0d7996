"""Goods that are paid by what they weigh: from the estimate to the price.

The line of such goods costs the most it may ever cost, the ceiling. Its estimate is paid with the order, the
rest up to the ceiling is a balance that nobody asks for before the goods are weighed. Then it is either no
longer asked for, or so much of it as they weigh more; and what they weigh less goes back. What everybody gets
follows from what is left of the line by its frozen rates, as for every other refund and waiver.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace import sweeps
from marketplace.fulfilment.errors import CannotWeigh, ImplausibleWeight, WeighingConflict
from marketplace.fulfilment.models import CatchWeight, Placement, Weighing
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from marketplace.settlement.models import LineSplit
from marketplace.settlement.rules import weighing_rule
from payments import services as payments
from payments.models import Intent

from . import orders, sales, telling
from .estimates import unpaid_vnd
from .paying import start_payment

Line = get_model("order", "Line")

# A weight so many times the estimate, or so small a part of it, is a comma in the wrong place.
OFF_AT_MOST = 5
PER_RUN = 200


@transaction.atomic
def weigh_line(*, line_id: int, weight_g: int, weighing_id: UUID, by: Any, now: datetime) -> Weighing:
    """Note that a line weighs ``weight_g`` grams, all its pieces together, and bring its price to that.

    What it costs less than was paid goes back to the buyer; what it costs more, at most the ceiling the buyer
    agreed to, is asked for as the rest of the order. An order that is paid on hand-over is paid as it weighs.
    Weighing once more corrects the first, while nothing has gone back that would have to be asked for again.
    Calling again with the same ``weighing_id`` and weight returns the first weighing.

    Raises Order.DoesNotExist for a line that is not paid by weight, ImplausibleWeight, CannotWeigh,
    WeighingConflict. Nothing has changed then.
    """
    number = CatchWeight.objects.filter(line=line_id).values_list("line__order__number", flat=True).first()
    order = orders.locked(number) if number else None
    if order is None:
        raise orders.Order.DoesNotExist
    weight = CatchWeight.objects.select_related("line__split").get(line=line_id)
    if earlier := Weighing.objects.filter(pk=weighing_id).first():
        if (earlier.weight_id, earlier.weight_g) != (weight.pk, weight_g):
            raise WeighingConflict(weight.line.title, earlier.weight_g)
        return earlier
    if not weight.estimate_g <= weight_g * OFF_AT_MOST or weight_g > weight.estimate_g * OFF_AT_MOST:
        raise ImplausibleWeight(weight.line.title, weight_g=weight_g, estimate_g=weight.estimate_g)
    part = SubOrder.objects.select_related("clock", "seller").get(
        order=order, seller__partner=weight.line.partner_id
    )
    _refuse(weight, part, order.placement, now=now)
    weighing = Weighing(
        pk=weighing_id,
        weight=weight,
        weight_g=weight_g,
        price_vnd=weight.price_of(weight_g),
        by=by,
        weighed_at=now,
    )
    if part.status == SubOrder.Status.ON_HANDOVER:
        _reprice_unpaid(order, part, weighing, now=now)
    else:
        _reprice_paid(order, part, weighing, now=now)
    weight.weight_g, weight.price_vnd = weight_g, weighing.price_vnd
    weight.save(update_fields=["weight_g", "price_vnd"])
    weighing.save(force_insert=True)
    telling.weighed(weighing, placement=order.placement, now=now)
    orders.tell(order)
    return weighing


def close_weights(*, now: datetime) -> int:
    """Ask no longer for what nobody will pay; return of how many parts.

    Of goods that were delivered without being weighed the estimate is the price. What goods weighed more and
    the buyer did not pay in time, a day after it was due, is let go.
    """
    today = timezone.localdate(now)
    weighed = Q(splits__line__catch_weight__isnull=False)
    owing = SubOrder.objects.filter(weighed, status=SubOrder.Status.PAID, balance_paid_at=None).filter(
        due_now_vnd__lt=F("lines_vnd") - F("waived_vnd")
    )
    over = owing.filter(Q(clock__delivered_at__isnull=False) | Q(balance_due_on__lt=today))
    numbers = over.order_by("order__number").values_list("order__number", flat=True).distinct()
    return sweeps.each(
        numbers[:PER_RUN],
        partial(_close, today=today, now=now),
        failure="The weights of order %s could not be closed",
    )


# --- Inside ------------------------------------------------------------------------------------


def _refuse(weight: CatchWeight, part: SubOrder, placement: Placement, *, now: datetime) -> None:
    """Raise CannotWeigh unless the line waits to be packed."""
    is_unpaid = part.status == SubOrder.Status.ON_HANDOVER and placement.hold_expires_at > now
    if part.status != SubOrder.Status.PAID and not is_unpaid:
        raise CannotWeigh.because_of(part.number, "status")
    if weight.line.allocation_cancelled:
        raise CannotWeigh.because_of(part.number, "status")
    if part.clock.delivered_at is not None:
        raise CannotWeigh.because_of(part.number, "delivered")


def _reprice_paid(order: Any, part: SubOrder, weighing: Weighing, *, now: datetime) -> None:
    """Waive or give back what the line of a paid part costs less now; leave to be paid what it costs more."""
    weight = weighing.weight
    split = LineSplit.objects.get(line=weight.line_id)
    unpaid = unpaid_vnd(weight.line, part)
    paid_vnd = split.net_vnd - unpaid
    if weighing.price_vnd > split.net_vnd:
        raise CannotWeigh.because_of(part.number, "more")
    weighing.top_up_vnd = max(0, weighing.price_vnd - paid_vnd)
    weighing.refunded_vnd = max(0, paid_vnd - weighing.price_vnd)
    if waived_vnd := unpaid - weighing.top_up_vnd:
        settlement.waive(part=part, amounts={weight.line_id: waived_vnd})
    if weighing.refunded_vnd:
        settlement.refund_lines(
            part=part,
            amounts={weight.line_id: weighing.refunded_vnd},
            delivery_vnd=0,
            reason="it weighs less than was estimated",
            refund_id=uuid5(weighing.pk, "refund"),
            now=now,
        )
    part.refresh_from_db()
    if weighing.top_up_vnd:
        days = weighing_rule(timezone.localdate(now)).pay_within_days
        due_on = timezone.localdate(now) + timedelta(days=days)
        SubOrder.objects.filter(pk=part.pk).update(balance_due_on=due_on)
    elif waived_vnd and not part.balance_vnd:
        sales.count(order, [part], provider=order.placement.provider, at=now)


def _reprice_unpaid(order: Any, part: SubOrder, weighing: Weighing, *, now: datetime) -> None:
    """Have a part that is paid on hand-over cost what it weighs, and ask for that at the counter."""
    placement = order.placement
    current = Intent.objects.filter(pk=placement.payment_id).first()
    if current is not None and current.state in Intent.PAID_STATES:
        raise CannotWeigh.because_of(part.number, "paying")
    weight = weighing.weight
    split = weight.line.split
    # Before the first weighing its estimate is due; afterwards all that is not waived.
    before_vnd = split.net_vnd if weight.is_weighed else weight.estimate_vnd
    waived_vnd = split.gross_vnd - weighing.price_vnd
    changed_vnd = waived_vnd - split.waived_vnd
    LineSplit.objects.filter(pk=split.pk).update(waived_vnd=waived_vnd)
    due_now_vnd = part.due_now_vnd + weighing.price_vnd - before_vnd
    SubOrder.objects.filter(pk=part.pk).update(
        due_now_vnd=due_now_vnd,
        waived_vnd=F("waived_vnd") + changed_vnd,
        balance_due_on=part.balance_due_on if due_now_vnd < part.lines_vnd else None,
    )
    Placement.objects.filter(pk=placement.pk).update(payment_id=uuid4())
    if current is not None:
        payments.expire(intent_id=current.pk, now=now)
    placement.refresh_from_db()
    start_payment(order=order, now=now)  # nobody is called: the cash is counted in the house


@transaction.atomic
def _close(number: str, *, today: date, now: datetime) -> int:
    order = orders.locked(number)
    closed = []
    parts = SubOrder.objects.filter(order=order, status=SubOrder.Status.PAID).select_related(
        "clock", "seller"
    )
    for part in parts.order_by("pk"):
        is_late = part.balance_due_on is not None and part.balance_due_on < today
        if not part.balance_vnd or not (is_late or part.clock.delivered_at):
            continue
        lines = Line.objects.filter(order=order, partner=part.seller.partner_id, catch_weight__isnull=False)
        amounts: dict[int, int] = {}
        for line in lines.select_related("split", "catch_weight").order_by("pk"):
            is_over = is_late if line.catch_weight.is_weighed else part.clock.delivered_at is not None
            rest_vnd = min(unpaid_vnd(line, part), part.balance_vnd - sum(amounts.values()))
            if is_over and rest_vnd > 0:
                amounts[line.pk] = rest_vnd
        if not amounts:
            continue
        settlement.waive(part=part, amounts=amounts)
        part.refresh_from_db()
        closed.append(part)
    if closed and order.placement.balance_payment_id:
        # Nobody is to count cash, or pay on the phone, for what is let go.
        payments.expire(intent_id=order.placement.balance_payment_id, now=now)
    if due := [part for part in closed if not part.balance_vnd]:
        sales.count(order, due, provider=order.placement.provider, at=now)
    orders.tell(order)
    return len(closed)
