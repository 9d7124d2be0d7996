"""The figures of a year's released months, each as it was known when it was released.

They are counted from the sale lines, which are only ever added to: what was recorded after ``as_of`` is left
out, so counting again gives the same digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from psycopg import sql

from marketplace.places import selectors as places
from marketplace.places.models import Commune
from marketplace.statistics.cube import BOUNDARIES
from marketplace.statistics.disclosure import Sum
from marketplace.statistics.models import SaleLine

ALL = ""
TODAY, FORMER = "2025", "2024"
UNKNOWN = f"{FORMER}/unknown"  # sales whose former unit is not known, of all communes together


class Key(NamedTuple):
    """``period`` is "2026-03" or "2026-01/2026-03"; ``area`` "", "2025/<code>", "2024/<code>", UNKNOWN or
    UNKNOWN and the code of a commune; ``what`` "", a kind, or "<kind>/<group>".
    """

    period: str
    area: str
    what: str


# What is counted of sales; see planning.Measure for what adds up.
ADDED = ("net_vnd", "refunded_vnd", "orders", "quantity")


@dataclass
class Figure:
    """What stands under one key: by measure, the amount of each contributor."""

    amounts: dict[str, dict[int, int]] = field(default_factory=dict)
    sold_by: set[tuple[int, int]] = field(default_factory=set)  # sellers, in each unit they sell from

    def of(self, measure: str) -> dict[int, int]:
        return self.amounts.get(measure, {})

    def sum(self, measure: str) -> int:
        return sum(self.of(measure).values())

    def add(self, other: Figure) -> None:
        self.sold_by |= other.sold_by
        for measure, amounts in other.amounts.items():
            mine = self.amounts.setdefault(measure, {})
            for holding, amount in amounts.items():
                mine[holding] = mine.get(holding, 0) + amount


@dataclass(frozen=True)
class Month:
    """A month of the year, and until when its sales are counted. What is not ``own`` has no figures of its
    own: it was never released and only counts towards the year.
    """

    first_day: date
    as_of: datetime
    own: bool = True

    @property
    def last_day(self) -> date:
        return (self.first_day + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def period(self) -> str:
        return f"{self.first_day:%Y-%m}"

    @property
    def to_date(self) -> str:
        """The period of the year to this month; in January that is the month."""
        return self.period if self.first_day.month == 1 else f"{self.first_day:%Y}-01/{self.period}"


Figures = dict[Key, Figure]

_LINES = """
    SELECT portion.month, line.unit_id, line.seller_id, COALESCE(line.kind, ''), COALESCE(line."group", ''),
           SUM(line.amount_vnd), -COALESCE(SUM(line.amount_vnd) FILTER (WHERE line.refund_id IS NOT NULL), 0),
           COUNT(DISTINCT (line.order_id, line.sold_on)) FILTER (WHERE line.refund_id IS NULL),
           SUM(line.quantity)
      FROM unnest(%s::date[], %s::timestamptz[]) AS portion (month, as_of)
      JOIN {lines} AS line ON line.sold_on >= portion.month
       AND line.sold_on < portion.month + interval '1 month' AND line.recorded_at <= portion.as_of
     GROUP BY GROUPING SETS (
           (portion.month, line.unit_id, line.seller_id),
           (portion.month, line.unit_id, line.seller_id, line.kind),
           (portion.month, line.unit_id, line.seller_id, line.kind, line."group"))
