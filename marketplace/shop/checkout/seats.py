"""Taking the seats of an order that is being placed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from marketplace.shop.basket.selectors import SummaryLine
from tourism import policies
from tourism.tours import seats, waiting
from tourism.tours.models import SeatBooking


def take_seats(order: Any, rows: Sequence[SummaryLine], *, now: datetime) -> None:
    """Take the seats of all lines at once, after the nights: everybody locks in this order.

    Seats that are held for a place in the waiting list are handed to its line. Raises SeatsTaken.
    """
    wanted: dict[int, list[SummaryLine]] = {}
    for row in rows:
        if row.departure is not None:
            wanted.setdefault(row.line.product_id, []).append(row)
    if not wanted:
        return
    # Oscar writes order lines in basket order, so the n-th line of a product is its n-th row.
    lines = order.lines.filter(product_id__in=wanted).select_related("product__tour").order_by("pk")
    pairs = [(line, wanted[line.product_id].pop(0)) for line in lines]
    agreed = policies.policies_on(
        {line.product.tour.policy for line, _row in pairs}, on=timezone.localdate(now)
    )
    bookings = []
    for line, row in pairs:
        assert row.departure is not None
        terms = agreed.get(line.product.tour.policy)
        policy = policies.frozen(terms, language=get_language() or "vi") if terms else {}
        facts = {"order_line": line, "amount_vnd": row.total_vnd, "policy": policy}
        if row.offered and waiting.hand_over(row.offered, row.departure, now=now, **facts):
            continue
        bookings.append(
            SeatBooking(departure=row.departure, adults=row.adults, children=row.children, **facts)
        )
    seats.take([seats.wanted_by(booking) for booking in bookings], now=now)
    SeatBooking.objects.bulk_create(bookings)
