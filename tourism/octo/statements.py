"""What resellers owe for a month: the net prices of what began in it, and what a late cancellation costs."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from . import services
from .models import Reseller, ResellerBooking
from .selectors import beginning
from .states import owed_vnd, status_of

COLUMNS = (
    "reference",
    "reseller_reference",
    "starts_on",
    "title",
    "seller",
    "status",
    "retail_vnd",
    "net_vnd",
    "refund_percent",
    "owed_vnd",
)
# A cell that begins so would be reckoned by a spreadsheet instead of shown.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Line:
    """One booking of a statement. ``owed_vnd`` is the reseller's debt for it, in đồng."""

    booking: ResellerBooking
    title: str
    seller: str
    starts_on: date
    status: str
    owed_vnd: int


@dataclass(frozen=True)
class Statement:
    reseller: Reseller
    first: date
    last: date
    lines: list[Line]

    @property
    def retail_vnd(self) -> int:
        return sum(line.booking.retail_vnd for line in self.lines)

    @property
    def owed_vnd(self) -> int:
        return sum(line.owed_vnd for line in self.lines)


def month_around(day: date) -> tuple[date, date]:
    """Return the first and the last day of the month of ``day``."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def statement(*, reseller: Reseller, first: date, last: date, now: datetime) -> Statement:
    """Return what ``reseller`` owes for what begins from ``first`` to ``last``, in the order of the days.

    Holds that were never confirmed cost nothing and are absent. Two queries and one write of what hosts
    gave up meanwhile.
    """
    services.notice_released(now=now)
    rows = ResellerBooking.objects.select_related(
        "stay_booking__visit",
        "stay_booking__room_type__product",
        "stay_booking__room_type__stay__product__origin__seller",
        "seat_booking__departure__tour__product__origin__seller",
    )
    rows = rows.filter(beginning(first, last), reseller=reseller, confirmed_at__isnull=False)
    lines = [_line(row, now) for row in rows]
    return Statement(
        reseller, first, last, sorted(lines, key=lambda line: (line.starts_on, line.booking.reference))
    )


def resellers_of_month(*, first: date, last: date, now: datetime) -> list[Any]:
    """Return all resellers by name, each with ``bookings_number`` and ``owed_vnd`` of the days. One query.

    And one write of what hosts gave up meanwhile.
    """
    services.notice_released(now=now)
    rows = ResellerBooking.objects.filter(beginning(first, last), confirmed_at__isnull=False)
    ours = Q(bookings__in=rows)
    given_back = F("bookings__net_vnd") * Coalesce("bookings__refund_percent", 0) / 100
    owing = Reseller.objects.annotate(
        bookings_number=Count("bookings", filter=ours),
        owed_vnd=Coalesce(Sum(F("bookings__net_vnd") - given_back, filter=ours), 0),
    )
    return list(owing.order_by("name"))


def as_csv(statement: Statement) -> bytes:
    """Return a statement as a file for a spreadsheet, amounts in whole đồng."""
    text = StringIO()
    sheet = csv.writer(text)
    sheet.writerow(COLUMNS)
    for line in statement.lines:
        booking = line.booking
        words = [booking.reference, booking.reseller_reference, line.starts_on, line.title, line.seller]
        sheet.writerow(
            [_harmless(str(word)) for word in [*words, line.status]]
            + [booking.retail_vnd, booking.net_vnd, booking.refund_percent or 0, line.owed_vnd]
        )
    sheet.writerow(["", "", "", "", "", "", statement.retail_vnd, "", "", statement.owed_vnd])
    return b"\xef\xbb\xbf" + text.getvalue().encode(errors="replace")


def _line(row: ResellerBooking, now: datetime) -> Line:
    stay, seats = row.stay_booking, row.seat_booking
    if stay is not None:
        product = stay.room_type.stay.product
        title = f"{product.get_title()} – {stay.room_type.product.get_title()}"
        starts_on = stay.first_night
    else:
        assert seats is not None
        product = seats.departure.tour.product
        title, starts_on = product.get_title(), timezone.localdate(seats.departure.starts_at)
    status = status_of(row, now=now)
    return Line(row, title, product.origin.seller.name, starts_on, status, owed_vnd(row))


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
