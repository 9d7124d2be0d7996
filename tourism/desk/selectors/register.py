"""Who has to be reported to the police, and by when; and the register as a file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from tourism.desk.models import RegisteredGuest, ReportReminder
from tourism.desk.rules import NIGHT_ENDS, register_rule, report_by
from tourism.models import Booking

SELLER = "room_type__stay__product__origin__seller"


@dataclass(frozen=True)
class Unreported:
    """A booking of which ``missing`` guests sleep in the house and are not reported yet."""

    booking: Booking
    seller_id: int
    missing: int
    report_by: datetime
    is_late: bool


def unreported(*, now: datetime, seller_ids: Collection[int] | None = None) -> list[Unreported]:
    """Return the bookings that began today or yesterday with guests to report, most urgent first.

    Who has not arrived at the desk is expected on the evening of the first night. Two queries.
    """
    today = timezone.localdate(now)
    rule = register_rule(today)
    bookings = (
        Booking.objects.filter(
            state=Booking.State.CONFIRMED,
            first_night__range=(today - timedelta(days=1), today),
            visit__no_show_at=None,
        )
        .annotate(reported=Count("registered", filter=Q(registered__reported_at__isnull=False)))
        .select_related("visit", "room_type__stay__product__origin")
        .order_by("first_night", "pk")
    )
    if seller_ids is not None:
        bookings = bookings.filter(**{f"{SELLER}__in": seller_ids})
    found = [
        Unreported(
            booking,
            booking.room_type.stay.product.origin.seller_id,
            booking.guests - booking.reported,
            due := report_by(_arrival(booking), rule),
            due < now,
        )
        for booking in bookings
        if booking.guests > booking.reported
    ]
    return sorted(found, key=lambda each: (each.report_by, each.booking.pk))


def _arrival(booking: Booking) -> datetime:
    visit = getattr(booking, "visit", None)
    if visit is not None and visit.arrived_at is not None:
        return visit.arrived_at
    return timezone.make_aware(datetime.combine(booking.first_night, NIGHT_ENDS))


def register_between(*, seller_ids: Collection[int], first: date, last: date) -> list[RegisteredGuest]:
    """Return who is in the register of these sellers and arrived from ``first`` to ``last``. One query."""
    guests = RegisteredGuest.objects.filter(
        **{f"booking__{SELLER}__in": seller_ids}, arrived_on__range=(first, last), forgotten_at=None
    )
    related = guests.select_related("booking__room_type__product", "booking__room_type__stay__product")
    return list(related.order_by("arrived_on", "booking", "arrived_at", "pk"))


def guests_of(booking: Booking) -> list[RegisteredGuest]:
    """Return who of a booking is in the register, in the order they were written. One query."""
    return list(RegisteredGuest.objects.filter(booking=booking).order_by("arrived_at", "pk"))


def open_reminders(*, seller_ids: Collection[int], now: datetime) -> list[ReportReminder]:
    """Return what these sellers were reminded of since yesterday and have not done. One query."""
    since = now - timedelta(days=1)
    reminders = ReportReminder.objects.filter(seller__in=seller_ids, done_at=None, report_by__gt=since)
    return list(reminders.order_by("report_by", "pk"))


def own_of(guest_ids: Collection[UUID], *, seller_ids: Collection[int]) -> list[UUID]:
    """Return those of ``guest_ids`` who are in the register of these sellers. One query."""
    guests = RegisteredGuest.objects.filter(**{f"booking__{SELLER}__in": seller_ids}, pk__in=guest_ids)
    return list(guests.values_list("pk", flat=True))
