"""Refunds that an operator refused: asking once more, or giving the money back in another way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.sellers.models import SubOrder
from marketplace.settlement.errors import RefundConflict
from marketplace.settlement.models import Refund
from payments.models import Operation

from . import booking
from .refunds import ByHand, Left, ask, earlier_refunds, left_to_refund


def left_of_refused(part: SubOrder) -> Left:
    """Return what of the refused refunds of ``part`` is still to go back to its buyer.

    All that is left of a part that is refunded as a whole; of another, what was refused. Four queries.
    """
    return _left(part, Refund.objects.filter(part=part, state=Refund.State.FAILED).select_related("split"))


@transaction.atomic
def refund_refused(
    *, part: SubOrder, refund_id: UUID, now: datetime, by_hand: ByHand | None = None
) -> list[Refund]:
    """Ask once more for what was refused of ``part``, under a new id; or note that it went back ``by_hand``.

    Returns the new refunds, none if nothing was refused or nothing is left of it. Calling again with the same
    ``refund_id`` returns the first ones. Raises RefundConflict if that was for something else, and what
    refund_line() raises.
    """
    clock = booking.lock_clock(part.pk)
    if earlier := earlier_refunds(refund_id):
        if not _are_the_same(earlier, part, by_hand):
            raise RefundConflict(refund_id)
        return earlier
    refused = Refund.objects.filter(part=part, state=Refund.State.FAILED)
    rows = list(refused.select_related("split").order_by("pk"))
    if not rows:
        return []
    left = _left(clock.part, rows)
    refused.update(state=Refund.State.AGAIN)
    if not left.total_vnd:
        return []
    return ask(
        clock,
        left.lines,
        left.delivery_vnd,
        reason=rows[0].reason,
        refund_id=refund_id,
        now=now,
        by_hand=by_hand,
    )


def _left(part: SubOrder, refused: Iterable[Refund]) -> Left:
    left = left_to_refund(part)
    if part.status == SubOrder.Status.REFUNDING:
        return left
    refused_vnd: defaultdict[int | None, int] = defaultdict(int)
    for refund in refused:
        refused_vnd[refund.split.line_id if refund.split else None] += refund.amount_vnd
    lines = {line_id: min(vnd, refused_vnd[line_id]) for line_id, vnd in left.lines.items()}
    return Left(
        {line_id: vnd for line_id, vnd in lines.items() if vnd}, min(left.delivery_vnd, refused_vnd[None])
    )


def _are_the_same(earlier: list[Refund], part: SubOrder, by_hand: ByHand | None) -> bool:
    if {refund.part_id for refund in earlier} != {part.pk}:
        return False
    operations = Operation.objects.filter(pk__in=[refund.operation_id for refund in earlier])
    return {by_hand.evidence if by_hand else ""} == set(operations.values_list("evidence", flat=True))
