"""Finding products, options and times by the ids OCTO knows them by."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone

from tourism import bookings
from tourism.tours import seats

from .errors import InvalidAvailability, InvalidOption, InvalidProduct
from .items import Item, Option, Place, Shelf, Slot
from .models import ResellerBooking
from .rooms import Rooms
from .trips import Trips

ROOMS, TRIPS = Rooms(), Trips()
SHELVES: tuple[Shelf, ...] = (ROOMS, TRIPS)
# Nothing is on sale later; who asks about other days shall not cost a query for each.
SOLD_AHEAD = timedelta(days=800)
ID_MAX = 2**63 - 1  # PostgreSQL's bigint


def products() -> list[Item]:
    """Return everything resellers may sell, stays first. A constant number of queries."""
    return [item for shelf in SHELVES for item in shelf.find()]


def product(product_id: str) -> Item:
    """Return what is sold under this id. Raises InvalidProduct."""
    for shelf in SHELVES:
        number = product_id.removeprefix(shelf.prefix)
        if product_id.startswith(shelf.prefix) and number.isascii() and number.isdigit():
            pk = int(number) if len(number) < 20 else 0
            # Also 007 names nothing: an id is written in one way.
            if 0 < pk <= ID_MAX and str(pk) == number and (found := shelf.find([pk])):
                return found[0]
    raise InvalidProduct(product_id)


def option(item: Item, option_id: str) -> Option:
    """Raises InvalidOption."""
    try:
        return item.options[option_id]
    except KeyError:
        raise InvalidOption(option_id) from None


def shelf_of(item: Item) -> Shelf:
    return next(shelf for shelf in SHELVES if item.id.startswith(shelf.prefix))


def slots(item: Item, option: Option, *, first: date, last: date, now: datetime) -> list[Slot]:
    """Return the times from ``first`` to ``last`` at which the option can begin, also those sold out.

    Holds that are over keep nobody out, even where no worker runs.
    """
    end_holds(now)
    return shelf_of(item).slots(item, option, first=first, last=last, now=now)


def slots_of_ids(item: Item, option: Option, ids: Collection[str], *, now: datetime) -> list[Slot]:
    """Return the times with these ids; unknown ids have none. One query for each run of days."""
    end_holds(now)
    shelf = shelf_of(item)
    today = timezone.localdate(now)
    days = [day for day in map(shelf.day_of, ids) if day and abs(day - today) <= SOLD_AHEAD]
    found = []
    for first, last in _ranges(days):
        found += shelf.slots(item, option, first=first, last=last, now=now)
    return [slot for slot in found if slot.id in ids]


def place(item: Item, option: Option, availability_id: str, *, now: datetime) -> Place:
    """Raises InvalidAvailability."""
    found = slots_of_ids(item, option, [availability_id], now=now)
    if not found:
        raise InvalidAvailability(availability_id)
    return Place(item, option, found[0])


def places_of(resold: Collection[ResellerBooking], *, now: datetime) -> dict[int, Place]:
    """Return what each booking took, by the booking's primary key. A constant number of queries."""
    found: dict[int, Place] = {}
    for shelf in SHELVES:
        mine = {row.taken.pk: row.pk for row in resold if shelf is shelf_of_booking(row)}
        taken = [row.taken for row in resold if row.pk in mine.values()]
        if taken:
            found |= {mine[pk]: place for pk, place in shelf.places(taken, now=now).items()}
    return found


def shelf_of_booking(resold: ResellerBooking) -> Shelf:
    return ROOMS if resold.stay_booking_id else TRIPS


def end_holds(now: datetime) -> None:
    bookings.end_holds(now)
    seats.end_holds(now=now)


def _ranges(days: Iterable[date], gap: int = 31) -> list[tuple[date, date]]:
    """Gather days into ranges, so that a month of ids is one query and two far ids do not load years."""
    ranges: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if ranges and (day - ranges[-1][1]).days <= gap:
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ranges
