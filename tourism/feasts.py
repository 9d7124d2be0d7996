"""When the feasts are on which nights cost otherwise: by the solar or the Vietnamese lunar calendar.

The lunar days are those of vnlunar's tables (UTC+7, 1800 to 2199).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from vnlunar import get_solar_date

from .terms import Feast


@dataclass(frozen=True)
class _Days:
    """A day of each year and the evenings around it on which guests stay for it."""

    month: int
    day: int
    is_lunar: bool = False
    before: int = 1
    after: int = 0


# Tết: from the 28th of the last month, when people travel home, to the 5th of the first.
# Hoa Ban: the festival opens on 13 March and goes on for three days.
_DAYS = {
    Feast.NEW_YEAR: _Days(1, 1),
    Feast.TET: _Days(1, 1, is_lunar=True, before=2, after=4),
    Feast.HOA_BAN: _Days(3, 13, after=2),
    Feast.HUNG_KINGS: _Days(3, 10, is_lunar=True),
    Feast.REUNIFICATION: _Days(4, 30, after=1),
    Feast.VICTORY: _Days(5, 7, before=2),
    Feast.NATIONAL_DAY: _Days(9, 2, before=2),
}


def feasts_on(night: date) -> frozenset[str]:
    """Return the feasts for which guests stay on the night of that evening."""
    return _feasts_of_year(night.year).get(night, frozenset())


def nights_of(feast: str, year: int) -> list[date]:
    """Return the nights of a feast that begins in ``year``, of its calendar."""
    days = _DAYS[Feast(feast)]
    if days.is_lunar:
        found = get_solar_date(days.day, days.month, year)
        assert found is not None, (feast, year)
        on = date(found["year"], found["month"], found["day"])
    else:
        on = date(year, days.month, days.day)
    return [on + timedelta(days=offset) for offset in range(-days.before, days.after + 1)]


@cache
def _feasts_of_year(year: int) -> dict[date, frozenset[str]]:
    found: dict[date, set[str]] = {}
    for feast, nights in _around(year):
        for night in nights:
            if night.year == year:
                found.setdefault(night, set()).add(feast)
    return {night: frozenset(feasts) for night, feasts in found.items()}


def _around(year: int) -> Iterator[tuple[str, Iterable[date]]]:
    """The feasts of the year and of the next: the eve of New Year is in December."""
    for feast in _DAYS:
        for each in (year, year + 1):
            yield feast.value, nights_of(feast, each)
