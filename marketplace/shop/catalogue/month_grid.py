"""The nights of a stay as months on a wall: which are free, and where tapping each one leads."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tourism.selectors import Night

MONTHS_SHOWN = 2
MONTHS_AHEAD = 12  # how far one may leaf

_WEEKS = calendar.Calendar(firstweekday=calendar.MONDAY)


@dataclass(frozen=True)
class Choice:
    """The nights chosen so far; without ``leaves_on`` the day of leaving is still to be chosen."""

    first_night: date | None
    leaves_on: date | None

    def includes(self, night_on: date) -> bool:
        if self.first_night is None:
            return False
        if self.leaves_on is None:
            return night_on == self.first_night
        return self.first_night <= night_on < self.leaves_on

    def after_tapping(self, day: date) -> Choice:
        """Tapping begins a choice, tapping a later day ends it, and tapping again begins another."""
        if self.first_night is not None and self.leaves_on is None and day > self.first_night:
            return Choice(self.first_night, day)
        return Choice(day, None)


@dataclass(frozen=True)
class Cell:
    """One day of the grid. ``state`` is free, few, full, closed or past; without ``href`` tapping is vain."""

    on: date
    state: str
    left: int
    price_vnd: int | None
    chosen: bool
    href: str | None

    @property
    def short_price(self) -> str:
        """The price as it fits under a day: ``300k``; empty where thousands would not say it exactly."""
        exact = self.price_vnd is not None and self.price_vnd % 1000 == 0
        return f"{self.price_vnd // 1000}k" if exact and self.price_vnd is not None else ""


@dataclass(frozen=True)
class Month:
    first_day: date
    weeks: list[list[Cell | None]]


def months(
    *,
    first_month: date,
    today: date,
    nights: Mapping[date, Night],
    rooms: int,
    few: int,
    choice: Choice,
    link: Callable[[Choice], str],
) -> list[Month]:
    """Return ``MONTHS_SHOWN`` months from ``first_month`` on, for ``rooms`` rooms of one type.

    ``nights`` are the nights on sale by their day; at most ``few`` rooms left count as few.
    """

    def cell(day: date) -> Cell:
        night = nights.get(day)
        state = _state(day, night, today=today, rooms=rooms, few=few)
        after = choice.after_tapping(day)
        # A day whose night is full can still be the day of leaving.
        tappable = state in ("free", "few") or (after.leaves_on == day and state in ("full", "closed"))
        return Cell(
            on=day,
            state=state,
            left=night.left if night else 0,
            price_vnd=night.price_vnd if night and state in ("free", "few") else None,
            chosen=choice.includes(day),
            href=link(after) if tappable else None,
        )

    shown = [month_after(first_month, number) for number in range(MONTHS_SHOWN)]
    return [
        Month(
            first,
            [
                [cell(day) if day.month == first.month else None for day in week]
                for week in _WEEKS.monthdatescalendar(first.year, first.month)
            ],
        )
        for first in shown
    ]


def _state(day: date, night: Night | None, *, today: date, rooms: int, few: int) -> str:
    if day < today:
        return "past"
    if night is None:
        return "closed"
    if night.left < rooms:
        return "full"
    return "few" if night.left <= few else "free"


def month_after(first_day: date, months: int) -> date:
    """Return the first day of the month ``months`` months after that of ``first_day``."""
    number = first_day.year * 12 + first_day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def first_month_shown(*, wanted: date | None, today: date) -> date:
    """Return the month to begin with: never one that has passed, never beyond what may be leafed to."""
    earliest = today.replace(day=1)
    return min(max((wanted or today).replace(day=1), earliest), month_after(earliest, MONTHS_AHEAD))


def last_day_shown(first_month: date) -> date:
    return month_after(first_month, MONTHS_SHOWN) - timedelta(days=1)
