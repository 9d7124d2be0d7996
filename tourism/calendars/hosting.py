"""What a host does to the nights of a room: open and close them, price them, write guests down, move them.

Money that was paid in the shop is not touched by anything here: nights are only freed or moved.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from marketplace.errors import Invalid
from tourism import bookings
from tourism.models import Booking, RoomNight, Stay

from .errors import CameFromElsewhere
from .models import HostEntry

PRICE_MIN_VND, PRICE_MAX_VND = 1_000, 100_000_000


def set_closed(*, room_type_id: int, days: Iterable[date], is_closed: bool, today: date) -> int:
    """Take nights from sale, or put them back. Guests who are booked stay. Returns how many changed.

    Nights that have passed, or are not on sale yet, are left alone, and so are those an official closed with
    the whole commune. Repeats change nothing.
    """
    nights = _coming(room_type_id, days, today).filter(is_closed=not is_closed, closed_by=None)
    return nights.update(is_closed=is_closed)


def set_price(*, room_type_id: int, days: Iterable[date], price_vnd: int, today: date) -> int:
    """Ask ``price_vnd`` đồng for a room on these nights. What is booked keeps its price.

    Returns how many nights there were. Raises Invalid for a price nobody means.
    """
    if not PRICE_MIN_VND <= price_vnd <= PRICE_MAX_VND:
        raise Invalid("price", _("Write a price from 1.000 to 100.000.000 đồng."))
    return _coming(room_type_id, days, today).update(price_vnd=price_vnd, is_price_set=True)


def write_down(
    *,
    entry_id: uuid.UUID,
    user_id: int,
    room_type_id: int,
    first_night: date,
    nights: int,
    rooms: int,
    guests: int,
    guest_name: str,
    guest_phone: str,
    note: str,
    amount_vnd: int | None,
    now: datetime,
) -> Booking:
    """Book for a guest at the door or on the telephone.

    The same ``entry_id`` again returns the first booking. Raises Invalid or NightsTaken; nothing is
    taken then.
    """
    if found := _entry(entry_id):
        return found
    bookings.end_holds(now)
    try:
        with transaction.atomic():
            booking = bookings.write(
                room_type_id=room_type_id,
                first_night=first_night,
                nights=nights,
                rooms=rooms,
                guests=guests,
                channel=Booking.Channel.HOST,
                guest_name=guest_name,
                guest_phone=guest_phone,
                note=note,
                amount_vnd=amount_vnd,
                now=now,
            )
            HostEntry.objects.create(pk=entry_id, booking=booking, written_by_id=user_id, written_at=now)
    except IntegrityError:
        found = _entry(entry_id)  # the same form was sent twice at the same moment
        if found is None:
            raise
        return found
    return booking


def move(
    *, booking_id: int, room_type_id: int, first_night: date, nights: int, rooms: int, today: date
) -> Booking:
    """Put guests into another room or on other nights; nobody moves into the past.

    Raises CameFromElsewhere, or as bookings.move().
    """
    booking = _refuse_foreign(booking_id)
    if first_night < today and first_night != booking.first_night:
        raise Invalid("first_night", _("This night is over. Choose today or later."))
    return bookings.move(
        booking_id, room_type_id=room_type_id, first_night=first_night, nights=nights, rooms=rooms
    )


def leave_early(*, booking_id: int, leaves_on: date) -> Booking:
    """Free the nights after an early departure. Raises CameFromElsewhere, or as bookings.leave_early()."""
    _refuse_foreign(booking_id)
    return bookings.leave_early(booking_id, leaves_on)


def cancel(*, booking_id: int) -> Booking:
    """End a booking no money stands behind. Raises CameFromElsewhere, or as bookings.cancel()."""
    _refuse_foreign(booking_id)
    return bookings.cancel(booking_id)


def ask_first(*, stay_id: int, asks_first: bool) -> None:
    """Let guests ask before they book, or book at once. What was asked already stays asked."""
    Stay.objects.filter(pk=stay_id).update(asks_first=asks_first)


def _coming(room_type_id: int, days: Iterable[date], today: date) -> QuerySet[RoomNight]:
    wanted = [day for day in days if day >= today]
    return RoomNight.objects.filter(room_type=room_type_id, night_on__in=wanted)


def _entry(entry_id: uuid.UUID) -> Booking | None:
    entry = HostEntry.objects.select_related("booking").filter(pk=entry_id).first()
    return entry.booking if entry else None


def _refuse_foreign(booking_id: int) -> Booking:
    """Return the booking. Raises CameFromElsewhere if another site, or a reseller, keeps it in its books."""
    booking = Booking.objects.select_related("feed_entry__feed").get(pk=booking_id)
    if booking.channel == Booking.Channel.CALENDAR:
        entry = getattr(booking, "feed_entry", None)
        raise CameFromElsewhere(name=entry.feed.name if entry else booking.guest_name)
    if booking.channel == Booking.Channel.RESELLER:
        raise CameFromElsewhere(name=booking.get_channel_display())
    return booking
