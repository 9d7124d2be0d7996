"""Nights as scarce things: what they cost, and taking and giving them back so that none is sold twice.

A night is taken by one conditional UPDATE, nights in the order of room type and day. So two buyers whose
nights overlap may wait for each other, and never deadlock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from psycopg.types.json import Jsonb

from marketplace.errors import NightsClosed, NightsOver, NightsTaken

from .closures.selectors import closure_of_night
from .models import Booking, RoomNight, RoomType
from .pricing import Prices

MORNING = time(6)


@dataclass(frozen=True)
class Wanted:
    """``rooms`` rooms of one type for ``nights`` nights from the evening of ``first_night``."""

    room_type_id: int
    first_night: date
    nights: int
    rooms: int

    @property
    def days(self) -> list[date]:
        return [self.first_night + timedelta(days=n) for n in range(self.nights)]


@dataclass(frozen=True)
class Missing:
    night_on: date
    left: int


@dataclass(frozen=True)
class Quote:
    """What the wanted nights cost together, and the nights that are not free (then it is only a price)."""

    total_vnd: int
    missing: list[Missing]

    @property
    def free(self) -> bool:
        return not self.missing


def quote(*, room_type_id: int, first_night: date, nights: int, rooms: int) -> Quote:
    """Price the nights and name those that are taken or not on sale. One query; nothing is held."""
    wanted = Wanted(room_type_id, first_night, nights, rooms)
    found = {
        night.night_on: night
        for night in RoomNight.objects.filter(room_type_id=room_type_id, night_on__in=wanted.days)
    }
    missing = [
        Missing(day, found[day].left if day in found else 0)
        for day in wanted.days
        if day not in found or found[day].left < rooms
    ]
    return Quote(total_vnd=sum(night.price_vnd for night in found.values()) * rooms, missing=missing)


def open_nights(*, room_type: RoomType, first_night: date, last_night: date) -> int:
    """Put the nights from ``first_night`` to ``last_night`` on sale: all rooms, at the price the rules say.

    Nights that are already on sale stay as they are. Returns how many days the range has.
    """
    days = (last_night - first_night).days + 1
    commune_id = room_type.stay.product.origin.commune_id
    prices = Prices([room_type.stay_id])
    RoomNight.objects.bulk_create(
        (
            RoomNight(
                room_type=room_type,
                night_on=night_on,
                capacity=room_type.rooms,
                price_vnd=prices.of_night(room_type, night_on),
                commune_id=commune_id,
            )
            for night_on in (first_night + timedelta(days=n) for n in range(days))
        ),
        ignore_conflicts=True,
        batch_size=2_000,
    )
    return days


# Written out: through the ORM they cost three times as much, which sixteen buyers on one house feel.
_LOOK = """
    SELECT room_type_id, night_on, CASE WHEN is_closed THEN 0 ELSE capacity - taken END
      FROM tourism_roomnight
     WHERE room_type_id = ANY(%s) AND night_on = ANY(%s)
"""
_TAKE = """
    UPDATE tourism_roomnight
       SET taken = taken + %s
     WHERE room_type_id = %s AND night_on = %s AND taken + %s <= capacity AND NOT is_closed
