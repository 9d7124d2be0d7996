"""What is for sale in OCTO's words: products with options and units, and the times they can be had.

A room type is a product with an option for each number of nights; its unit is a room, or a sleeping place.
A tour is a product with one option; its units are adults and children.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from tourism.models import Booking
from tourism.tours.models import SeatBooking

# How many of each unit are wanted, by the unit's id.
Party = Mapping[str, int]
Taken = Booking | SeatBooking


@dataclass(frozen=True)
class Unit:
    """``people`` is how many come with one of it; ``most`` how many a booking may have."""

    id: str
    type: str
    title: str
    people: int
    most: int
    min_age: int = 0
    max_age: int = 120
    goes_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """``minutes`` is how long it takes; ``from_vnd`` the usual price of each unit, in đồng."""

    id: str
    title: str
    minutes: int
    from_vnd: Mapping[str, int]
    nights: int = 0
    is_default: bool = True


@dataclass(frozen=True)
class Item:
    """A product: ``product`` is Oscar's, with its origin and its pictures; ``row`` is ours."""

    id: str
    row: Any
    product: Any
    title: str
    text: str
    options: Mapping[str, Option]
    units: Mapping[str, Unit]
    start_times: tuple[str, ...]
    policy: Mapping[str, Any] = field(default_factory=dict)

    @property
    def origin(self) -> Any:
        return self.product.origin


@dataclass(frozen=True)
class Slot:
    """A time at which an option begins. ``left`` counts rooms, places or seats, ``prices_vnd`` is per unit.

    ``is_closed`` says that it is not for sale whatever is left.
    """

    id: str
    starts_at: datetime
    ends_at: datetime
    cut_off_at: datetime
    capacity: int
    left: int
    is_closed: bool
    prices_vnd: Mapping[str, int]
    title: str = ""

    @property
    def day(self) -> date:
        return timezone.localdate(self.starts_at)

    def status(self, wanted: int = 1) -> str:
        """OCTO's word for whether ``wanted`` can be had; fewer than half of them left is LIMITED."""
        if self.is_closed:
            return "CLOSED"
        if self.left < max(wanted, 1):
            return "SOLD_OUT"
        return "LIMITED" if self.left * 2 < self.capacity else "AVAILABLE"

    def is_available(self, wanted: int = 1) -> bool:
        return self.status(wanted) in ("AVAILABLE", "LIMITED")


@dataclass(frozen=True)
class Guest:
    """Who comes, for the host's list."""

    name: str
    phone: str
    note: str


@dataclass(frozen=True)
class Place:
    """What a booking took: a time of an option of a product."""

    item: Item
    option: Option
    slot: Slot


class Shelf(ABC):
    """One kind of thing for sale, and the rows behind it."""

    prefix: str

    @abstractmethod
    def find(self, pks: Collection[int] | None = None, *, only_sold: bool = True) -> list[Item]:
        """Return the items with these primary keys, or all, in a constant number of queries.

        Without ``only_sold`` also those that are no longer sold: what was booked is still to be shown.
        """

    @abstractmethod
    def slots(self, item: Item, option: Option, *, first: date, last: date, now: datetime) -> list[Slot]:
        """Return the times from ``first`` to ``last``, both included, the earliest first. One query."""

    @abstractmethod
    def day_of(self, slot_id: str) -> date | None:
        """Return the day of an availability's id; None if no availability has such an id."""

    @abstractmethod
    def places(self, taken: Collection[Taken], *, now: datetime) -> dict[int, Place]:
        """Return where and when each booking is, by its primary key. A constant number of queries."""

    @abstractmethod
    def starts_at(self, taken: Taken) -> datetime:
        """Return when a booking begins."""

    @abstractmethod
    def reserve(
        self,
        place: Place,
        party: Party,
        *,
        guest: Guest,
        amount_vnd: int,
        hold_until: datetime | None,
        now: datetime,
    ) -> Taken:
        """Take what ``party`` needs at a place: held, or without ``hold_until`` confirmed.

        Raises NightsTaken, SeatsTaken, or Invalid. Nothing is taken then.
        """

    @abstractmethod
    def lock(self, places: Collection[Place]) -> None:
        """Lock the rows of these places in their one order, before some are given up for others."""

    @abstractmethod
    def confirm(self, taken: Taken) -> None:
        """Make a held booking final."""

    @abstractmethod
    def extend(self, taken: Taken, *, hold_until: datetime) -> None:
        """Hold it until ``hold_until`` instead."""

    @abstractmethod
    def cancel(self, taken: Taken) -> None:
        """Give it up. Repeats change nothing."""

    @abstractmethod
    def name(self, taken: Taken, *, guest: Guest) -> None:
        """Write down who comes."""