"""


def figures_of(months: Sequence[Month], holdings: Mapping[int, int]) -> Figures:
    """Return every figure of ``months``, which follow each other from January or the first one that counts.

    ``holdings`` has the contributor each seller belongs to; others are contributors of their own. Figures
    without any sale or refund are absent. Cost: one aggregate over the months and three small queries.
    """
    areas = _areas()
    found: dict[str, Figures] = {month.period: {} for month in months}
    for period, unit_id, kind, group, figure in _rows(months, holdings):
        for area in areas[unit_id]:
            if (group and area != ALL) or (kind and area.startswith(FORMER)):
                continue
            key = Key(period, area, f"{kind}/{group}" if group else kind)
            found[period].setdefault(key, Figure()).add(figure)
    return to_date_too(months, found)


def to_date_too(months: Sequence[Month], found: Mapping[str, Figures]) -> Figures:
    """Return the figures ``found`` of each month, and those of the year to every month that needs them."""
    figures: Figures = {}
    year: Figures = {}
    for month in months:
        if month.own:
            figures |= found[month.period]
        for key, figure in found[month.period].items():
            year.setdefault(key._replace(period=""), Figure()).add(figure)
        follows = [after for after in months if after.first_day > month.first_day]
        if month.own or (follows and follows[0].own):
            for key, figure in year.items():
                dated = key._replace(period=month.to_date)
                if dated not in figures:  # in January the year to date is the month
                    figures[dated] = Figure()
                    figures[dated].add(figure)
    return figures


def _rows(
    months: Sequence[Month], holdings: Mapping[int, int]
) -> Iterator[tuple[str, int, str, str, Figure]]:
    statement = sql.SQL(_LINES).format(lines=sql.Identifier(SaleLine._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(statement, [[one.first_day for one in months], [one.as_of for one in months]])
        for month, unit_id, seller_id, kind, group, *amounts in cursor.fetchall():
            holding = holdings.get(seller_id, seller_id)
            by_measure = {name: {holding: int(amount)} for name, amount in zip(ADDED, amounts, strict=True)}
            yield f"{month:%Y-%m}", unit_id, kind, group, Figure(by_measure, {(seller_id, unit_id)})


def _areas() -> dict[int, list[str]]:
    """Return the areas each unit counts towards."""
    codes = dict(Commune.objects.values_list("pk", "code"))
    today, former = (places.units_table(BOUNDARIES[name]) for name in (TODAY, FORMER))
    found = {}
    for unit, commune in today.items():
        code = codes[commune]
        old = [f"{FORMER}/{codes[former[unit]]}"] if unit in former else [UNKNOWN, f"{UNKNOWN}-{code}"]
        found[unit] = [ALL, f"{TODAY}/{code}", *old]
    return found


def is_latent(key: Key) -> bool:
    """Whether this figure stands in no table, though others are made of it."""
    return key.area.startswith(f"{UNKNOWN}-")


def sums_of(figures: Iterable[Key], months: Sequence[Month]) -> list[Sum[Key]]:
    """Return everything that adds up: communes, former units, kinds, groups, and months to the year."""
    keys = sorted(figures)
    known = set(keys)
    commune_of = _communes_of_former_areas()
    parts: dict[tuple[Key, str], list[Key]] = {}
    for key in keys:
        period, area, what = key
        if area.startswith(FORMER) and area != UNKNOWN:
            parts.setdefault((Key(period, commune_of[area], what), "former"), []).append(key)
        if is_latent(key):
            parts.setdefault((Key(period, UNKNOWN, what), "unknown"), []).append(key)
        if area.startswith(TODAY):
            parts.setdefault((Key(period, ALL, what), "communes"), []).append(key)
        if "/" in what:
            parts.setdefault((Key(period, area, what.partition("/")[0]), "groups"), []).append(key)
        elif what:
            parts.setdefault((Key(period, area, ALL), "kinds"), []).append(key)
    for before, month in zip([None, *months[:-1]], months, strict=True):
        if not month.own or month.first_day.month == 1:
            continue
        for key in keys:
            if key.period == month.to_date:
                added = [key._replace(period=month.period)]
                if before is not None:
                    added.insert(0, key._replace(period=before.to_date))
                parts[key, "months"] = [one for one in added if one in known]
    return [Sum(whole, tuple(found)) for (whole, _), found in sorted(parts.items())]


def _communes_of_former_areas() -> dict[str, str]:
    """Return the area of today that contains each area of the former units."""
    codes = dict(Commune.objects.values_list("pk", "code"))
    today, former = (places.units_table(BOUNDARIES[name]) for name in (TODAY, FORMER))
    areas = {}
    for unit, commune in today.items():
        areas[f"{UNKNOWN}-{codes[commune]}"] = f"{TODAY}/{codes[commune]}"
        if former.get(unit) == unit:
            areas[f"{FORMER}/{codes[unit]}"] = f"{TODAY}/{codes[commune]}"
    return areas
