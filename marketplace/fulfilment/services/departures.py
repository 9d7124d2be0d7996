"""Departures that do not go: everybody gets all their money back, without asking."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from marketplace import sweeps
from tourism.tours import seats
from tourism.tours.models import Departure, SeatBooking

from .cancelling import cancel_lines

PER_RUN = 500


def refund_cancelled(*, now: datetime) -> int:
    """Free and refund in full what is still booked on cancelled departures; return how many bookings.

    One transaction an order, so whatever breaks off is taken up by the next sweep. Repeats change nothing.
    """
    live = SeatBooking.objects.filter(departure__state=Departure.State.CANCELLED).exclude(
        state=SeatBooking.State.RELEASED
    )
    ended = _release_of_no_order(live.filter(order_line=None))
    lines: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    rows = live.filter(order_line__isnull=False).order_by("order_line__order", "pk")
    facts = rows.values_list("order_line__order__number", "departure__cancelled_for", "order_line")
    for number, reason, line_id in facts[:PER_RUN]:
        lines[number, reason].append(line_id)

    def refund(of_order: tuple[str, str]) -> int:
        number, reason = of_order
        line_ids = lines[of_order]
        cancel_lines(number=number, line_ids=line_ids, refund_percent=100, reason=reason, now=now)
        return len(line_ids)

    return ended + sweeps.each(
        lines, refund, failure="What was booked on a cancelled departure (order, reason: %s) was not refunded"
    )


@transaction.atomic
def _release_of_no_order(bookings: QuerySet[SeatBooking]) -> int:
    """Free the seats of resellers and of those who telephoned: no money of theirs is here."""
    rows = list(bookings.order_by("pk")[:PER_RUN])
    seats.release(rows)
    return len(rows)
