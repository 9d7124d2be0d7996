"""What everybody may see of nights and guests: released figures, and sums of released figures."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from marketplace.places.selectors import communes_at
from marketplace.statistics.periods import Period, months
from marketplace.statistics.selectors import disclosure_rule
from marketplace.statistics.tourism import TOTAL, StayFigures, StayRow, rank_homes

from .counting import ALL, TODAY
from .documents import TO_DATE
from .models import Release, ReleaseTable
from .services import last_day_of
from .visiting import HOMES, MEASURES, STAYS

Place = tuple[str, str]  # area and what, as in the documents
Cells = Mapping[Place, Mapping[str, Any]]
Ways = Sequence[Sequence[Cells | None]]  # to add a period up, best first; None is not released


def stays(*, period: Period, today: date) -> StayFigures:
    """Return what is published of the nights and guests of ``period``, in the shape of tourism.stays().

    A figure is the sum of released ones: of the year to date where the period covers it, else of its months.
    If a part is withheld or not released, the figure is suppressed, and ``note`` says why. ``hosts`` do not
    add up over months: they are None where there is no table of the whole period. Four queries, and one more
    if homes are published. Raises DisclosureRuleMissing.
    """
    found = _Released(period)
    rows = [
        _row(each.code, each.name, _sum(found.ways(STAYS), (f"{TODAY}/{each.code}", ALL), STAYS))
        for each in communes_at(today)
    ]
    rows.sort(key=lambda row: (row.suppressed, -(row.guest_nights or 0), row.name))
    rows.sort(key=lambda row: not row.suppressed and not row.guest_nights)
    homes = found.ways(HOMES)
    registered = (_sum(homes, (ALL, ALL), HOMES) or {}).get("guests") or 0
    numbers: Counter[str] = Counter()
    for home in sorted({what for way in homes for cells in way for _area, what in cells or {}} - {ALL}):
        numbers[home] = (_sum(homes, (ALL, home), HOMES) or {}).get("guests") or 0
    total = _row(TOTAL, _("Total"), _sum(found.ways(STAYS), (ALL, ALL), STAYS))
    return StayFigures(
        rows=rows,
        total=total,
        homes=rank_homes(+numbers, registered) if registered else [],
        registered=registered,
        min_sellers=disclosure_rule(period.last_day).min_sellers,
        note=found.note if any(row.suppressed for row in [*rows, total]) else "",
    )


class _Released:
    """The newest tables of nights and guests of the months that a period touches. Two queries."""

    def __init__(self, period: Period) -> None:
        self.first_day, self.last_day = period.first_day, period.last_day
        self.months = [date.fromisoformat(f"{month}-01") for month in months(self.first_day, self.last_day)]
        releases = Release.objects.filter(month__in=self.months).order_by("number").only("number", "month")
        newest = {release.month: release.pk for release in releases}
        month_of = {pk: month for month, pk in newest.items()}
        self.missing = [month for month in self.months if month not in newest]
        self.tables: dict[tuple[date, str], Cells] = {}
        names = [f"{name}{ending}" for name in (STAYS, HOMES) for ending in ("", TO_DATE)]
        for table in ReleaseTable.objects.filter(release__in=month_of, name__in=names):
            cells = {(row["area"], row["what"]): row for row in json.loads(table.document)["rows"]}
            self.tables[month_of[table.release_id], table.name] = cells

    @property
    def is_whole(self) -> bool:
        """Whether the period is one of whole months."""
        return self.first_day.day == 1 and self.last_day == last_day_of(self.last_day.replace(day=1))

    def ways(self, name: str) -> Ways:
        if not self.is_whole:
            return []
        by_year: list[Cells | None] = []
        for year in sorted({month.year for month in self.months}):
            of_year = [month for month in self.months if month.year == year]
            if of_year[0].month == 1:
                by_year.append(self.tables.get((of_year[-1], f"{name}{TO_DATE}")))
            else:
                by_year += [self.tables.get((month, name)) for month in of_year]
        return [by_year, [self.tables.get((month, name)) for month in self.months]]

    @property
    def note(self) -> str:
        if not self.is_whole:
            return _(
                "Public figures are those of whole months: begin on the first day of a month and end on the "
                "last day of one."
            )
        if self.missing:
            return _("Not every month of this period is released yet: %(months)s.") % {
                "months": ", ".join(f"{month:%Y-%m}" for month in self.missing)
            }
        return _("Where a figure is withheld, the guests of one house could be calculated from it.")


def _sum(ways: Ways, place: Place, name: str) -> dict[str, int | None] | None:
    """Return the sum at ``place`` of the first way all of which is shown; None if there is none.

    A home that a table does not know sent nobody.
    """
    for way in ways:
        if not way or any(cells is None for cells in way):
            continue
        rows = [cells.get(place, {}) for cells in way if cells is not None]
        if any(row.get("suppressed") for row in rows):
            continue
        total: dict[str, int | None] = {
            measure: sum(row.get(measure) or 0 for row in rows) for measure in MEASURES[name]
        }
        return total | {"hosts": rows[0].get("hosts") if len(rows) == 1 else None}
    return None


def _row(code: str, name: str, figures: Mapping[str, int | None] | None) -> StayRow:
    if figures is None:
        return StayRow(code, name, suppressed=True)
    return StayRow(
        code,
        name,
        hosts=figures["hosts"],
        open_nights=figures["open_nights"],
        nights=figures["nights"],
        guests=figures["guests"],
        guest_nights=figures["guest_nights"],
    )