"""


def take(wanted: Iterable[Wanted]) -> None:
    """Take all the wanted nights, or none: raises NightsTaken for the first night that is not free.

    Must run in a transaction, which the caller rolls back on NightsTaken. One statement, and one for each
    night.
    """
    assert transaction.get_connection().in_atomic_block
    rooms = sorted(_rooms_per_night(wanted).items())
    with connection.cursor() as cursor:
        # Look first: whoever comes too late has locked nothing.
        cursor.execute(_LOOK, [list({key[0] for key, _ in rooms}), list({key[1] for key, _ in rooms})])
        left = {(room_type_id, night_on): free for room_type_id, night_on, free in cursor.fetchall()}
        for key, number in rooms:
            if left.get(key, 0) < number:
                raise _refusal(key, number)
        for key, number in rooms:
            cursor.execute(_TAKE, [number, *key, number])
            if cursor.rowcount != 1:  # somebody was quicker
                raise _refusal(key, number)


# A booking's columns and their INSERT, written out for the same reason.
_COLUMNS = [column for column in Booking._meta.concrete_fields if not column.primary_key]
_WRITE = "INSERT INTO {} ({}) VALUES ({}) RETURNING id".format(  # noqa: S608 - names of our own columns
    Booking._meta.db_table,
    ", ".join(str(column.column) for column in _COLUMNS),
    ", ".join(["%s"] * len(_COLUMNS)),
)


def write_down(booking: Booking) -> None:
    """Save a new booking, whose nights were taken in this transaction. One statement; no signals."""
    assert booking._state.adding, booking
    assert transaction.get_connection().in_atomic_block
    values = vars(booking) | {"policy": Jsonb(booking.policy)}
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [values[column.attname] for column in _COLUMNS])
        (booking.pk,) = cursor.fetchone()
    booking._state.adding, booking._state.db = False, connection.alias


def give_back(wanted: Iterable[Wanted]) -> None:
    """Make taken nights free again. Must run in the transaction that records why."""
    assert transaction.get_connection().in_atomic_block
    for key, number in sorted(_rooms_per_night(wanted).items()):
        _night(key).update(taken=F("taken") - number)


def wanted_by(booking: Booking) -> Wanted:
    return Wanted(booking.room_type_id, booking.first_night, booking.nights, booking.rooms)


def confirm(bookings: Iterable[Booking]) -> None:
    """The guests have paid: what was held is theirs."""
    pks = [booking.pk for booking in bookings]
    Booking.objects.filter(pk__in=pks, state=Booking.State.HELD).update(state=Booking.State.CONFIRMED)


def release(bookings: Iterable[Booking]) -> None:
    """Give up held or confirmed bookings and free their nights. Released ones stay as they are."""
    _move(
        bookings,
        Q(state__in=[Booking.State.HELD, Booking.State.CONFIRMED]),
        Booking.State.RELEASED,
        give_back,
    )


def retake(bookings: Iterable[Booking], *, now: datetime) -> None:
    """Hold released bookings again, because the money came late.

    Raises NightsTaken if a night is gone, NightsOver if the first of them is over.
    """
    rows = list(bookings)
    for row in rows:
        if row.state == Booking.State.RELEASED and is_over(row.first_night, now=now):
            raise NightsOver(title=_title(row.room_type_id), night_on=row.first_night)
    _move(rows, Q(state=Booking.State.RELEASED), Booking.State.HELD, take)


def is_over(night_on: date, *, now: datetime) -> bool:
    """Whether nobody can come any more to sleep there that night: it ends in the morning after."""
    return timezone.make_aware(datetime.combine(night_on + timedelta(days=1), MORNING)) <= now


def _move(
    bookings: Iterable[Booking], before: Q, after: str, move: Callable[[Iterable[Wanted]], None]
) -> None:
    assert transaction.get_connection().in_atomic_block
    pks = [booking.pk for booking in bookings]
    rows = list(Booking.objects.select_for_update().filter(before, pk__in=pks).order_by("pk"))
    if rows:
        move([wanted_by(booking) for booking in rows])
        Booking.objects.filter(pk__in=[row.pk for row in rows]).update(state=after)


_Key = tuple[int, date]  # room type and night


def _rooms_per_night(wanted: Iterable[Wanted]) -> Counter[_Key]:
    rooms: Counter[_Key] = Counter()
    for each in wanted:
        assert min(each.nights, each.rooms) >= 1, each
        for day in each.days:
            rooms[each.room_type_id, day] += each.rooms
    return rooms


def _night(key: _Key) -> QuerySet[RoomNight]:
    room_type_id, night_on = key
    return RoomNight.objects.filter(room_type=room_type_id, night_on=night_on)


def _refusal(key: _Key, wanted: int) -> NightsTaken:
    room_type_id, night_on = key
    closure = closure_of_night(room_type_id=room_type_id, night_on=night_on)
    if closure is not None:
        return NightsClosed(title=_title(room_type_id), night_on=night_on, words=closure.words)
    row = _night(key).first()
    return NightsTaken(
        title=_title(room_type_id), night_on=night_on, wanted=wanted, left=row.left if row else 0
    )


def _title(room_type_id: int) -> str:
    return str(RoomType.objects.select_related("product__parent").get(pk=room_type_id).product.get_title())
