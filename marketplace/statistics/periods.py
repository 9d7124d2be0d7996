"""Periods as people ask for them: this month, the last twelve, or from one day to another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .errors import DayUnreadable, PeriodReversed, PeriodTooEarly, PeriodTooLong

EARLIEST = date(2020, 1, 1)  # the first day of the oldest boundaries
MOST_DAYS = 3_660  # ten years
MOST_DAYS_BY_DAY = 400
MONTH, YEAR, CUSTOM = "month", "year", "custom"


@dataclass(frozen=True)
class Period:
    """``first_day`` to ``last_day``, both included, and the name of the choice it came from."""

    choice: str
    first_day: date
    last_day: date


def read_period(parameters: Mapping[str, str], *, today: date) -> Period:
    """Return the period that ``period``, ``from`` and ``to`` of a query string ask for.

    ``from`` or ``to`` make it a custom one; one that is missing is the first of this month or today.
    Anything else but ``period=month`` is the last twelve months, this one included.
    Raises DayUnreadable, and what check_period() raises.
    """
    choice = parameters.get("period") or ""
    dates_given = parameters.get("from") or parameters.get("to")
    if choice == CUSTOM or (not choice and dates_given):
        first_day = read_day(parameters, "from", default=today.replace(day=1))
        last_day = read_day(parameters, "to", default=today)
        check_period(first_day, last_day, by_day=False)
        return Period(CUSTOM, first_day, last_day)
    if choice == MONTH:
        return Period(MONTH, today.replace(day=1), today)
    return Period(YEAR, months_before(today.replace(day=1), 11), today)


def read_day(parameters: Mapping[str, str], name: str, *, default: date) -> date:
    value = parameters.get(name) or ""
    if not value:
        return default
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise DayUnreadable(field=name, value=value) from None


def check_period(first_day: date, last_day: date, *, by_day: bool) -> None:
    """Raise PeriodReversed, PeriodTooEarly or PeriodTooLong if no table can be made of this period."""
    if first_day < EARLIEST:
        raise PeriodTooEarly(first_day=first_day, earliest=EARLIEST)
    if last_day < first_day:
        raise PeriodReversed(first_day=first_day, last_day=last_day)
    most_days = MOST_DAYS_BY_DAY if by_day else MOST_DAYS
    if (last_day - first_day).days >= most_days:
        raise PeriodTooLong(first_day=first_day, last_day=last_day, most_days=most_days)


def months_before(first_of_month: date, count: int) -> date:
    """Return the first day of the month ``count`` months before ``first_of_month``."""
    months = first_of_month.year * 12 + first_of_month.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def months(first_day: date, last_day: date) -> Iterator[str]:
    """Yield the months that the period touches, as ``2025-07``."""
    month = first_day.replace(day=1)
    while month <= last_day:
        yield f"{month:%Y-%m}"
        month = (month + timedelta(days=31)).replace(day=1)


def days(first_day: date, last_day: date) -> Iterator[str]:
    """Yield the days of the period, as ``2025-07-01``."""
    for offset in range((last_day - first_day).days + 1):
        yield (first_day + timedelta(days=offset)).isoformat()
