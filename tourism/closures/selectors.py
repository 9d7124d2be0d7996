"""What is closed, why, and who is affected."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from tourism.models import Booking
from tourism.tours.models import Departure, SeatBooking

from .models import Closure, Offer

LIVE = (Booking.State.HELD, Booking.State.CONFIRMED)
# No stay is longer: whoever came earlier has left.
LONGEST_STAY = timedelta(days=366)


def in_force(
    *, first_night: date, last_night: date, commune_ids: Collection[int] | None = None
) -> QuerySet[Closure]:
    """The closures that are not lifted and touch these nights, the earliest first."""
    found = Closure.objects.filter(
        lifted_at=None, first_night__lte=last_night, last_night__gte=first_night
    ).select_related("commune")
    if commune_ids is not None:
        found = found.filter(commune__in=commune_ids)
    return found.order_by("first_night", "pk")


def closure_of_night(*, room_type_id: int, night_on: date) -> Closure | None:
    """Return the closure in force that covers a night of a room type, None if none does. One query."""
    return (
        in_force(first_night=night_on, last_night=night_on)
        .filter(commune__origins_today__product__stay__room_types=room_type_id)
        .first()
    )


@dataclass(frozen=True)
class Affected:
    """Who was to come on the closed nights: guests of orders here, and those others have to tell.

    ``staying`` are guests who came before: they are in the house already.
    """

    bookings: list[Booking]
    seats: list[SeatBooking]
    to_be_told: list[Booking]
    staying: list[Booking]

    @property
    def guests(self) -> int:
        stays = sum(booking.guests for booking in (*self.bookings, *self.to_be_told))
        return stays + sum(booking.persons for booking in self.seats)


def affected(*, commune_id: int, first_night: date, last_night: date, today: date) -> Affected:
    """Return who has booked any of the nights in a commune of today. Two queries.

    Bookings without an order (by the host, a reseller, another calendar) are told by whoever took them.
    """
    bookings = (
        Booking.objects.filter(
            state__in=LIVE,
            room_type__stay__product__origin__commune=commune_id,
            first_night__range=(first_night - LONGEST_STAY, last_night),
        )
        .select_related("room_type__stay__product", "room_type__product", "order_line__order__placement")
        .order_by("first_night", "pk")
    )
    there = [booking for booking in bookings if booking.leaves_on > first_night]
    coming = [booking for booking in there if booking.first_night >= today]
    seats = (
        SeatBooking.objects.filter(
            state__in=LIVE,
            order_line__isnull=False,
            departure__in=departures(commune_id, first_night, last_night),
        )
        .select_related("departure__tour__product", "order_line__order__placement")
        .order_by("departure__starts_at", "pk")
    )
    return Affected(
        bookings=[booking for booking in coming if booking.order_line_id is not None],
        seats=[each for each in seats if _day(each.departure) >= today],
        to_be_told=[booking for booking in coming if booking.order_line_id is None],
        staying=[booking for booking in there if booking.first_night < today],
    )


def departures(commune_id: int, first_night: date, last_night: date) -> QuerySet[Departure]:
    """The departures in a commune that are on their way on any of the closed days."""
    return Departure.objects.filter(
        tour__product__origin__commune=commune_id,
        starts_at__date__lte=last_night,
        last_day__gte=first_night,
    )


def _day(departure: Departure) -> date:
    return timezone.localdate(departure.starts_at)


def still_touches(offer: Offer) -> bool:
    """Whether what was booked is still on closed days: a host may have moved it meanwhile. No query."""
    closure = offer.closure
    if offer.booking is not None:
        first_day, last_night = offer.booking.first_night, offer.booking.leaves_on - timedelta(days=1)
    else:
        assert offer.seats is not None, offer.pk
        first_day, last_night = _day(offer.seats.departure), offer.seats.departure.last_day
    return first_day <= closure.last_night and last_night >= closure.first_night


def offers_of_order(order_id: int) -> list[Offer]:
    """Return what the guests of an order may choose or have chosen, newest first. One query."""
    found = Offer.objects.filter(booking__order_line__order=order_id) | Offer.objects.filter(
        seats__order_line__order=order_id
    )
    return list(found.select_related("closure__commune", "booking", "seats").order_by("-pk"))
