"""Bookings that no checkout makes: by the host, from another calendar, by a reseller, on request.

They take the same rows as those bought in the shop, so whoever is first has the night. What is written here
never touches money: a booking that was paid in the shop may be moved or shortened, and keeps its price.

Everybody locks in this order: the booking, then its nights by room type and day.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NotRequired, TypedDict, Unpack

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace import sweeps
from marketplace.errors import Invalid

from . import nights as scarce
from .errors import BoughtInTheShop, HoldEnded
from .models import Booking, RoomNight, RoomType
from .nights import Wanted

NIGHTS_MAX = 30
# A host may let a room for a season: teachers, road builders.
HOST_NIGHTS_MAX = 366
LIVE = (Booking.State.HELD, Booking.State.CONFIRMED)
# Who writes down what has been agreed elsewhere; the others are held to what a guest may book.
HOUSE = (Booking.Channel.HOST, Booking.Channel.CALENDAR)


class Wish(TypedDict):
    """What somebody books: nights of a room type, for whom, and what it costs.

    ``amount_vnd`` is the price in đồng of all of it; without it the nights say what they cost. Without
    ``hold_until`` the booking is confirmed at once.
    """

    room_type_id: int
    first_night: date
    nights: int
    rooms: int
    guests: int
    channel: str
    children: NotRequired[int]
    guest_name: NotRequired[str]
    guest_phone: NotRequired[str]
    note: NotRequired[str]
    amount_vnd: NotRequired[int | None]
    hold_until: NotRequired[datetime | None]
    policy: NotRequired[dict[str, Any]]


def book(*, now: datetime, **wish: Unpack[Wish]) -> Booking:
    """Take the nights and write the booking down: held until ``hold_until``, or without it confirmed.

    Each call books: a caller that may repeat keeps the id it got. A host may write down the guest who came
    last night; nobody else may book a night that has passed.

    Raises Invalid for a wish that makes no sense, NightsTaken when a night is not free; nothing is taken.
    """
    end_holds(now)  # also where no worker runs: a hold that is over keeps nobody out
    with transaction.atomic():
        return write(now=now, **wish)


def write(*, now: datetime, **wish: Unpack[Wish]) -> Booking:
    """Do what book() does in the transaction of the caller, who has locked no nights, or these first.

    Holds that are over are left to end_holds(), which locks nights of other rooms.
    """
    assert transaction.get_connection().in_atomic_block
    assert wish["channel"] != Booking.Channel.SHOP, "those are made by the checkout, with their order line"
    check(
        _room_type(wish["room_type_id"]),
        first_night=wish["first_night"],
        nights=wish["nights"],
        rooms=wish["rooms"],
        guests=wish["guests"],
        channel=wish["channel"],
        today=timezone.localdate(now),
    )
    wanted = Wanted(wish["room_type_id"], wish["first_night"], wish["nights"], wish["rooms"])
    scarce.take([wanted])
    if wish.get("amount_vnd") is None:
        wish["amount_vnd"] = _price_vnd(wanted)
    booking = Booking(
        state=Booking.State.HELD if wish.get("hold_until") else Booking.State.CONFIRMED,
        **{name: value.strip() if isinstance(value, str) else value for name, value in wish.items()},
    )
    scarce.write_down(booking)
    return booking


def check(
    room_type: RoomType,
    *,
    first_night: date,
    nights: int,
    rooms: int,
    guests: int,
    channel: str,
    today: date,
) -> None:
    """Refuse, with Invalid naming the field, what makes no sense whatever is free. Runs no query."""
    by_house = channel in HOUSE
    if first_night < today - timedelta(days=int(by_house)):
        raise Invalid("first_night", _("The first night is already over. Choose today or later."))
    _check_size(room_type, nights=nights, rooms=rooms, most=HOST_NIGHTS_MAX if by_house else NIGHTS_MAX)
    if not 1 <= guests <= room_type.sleeps * rooms:
        raise Invalid(
            "guests",
            _("%(rooms)d × “%(title)s” sleeps %(max)d guests. Take more rooms, or fewer guests.")
            % {"rooms": rooms, "title": room_type.get_kind_display(), "max": room_type.sleeps * rooms},
        )


@transaction.atomic
def confirm(booking_id: int) -> Booking:
    """Make a held booking final. A confirmed one stays as it is. Raises HoldEnded if it was released."""
    booking = _locked(booking_id)
    if booking.state == Booking.State.RELEASED:
        raise HoldEnded
    if booking.state == Booking.State.HELD:
        booking.state, booking.hold_until = Booking.State.CONFIRMED, None
        booking.save(update_fields=["state", "hold_until"])
    return booking


@transaction.atomic
def cancel(booking_id: int) -> Booking:
    """Give up a booking and free its nights. One that was released stays so; of one that was given up,
    unlike one whose time ran out, nothing says until when it was held.

    Raises BoughtInTheShop for one with an order line: that is ended with its money, by its order.
    """
    booking = _locked(booking_id)
    if booking.order_line is not None:
        raise BoughtInTheShop(number=booking.order_line.order.number)
    if booking.state in LIVE:
        _release(booking)
        booking.hold_until = None
        booking.save(update_fields=["hold_until"])
    return booking


@transaction.atomic
def extend(booking_id: int, hold_until: datetime) -> Booking:
    """Hold the nights until ``hold_until`` instead. Raises HoldEnded unless the booking is still held."""
    booking = _locked(booking_id)
    if booking.state != Booking.State.HELD or booking.order_line is not None:
        raise HoldEnded
    booking.hold_until = hold_until
    booking.save(update_fields=["hold_until"])
    return booking


@transaction.atomic
def move(booking_id: int, *, room_type_id: int, first_night: date, nights: int, rooms: int) -> Booking:
    """Put a booking on other nights, or into other rooms of the same stay. The price stays what it was.

    Nights in both places are never given up, so they cannot be lost on the way. The same move again changes
    nothing. Raises Invalid for a place that makes no sense, NightsTaken when a new night is not free (the
    booking then stays where it was), HoldEnded if it was released.
    """
    booking = _locked(booking_id)
    if booking.state not in LIVE:
        raise HoldEnded
    room_type = _room_type(room_type_id)
    if room_type.stay_id != booking.room_type.stay_id:
        raise Invalid("room_type", _("This room belongs to another house. Choose one of the same house."))
    _check_size(room_type, nights=nights, rooms=rooms, most=HOST_NIGHTS_MAX)
    if booking.guests > room_type.sleeps * rooms:
        raise Invalid(
            "rooms",
            _("%(rooms)d × “%(title)s” sleeps %(max)d guests, and %(guests)d come. Take more rooms.")
            % {
                "rooms": rooms,
                "title": room_type.get_kind_display(),
                "max": room_type.sleeps * rooms,
                "guests": booking.guests,
            },
        )
    _change_nights(scarce.wanted_by(booking), Wanted(room_type_id, first_night, nights, rooms))
    booking.room_type, booking.first_night = room_type, first_night
    booking.nights, booking.rooms = nights, rooms
    booking.save(update_fields=["room_type", "first_night", "nights", "rooms"])
    return booking


@transaction.atomic
def leave_early(booking_id: int, leaves_on: date) -> Booking:
    """Free the nights from ``leaves_on`` on: the guests leave that morning. The price stays what it was.

    Leaving on the day that is agreed already changes nothing. Raises Invalid for a day that is not within
    the stay, HoldEnded unless the booking is confirmed.
    """
    booking = _locked(booking_id)
    if booking.state != Booking.State.CONFIRMED:
        raise HoldEnded
    if not booking.first_night < leaves_on <= booking.leaves_on:
        raise Invalid(
            "leaves_on",
            _("Choose a day from %(first)s to %(last)s.")
            % {
                "first": f"{booking.first_night + timedelta(days=1):%d/%m/%Y}",
                "last": f"{booking.leaves_on:%d/%m/%Y}",
            },
        )
    stayed = (leaves_on - booking.first_night).days
    if left := booking.nights - stayed:
        scarce.give_back([Wanted(booking.room_type_id, leaves_on, left, booking.rooms)])
        booking.nights = stayed
        booking.save(update_fields=["nights"])
    return booking


def end_holds(now: datetime) -> int:
    """Free the nights of holds that are over and that no order ends. Returns how many were freed.

    For the worker, every few seconds, and for whoever is about to say that a night is not free. One query
    over an index of the holds alone when there are none.
    """
    ended = Booking.objects.filter(_ended(now)).order_by("hold_until", "pk")
    return sweeps.each(
        ended.values_list("pk", flat=True)[:500],
        partial(_end_hold, now=now),
        failure="Booking %s could not be freed",
    )


def _ended(now: datetime) -> Q:
    return Q(state=Booking.State.HELD, hold_until__isnull=False, hold_until__lte=now, order_line=None)


@transaction.atomic
def _end_hold(booking_id: int, *, now: datetime) -> bool:
    # Whoever extends, confirms or frees it at this moment has it locked, and is right.
    held = Booking.objects.select_for_update(skip_locked=True).filter(_ended(now), pk=booking_id).first()
    if held is None:
        return False
    _release(held)
    return True


def _release(booking: Booking) -> None:
    scarce.release([booking])
    booking.state = Booking.State.RELEASED


def _change_nights(before: Wanted, after: Wanted) -> None:
    """Take what ``after`` has more, give back what it has less. All of it is locked first, in one order."""
    change: Counter[tuple[int, date]] = Counter()
    for wanted, sign in ((after, 1), (before, -1)):
        for day in wanted.days:
            change[wanted.room_type_id, day] += sign * wanted.rooms
    rows = RoomNight.objects.filter(
        room_type_id__in={before.room_type_id, after.room_type_id},
        night_on__in={day for _room_type_id, day in change},
    )
    list(rows.order_by("room_type_id", "night_on").select_for_update().values_list("pk", flat=True))
    if more := [Wanted(room, day, 1, number) for (room, day), number in change.items() if number > 0]:
        scarce.take(more)
    if less := [Wanted(room, day, 1, -number) for (room, day), number in change.items() if number < 0]:
        scarce.give_back(less)


def _locked(booking_id: int) -> Booking:
    bookings = Booking.objects.select_for_update(of=("self",)).select_related(
        "room_type", "order_line__order"
    )
    return bookings.get(pk=booking_id)


def _room_type(room_type_id: int) -> RoomType:
    try:
        return RoomType.objects.select_related("product", "stay").get(pk=room_type_id)
    except RoomType.DoesNotExist as error:
        raise Invalid(
            "room_type", _("There is no room with number %(id)s.") % {"id": room_type_id}
        ) from error


def _check_size(room_type: RoomType, *, nights: int, rooms: int, most: int) -> None:
    if not 1 <= nights <= most:
        raise Invalid("nights", _("Choose from 1 to %(max)d nights.") % {"max": most})
    if not 1 <= rooms <= room_type.rooms:
        raise Invalid("rooms", _("Choose from 1 to %(max)d rooms.") % {"max": room_type.rooms})


def _price_vnd(wanted: Wanted) -> int:
    return scarce.quote(
        room_type_id=wanted.room_type_id,
        first_night=wanted.first_night,
        nights=wanted.nights,
        rooms=wanted.rooms,
    ).total_vnd
