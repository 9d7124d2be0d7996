"""What everybody may see: released figures, and sums of released figures, of whole months."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from marketplace.statistics import periods
from marketplace.statistics.models import SaleLine
from marketplace.statistics.selectors import check_commune, disclosure_rule, read_breakdowns
from marketplace.statistics.tables import UNKNOWN_UNIT_CODE, Question, Row, Table, units_of

from .counting import ALL, FORMER, UNKNOWN
from .documents import NAMES, TO_DATE, subject_of
from .models import Release, ReleaseTable
from .services import last_day_of

Place = tuple[str, str]  # area and what, as in the documents
Cells = Mapping[Place, Mapping[str, Any]]
MEASURES = ("net_vnd", "sold_vnd", "refunded_vnd", "orders", "quantity")  # that add up over months


@dataclass(frozen=True)
class Answer:
    """A table for everybody, and in words what of it is not published, if anything."""

    table: Table
    note: str = ""


@dataclass(frozen=True)
class Headline:
    """What a release says of its month in a few figures; None stands for one that is withheld."""

    number: int
    month: date
    net_vnd: int | None
    orders: int | None
    sellers: int | None
    communes: int  # of today's, in which anybody sold anything
    of_communes: int


def headline() -> Headline | None:
    """Return the newest release in a few figures, None before the first. One query."""
    tables = ReleaseTable.objects.filter(name="communes").select_related("release")
    table = tables.order_by("-release__number").first()
    if table is None:
        return None
    rows = {(row["area"], row["what"]): row for row in json.loads(table.document)["rows"]}
    total = rows[ALL, ALL]
    communes = [row for (area, what), row in rows.items() if area != ALL and what == ALL]
    return Headline(
        number=table.release.number,
        month=table.release.month,
        net_vnd=total["net_vnd"],
        orders=total["orders"],
        sellers=total["sellers"],
        communes=sum(1 for row in communes if row["suppressed"] or row["orders"]),
        of_communes=len(communes),
    )


def releases() -> QuerySet[Release]:
    """Every release, newest first."""
    return Release.objects.order_by("-number")


def newest_release() -> Release | None:
    return releases().first()


def newest_period(*, until: date | None, months: int = 12) -> tuple[date, date]:
    """Return the first and last day of the newest ``months`` that are released, as far as they are.

    ``until`` leaves out what ends later. Without any release it is the twelve months to today. One query.
    """
    last_day = until or timezone.localdate()
    found = Release.objects.filter(month__lte=last_day).order_by("-month").values_list("month", flat=True)
    found = found.distinct()[: months + 1]
    over = sorted(month for month in found if last_day_of(month) <= last_day)
    if not over:
        return periods.months_before(last_day.replace(day=1), months - 1), last_day
    return max(over[0], periods.months_before(over[-1], months - 1)), last_day_of(over[-1])


def sales(
    *,
    boundaries: str,
    first_day: date,
    last_day: date,
    by: str | Collection[str],
    commune: str | None = None,
    kind: str | None = None,
) -> Answer:
    """Return what is published of the sales of a period, in the shape of ``statistics.selectors.sales()``.

    A figure is the sum of released ones: of the year to date where the period covers it, else of its months.
    If a part of it is withheld, or not released because the period has parts of months, a day or a detail
    that no table has, the figure is suppressed and ``note`` says why. Sellers do not add up over months: they
    are None where there is no table of the whole period, and sold and refunded money where they are not
    published apart.

    Raises UnitUnknown, BreakdownUnknown, PeriodReversed, PeriodTooEarly, PeriodTooLong and
    DisclosureRuleMissing. Cost: two queries for releases, one for the rule and one for names.
    """
    names = read_breakdowns(by)
    periods.check_period(first_day, last_day, by_day="day" in names)
    if commune is not None:
        check_commune(commune, boundaries)
    fixed = {name: value for name, value in (("commune", commune), ("kind", kind)) if value is not None}
    question = Question(first_day, last_day, names, fixed, disclosure_rule(last_day).min_sellers)
    published = _Published(first_day, last_day)
    return _Answering(question, boundaries, published).answer()


class _Published:
    """The newest tables of the months that a period needs."""

    def __init__(self, first_day: date, last_day: date) -> None:
        found = Release.objects.filter(month__range=(first_day.replace(day=1), last_day))
        newest = {release.month: release for release in found.order_by("number").only("number", "month")}
        months = {release.pk: month for month, release in newest.items()}
        self.cells: dict[tuple[date, bool], dict[Place, dict[str, Any]]] = {}
        tables = ReleaseTable.objects.filter(
            release__in=months, name__in=[name for name in NAMES if subject_of(name) == "sales"]
        ).order_by("release", "name")
        for table in tables:
            cells = self.cells.setdefault((months[table.release_id], table.name.endswith(TO_DATE)), {})
            for row in json.loads(table.document)["rows"]:
                cells.setdefault((row["area"], row["what"]), row)
        self.months = {date.fromisoformat(f"{month}-01") for month in periods.months(first_day, last_day)}
        self.covers = first_day.day == 1 and last_day == last_day_of(last_day.replace(day=1))
        self.first_day, self.last_day = first_day, last_day
        self.missing = sorted(month for month in self.months if month not in newest)

    def month(self, month: date) -> list[Cells | None]:
        return [self.cells.get((month, False)) if self._whole(month) else None]

    def whole(self) -> list[list[Cells | None]]:
        """Return the ways to add the period up, best first: tables each, None for one not released."""
        by_year: list[Cells | None] = []
        for year in sorted({month.year for month in self.months}):
            of_year = sorted(month for month in self.months if month.year == year)
            if of_year[0].month == 1:
                by_year.append(self.cells.get((of_year[-1], True)))
            else:
                by_year += [self.cells.get((month, False)) for month in of_year]
        if not self.covers:
            return []
        return [by_year, [self.cells.get((month, False)) for month in sorted(self.months)]]

    def places(self) -> set[Place]:
        return {place for cells in self.cells.values() for place in cells}

    def _whole(self, month: date) -> bool:
        return self.first_day <= month and last_day_of(month) <= self.last_day


class _Answering:
    def __init__(self, question: Question, boundaries: str, published: _Published) -> None:
        self.question, self.boundaries, self.published = question, boundaries, published
        self.asked = {*question.by, *question.fixed}
        units = units_of(boundaries) if "commune" in self.asked else []
        self.units = {unit.code: unit for unit in units}

    def answer(self) -> Answer:
        rows = [self._row(codes) for codes in self._wanted()]
        if self.question.by[0] not in ("month", "day"):
            rows.sort(key=lambda row: (row.net_vnd is None, -(row.net_vnd or 0)))
        total = self._row({})
        return Answer(Table(self.boundaries, self.question, rows, total), self._note([*rows, total]))

    def _wanted(self) -> list[dict[str, str]]:
        """Return the codes of every row by breakdown, the first breakdown's order first."""
        known: dict[str, Iterable[str]] = {
            "commune": [
                code for code in self.units if self.boundaries == FORMER or code != UNKNOWN_UNIT_CODE
            ],
            "month": periods.months(self.question.first_day, self.question.last_day),
            "kind": SaleLine.Kind.values,
            "group": sorted({what.partition("/")[2] for _, what in self.published.places() if "/" in what}),
        }
        if "day" in self.question.by:
            known["day"] = periods.days(self.question.first_day, self.question.last_day)
        found: list[dict[str, str]] = [{}]
        for name in self.question.by:
            codes = [self.question.fixed[name]] if name in self.question.fixed else list(known[name])
            found = [{**before, name: code} for before in found for code in codes]
        crossed = len(self.question.by) > 1
        return [
            codes
            for codes in found
            if not (crossed or codes.get("commune") == UNKNOWN_UNIT_CODE) or self._is_something(codes)
        ]

    def _is_something(self, codes: Mapping[str, str]) -> bool:
        row = self._row(codes)
        return row.suppressed or bool(row.orders or row.net_vnd)

    def _row(self, codes: Mapping[str, str]) -> Row:
        values = {**self.question.fixed, **codes}
        figures = self._figures(values)
        (code, name), *others = [(code, self._name(by, code)) for by, code in codes.items()] or [
            ("", _("Total"))
        ]
        further = {
            label: text
            for by, pair in zip(self.question.by[1:], others, strict=False)
            for label, text in zip((by, f"{by}_name"), pair, strict=True)
        }
        unit = self.units.get(values.get("commune", ""))
        row = Row(
            code,
            name,
            further,
            suppressed=figures is None,
            today_code=unit.today_code if unit else "",
            today_name=unit.today_name if unit else "",
        )
        if figures is None:
            return row
        return replace(
            row,
            net_vnd=figures["net_vnd"],
            sold_vnd=figures["sold_vnd"],
            refunded_vnd=figures["refunded_vnd"],
            orders=figures["orders"],
            sellers=figures["sellers"],
            quantity=figures["quantity"],
        )

    def _figures(self, values: Mapping[str, str]) -> dict[str, int | None] | None:
        found = self._places(values)
        if found is None:
            return None
        ways = self.published.whole()
        if "month" in values:
            ways = [self.published.month(date.fromisoformat(f"{values['month']}-01"))]
        for way in ways:
            summed = _summed(way, found)
            if summed is not None:
                return summed
        return None

    def _places(self, values: Mapping[str, str]) -> list[Place] | None:
        """Return where the figure of ``values`` stands, or None if no table has that detail."""
        commune, kind, group = (values.get(name) for name in ("commune", "kind", "group"))
        if "day" in values or (group and commune) or (kind and commune and self.boundaries == FORMER):
            return None
        if group:
            known = {what for _, what in self.published.places() if what.partition("/")[2] == group}
            return [("", what) for what in sorted(known) if kind in (None, what.partition("/")[0])]
        area = f"{self.boundaries}/{commune}" if commune else ""
        return [(UNKNOWN if commune == UNKNOWN_UNIT_CODE else area, kind or "")]

    def _name(self, by: str, code: str) -> str:
        match by:
            case "commune":
                return self.units[code].name
            case "month":
                return formats.date_format(date.fromisoformat(f"{code}-01"), "m/Y")
            case "day":
                return formats.date_format(date.fromisoformat(code), "d/m/Y")
            case "kind":
                return str(SaleLine.Kind(code).label)
        names = (cells[place]["name"] for cells in self.published.cells.values() for place in cells
                 if place[1].partition("/")[2] == code)  # fmt: skip
        return next(names, code)

    def _note(self, rows: Sequence[Row]) -> str:
        if not any(row.suppressed for row in rows):
            return ""
        if not self.published.covers:
            return _(
                "Public figures are those of whole months: begin on the first day of a month and end on the "
                "last day of one."
            )
        if self._places(dict.fromkeys(self.asked, "-")) is None:
            return _(
                "No table with this detail is published: households could be told apart in it. Published are "
                "communes of today by kind, former units, and product groups of the province, by months."
            )
        if self.published.missing:
            return _("Not every month of this period is released yet: %(months)s.") % {
                "months": ", ".join(f"{month:%Y-%m}" for month in self.published.missing)
            }
        return _("Where a figure is withheld, what one household sold could be calculated from it.")


def _summed(way: Sequence[Cells | None], found: Sequence[Place]) -> dict[str, int | None] | None:
    """Return the sum of the figures at ``found`` in every table of ``way``; None if one is not shown."""
    total: dict[str, int | None] = dict.fromkeys(MEASURES, 0)
    total["sellers"] = 0
    count = 0
    for cells in way:
        for place in found:
            if cells is None or place not in cells or cells[place]["suppressed"]:
                return None
            for name in MEASURES:
                before, figure = total[name], cells[place].get(name)
                total[name] = None if before is None or figure is None else before + figure
            total["sellers"] = cells[place]["sellers"] if count == 0 else None
            count += 1
    return total if way else None
