"""Taking the nights of an order that is being placed, with what was chosen and agreed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language

from marketplace.shop.basket.selectors import SummaryLine
from tourism import add_ons, nights, policies
from tourism.calendars import requests
from tourism.models import Booking

# The rest of a deposit is due the day before the first night. Who arrives sooner than a day later pays all.
BALANCE_DUE_BEFORE = timedelta(days=1)
BALANCE_AT_LEAST_LATER = timedelta(days=2)
ROUNDED_TO_VND = 1_000


def due_later_vnd(line: SummaryLine, *, today: date) -> int:
    """Return what of the price of a line is the rest after a deposit, in đồng. Who arrives soon pays all."""
    percent = line.room_type.stay.deposit_percent if line.room_type else 100
    soon = today + BALANCE_DUE_BEFORE + BALANCE_AT_LEAST_LATER
    if percent == 100 or line.first_night is None or line.first_night < soon:
        return 0
    share_vnd = line.total_vnd * percent // 100
    return max(0, line.total_vnd - -(-share_vnd // ROUNDED_TO_VND) * ROUNDED_TO_VND)


def balance_due_on(line: SummaryLine) -> date:
    """Return the day by which the rest of a line is to be paid."""
    assert line.first_night is not None
    return line.first_night - BALANCE_DUE_BEFORE


def take_nights(order: Any, lines: Iterable[SummaryLine], *, now: datetime) -> None:
    """Take the nights of all lines at once, after the stock: everybody locks in this order.

    What a host has said yes to is held already, and becomes the order's. The policy of the day is frozen into
    each booking, in the buyer's language. Raises NightsTaken, RequestClosed.
    """
    rows: dict[int, list[SummaryLine]] = {}
    for row in lines:
        if row.room_type:
            rows.setdefault(row.line.product_id, []).append(row)
    if not rows:
        return
    today = timezone.localdate(now)
    codes = {row.room_type.stay.policy for own in rows.values() for row in own}
    agreed = {
        code: policies.frozen(policy, language=get_language() or "vi")
        for code, policy in policies.policies_on(codes, on=today).items()
    }
    taken = []
    # Oscar writes order lines in basket order, so the n-th line of a product is its n-th row.
    for line in order.lines.filter(product_id__in=rows).order_by("pk"):
        row = rows[line.product_id].pop(0)
        assert row.first_night is not None
        later_vnd, policy = due_later_vnd(row, today=today), agreed[row.room_type.stay.policy]
        if row.request:
            agreement = {"amount_vnd": row.total_vnd, "due_later_vnd": later_vnd, "policy": policy}
            requests.hand_over(request_id=UUID(row.request), order_line=line, now=now, **agreement)
            continue
        booking = Booking(
            order_line=line,
            room_type=row.room_type,
            first_night=row.first_night,
            nights=row.nights,
            rooms=row.rooms,
            guests=row.guests,
            children=row.children,
            amount_vnd=row.total_vnd,
            due_later_vnd=later_vnd,
            policy=policy,
        )
        taken.append((booking, row.chosen))
    nights.take([nights.wanted_by(booking) for booking, _chosen in taken])
    Booking.objects.bulk_create([booking for booking, _chosen in taken])
    add_ons.write(taken)
