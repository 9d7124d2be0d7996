"""What a harvest did not give of what was ordered beforehand: paid back, and never sold again."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_noop

from agriculture.harvests import services as harvests
from agriculture.harvests.models import PreOrder
from marketplace import sweeps
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement

from . import ending, orders, telling
from .cancelling import cancel_lines

PER_RUN = 200
REASON = gettext_noop("the harvest gave less than was ordered")


def refund_missing(*, now: datetime) -> int:
    """Pay back what recorded harvests did not give; return of how many lines. Repeats change nothing.

    One transaction an order. What is not paid yet is taken up when it is; what was cancelled is forgotten.
    """
    waiting = PreOrder.objects.filter(missing__gt=0, settled_at=None).order_by("line__order", "pk")
    paid = waiting.filter(line__order__status=orders.PAID)
    return sweeps.each(
        paid.values_list("pk", flat=True)[:PER_RUN],
        partial(_refund, now=now),
        failure="Order %s before a harvest could not be refunded",
    )


@transaction.atomic
def _refund(preorder_id: int, *, now: datetime) -> bool:
    order = orders.locked(PreOrder.objects.values_list("line__order__number", flat=True).get(pk=preorder_id))
    preorder = PreOrder.objects.select_related("line__split__part").get(pk=preorder_id)
    line = preorder.line
    if preorder.settled_at is not None:
        return False
    if preorder.missing == preorder.quantity:
        cancel_lines(number=order.number, line_ids=[line.pk], refund_percent=100, reason=REASON, now=now)
    elif line.split.part.status == SubOrder.Status.PAID and not line.allocation_cancelled:
        line.cancel_allocation(preorder.missing)
        if not hasattr(line, "catch_weight"):  # what is weighed is paid by what it weighs
            settlement.refund_line(
                line_id=line.pk,
                quantity=preorder.missing,
                reason=REASON,
                refund_id=ending.next_refund_id(order, line.split.part),
                now=now,
            )
    harvests.take_off_the_shelf([line.pk], now=now)
    telling.missing(preorder, placement=order.placement, now=now)
    orders.tell(order)
    return True
