"""When a festival is celebrated next. The Vietnamese lunar calendar is that of vnlunar's tables (UTC+7)."""

from __future__ import annotations

from datetime import date

from vnlunar import get_solar_date

from .models import Festival

# A lunar year begins at the latest on 21 February: the lunar year of a day is that of its solar year or the
# one before.
YEARS_BACK, YEARS_AHEAD = 1, 1


def next_days(festival: Festival, *, today: date) -> tuple[date, date] | None:
    """Return the first and the last day of the next celebration, one that goes on today included.

    None where the days are announced every year. Runs no query.
    """
    if not festival.calendar:
        return None
    for year in range(today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1):
        first, last = (_day(festival, text, year) for text in (festival.first_day, festival.last_day))
        if first and last and last >= today:
            return first, last
    return None


def _day(festival: Festival, text: str, year: int) -> date | None:
    """Return the day of ``text``, such as 03-13, in the year of the festival's calendar."""
    month, day = (int(part) for part in text.split("-"))
    if festival.calendar == Festival.Calendar.SOLAR:
        return date(year, month, day)
    found = get_solar_date(day, month, year)
    if found is None:  # a lunar month of 29 days has no 30th: the feast is on its last day
        found = get_solar_date(day - 1, month, year)
    return date(found["year"], found["month"], found["day"]) if found else None


def is_during(days: tuple[date, date] | None, *, first_night: date, leaves_on: date) -> bool:
    """Whether somebody who sleeps from ``first_night`` until ``leaves_on`` is there on one of ``days``."""
    return days is not None and first_night <= days[1] and leaves_on >= days[0]
