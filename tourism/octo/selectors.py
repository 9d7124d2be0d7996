"""What resellers booked, and on what terms."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from .errors import InvalidBooking
from .models import Reseller, ResellerBooking, ResellerTerms

LISTED_MAX = 100


def commission_bp(reseller: Reseller, *, on: date) -> int:
    """Return the reseller's part of what it sells on a day, in basis points; 0 without terms. One query."""
    terms = ResellerTerms.objects.filter(reseller=reseller, valid_from__lte=on).order_by("-valid_from")
    return terms.values_list("commission_bp", flat=True).first() or 0


def booking_of(reseller: Reseller, uuid: UUID, *, for_update: bool = False) -> ResellerBooking | None:
    """Return a reseller's booking with what it took; None if it has none of this uuid. One query."""
    rows = with_taken().filter(reseller=reseller, uuid=uuid)
    return (rows.select_for_update(of=("self",)) if for_update else rows).first()


def known_booking(reseller: Reseller, uuid: str, *, for_update: bool = False) -> ResellerBooking:
    """Return the booking of a uuid as it was sent. Raises InvalidBooking if there is none. One query."""
    try:
        known = UUID(uuid)
    except ValueError:
        raise InvalidBooking(uuid) from None
    row = booking_of(reseller, known, for_update=for_update)
    if row is None:
        raise InvalidBooking(uuid)
    return row


def bookings_of(
    reseller: Reseller,
    *,
    reseller_reference: str | None = None,
    supplier_reference: str | None = None,
    days: tuple[date, date] | None = None,
) -> list[ResellerBooking]:
    """Return the reseller's bookings that fit all that is given, the newest first, at most LISTED_MAX.

    ``days`` are the first and the last day on which they begin. One query.
    """
    rows = with_taken().filter(reseller=reseller)
    if reseller_reference is not None:
        rows = rows.filter(reseller_reference=reseller_reference)
    if supplier_reference is not None:
        rows = rows.filter(reference=supplier_reference)
    if days is not None:
        rows = rows.filter(beginning(*days))
    return list(rows.order_by("-created_at", "-pk")[:LISTED_MAX])


def beginning(first: date, last: date) -> Q:
    """Bookings whose first night or departure is on these days, both included."""
    start, end = (_midnight(first), _midnight(last + timedelta(days=1)))
    seats = Q(seat_booking__departure__starts_at__gte=start, seat_booking__departure__starts_at__lt=end)
    return Q(stay_booking__first_night__range=(first, last)) | seats


def with_taken() -> QuerySet[ResellerBooking]:
    return ResellerBooking.objects.select_related(
        "reseller", "stay_booking__room_type__stay", "stay_booking__visit", "seat_booking__departure"
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
