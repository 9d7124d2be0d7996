"""A month of nights on a wall, weeks from Monday."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tourism.models import RoomNight

_WEEKS = calendar.Calendar(firstweekday=calendar.MONDAY)
MONTHS_BEFORE, MONTHS_AHEAD = 12, 18
YEARS = range(2000, 2100)


@dataclass(frozen=True)
class Cell:
    """One day of the grid. ``state`` is free, some, full, closed, past or none (not on sale)."""

    on: date
    state: str
    night: RoomNight | None
    arrivals: int
    clash: bool
    is_today: bool
    is_shut: bool  # an official has closed the commune: not for the host to open

    @property
    def short_price(self) -> str:
        """The price as it fits under a day: ``300k``; empty where thousands would not say it exactly."""
        if self.night is None or self.night.price_vnd % 1_000:
            return ""
        return f"{self.night.price_vnd // 1_000}k"


@dataclass(frozen=True)
class Month:
    first_day: date
    weeks: list[list[Cell | None]]

    @property
    def before(self) -> date:
        return month_after(self.first_day, -1)

    @property
    def after(self) -> date:
        return month_after(self.first_day, 1)


def month(
    *,
    first_day: date,
    today: date,
    nights: Mapping[date, RoomNight],
    arrivals: Mapping[date, int],
    clashes: set[date],
) -> Month:
    """Lay the nights of a room type out, which come with what closed them; runs no query."""

    def cell(day: date) -> Cell:
        night = nights.get(day)
        return Cell(
            on=day,
            state=_state(day, night, today),
            night=night,
            arrivals=arrivals.get(day, 0),
            clash=day in clashes,
            is_today=day == today,
            is_shut=hasattr(night, "closed_by"),
        )

    weeks = _WEEKS.monthdatescalendar(first_day.year, first_day.month)
    return Month(
        first_day, [[cell(day) if day.month == first_day.month else None for day in week] for week in weeks]
    )


def _state(day: date, night: RoomNight | None, today: date) -> str:
    if day < today:
        return "past"
    if night is None:
        return "none"
    if night.taken >= night.capacity:
        return "full"
    if night.is_closed:
        return "closed"
    return "some" if night.taken else "free"


def month_after(first_day: date, months: int) -> date:
    """Return the first day of the month ``months`` months after that of ``first_day``."""
    number = first_day.year * 12 + first_day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def last_day_of(first_day: date) -> date:
    return month_after(first_day, 1) - timedelta(days=1)


def read_day(text: str | None) -> date | None:
    """Return the day ``text`` (``2026-12-01``) names; None for anything else, and for other centuries."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if day.year in YEARS else None


def read_month(text: str, *, today: date) -> date:
    """Return the first day of the month ``text`` (``2026-12``) names; this month if it names none.

    One that lies further than there is anything to see becomes the last that does not.
    """
    this = today.replace(day=1)
    try:
        year, number = text.split("-")
        wanted = date(int(year[:4]), int(number[:2]), 1)
    except ValueError:
        return this
    return min(max(wanted, month_after(this, -MONTHS_BEFORE)), month_after(this, MONTHS_AHEAD))
