"""Sales by commune, month, kind and group, on the boundaries of either time, as each reader may see them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet, Sum

from marketplace.accounts.selectors import NOTHING, OfficialScope
from marketplace.places import selectors as places
from marketplace.places.errors import CommuneUnknown
from marketplace.places.models import Commune

from . import cube, periods, tables
from .errors import BoundariesUnknown, BreakdownUnknown, DisclosureRuleMissing, KindUnknown, UnitUnknown
from .models import DailySales, DirtyDay, DisclosureRule, SaleLine, SellerDay
from .tables import Table

BREAKDOWNS = ("commune", "month", "day", "kind", "group")
MOST_BREAKDOWNS = 2


def sales(
    *,
    boundaries: str,
    first_day: date,
    last_day: date,
    by: str | Collection[str],
    scope: OfficialScope = NOTHING,
    commune: str | None = None,
    kind: str | None = None,
) -> Table:
    """Return the sales of ``first_day`` to ``last_day``, both included, as ``scope`` may see them.

    ``by`` is one or two of BREAKDOWNS, in a list or with a comma between; ``boundaries`` "2025" or
    "2024" says which units the communes are. By communes, months or days alone, those without sales
    have a row of zeros. On the boundaries of 2024, what is only known by a commune of today stands in
    one row of the code "unknown", so both boundaries have the same sum. ``commune`` (a code on these
    boundaries) and ``kind`` take their part out of the whole table, so that a figure is hidden or
    shown however it is asked for. Rows come largest first, hidden ones (in the order of their codes)
    after those with sales; by months and days, oldest first.

    Figures are hidden as disclosure.hidden_cells() says, unless ``scope`` sees their commune. Tables
    of different periods or breakdowns are protected each by itself.

    Raises BoundariesUnknown, BreakdownUnknown, KindUnknown, PeriodReversed, PeriodTooEarly,
    PeriodTooLong, UnitUnknown and DisclosureRuleMissing. Cost: one aggregate over the summaries of the
    period, and at most five small queries. What was sold in the last seconds may not be in it yet; see
    ``freshness()``.
    """
    return sales_on_both(
        boundaries=[boundaries],
        first_day=first_day,
        last_day=last_day,
        by=by,
        scope=scope,
        commune=commune,
        kind=kind,
    )[0]


def sales_on_both(
    *,
    boundaries: Collection[str] = ("2025", "2024"),
    first_day: date,
    last_day: date,
    by: str | Collection[str],
    scope: OfficialScope = NOTHING,
    commune: str | None = None,
    kind: str | None = None,
) -> list[Table]:
    """Return one table as of ``sales()`` for each of ``boundaries``, all from one count.

    Raises what ``sales()`` raises. Cost: one aggregate over the period whatever the boundaries.
    """
    names = read_breakdowns(by)
    for found in boundaries:
        if found not in cube.BOUNDARIES:
            raise BoundariesUnknown(found=found, known=list(cube.BOUNDARIES))
    if kind is not None and kind not in SaleLine.Kind.values:
        raise KindUnknown(found=kind, known=SaleLine.Kind.values)
    periods.check_period(first_day, last_day, by_day="day" in names)
    fixed = {name: value for name, value in (("commune", commune), ("kind", kind)) if value is not None}
    if commune is not None:
        for found in boundaries:
            check_commune(commune, found)

    rule = disclosure_rule(last_day)
    counted = cube.count(
        first_day=first_day,
        last_day=last_day,
        breakdowns=_columns({*names, *fixed}),
        min_sellers=0 if scope.whole_province else rule.min_sellers,  # who sees everything has no need of it
    )
    question = tables.Question(first_day, last_day, names, fixed, rule.min_sellers)
    return [tables.tabulate(counted, question, boundaries=found, scope=scope) for found in boundaries]


def total_net_vnd(*, first_day: date, last_day: date) -> int:
    """Return all sales of the period less its refunds, in đồng, both days included. Cost: one query."""
    assert first_day <= last_day, (first_day, last_day)
    lines = SaleLine.objects.filter(sold_on__range=(first_day, last_day))
    return lines.aggregate(net_vnd=Sum("amount_vnd", default=0))["net_vnd"]


def net_by_order_and_seller() -> dict[tuple[int, int], int]:
    """Return sales less refunds of all time, in đồng, by the ids of order and seller. Cost: one query."""
    rows = SaleLine.objects.values_list("order_id", "seller_id").annotate(net_vnd=Sum("amount_vnd"))
    return {(order_id, seller_id): net_vnd for order_id, seller_id, net_vnd in rows.order_by()}


def disclosure_rule(on: date) -> DisclosureRule:
    """Return the rule in force on the day ``on``. Raises DisclosureRuleMissing if there is none."""
    rule = DisclosureRule.objects.filter(valid_from__lte=on).order_by("-valid_from").first()
    if rule is None:
        raise DisclosureRuleMissing(on=on)
    return rule


@dataclass(frozen=True)
class Freshness:
    """``behind`` is the age of the oldest sale that is not in the summaries; zero if all are."""

    behind: timedelta
    waiting: int  # marks

    @property
    def is_fresh(self) -> bool:
        return self.behind <= FRESH


FRESH = timedelta(seconds=5)  # what a board normally lags behind


def freshness(*, now: datetime) -> Freshness:
    """Return how far the summaries lag behind the sales that were written until ``now``. One query."""
    waiting = DirtyDay.objects.aggregate(oldest=Min("marked_at"), number=Count("pk"))
    oldest = waiting["oldest"]
    return Freshness(max(timedelta(), now - oldest) if oldest else timedelta(), waiting["number"])


@dataclass(frozen=True)
class Deviation:
    """A day of a unit whose summary does not say what its lines do. Money in đồng."""

    sold_on: date
    unit: str
    summarised_vnd: int
    lines_vnd: int


def deviations() -> list[Deviation]:
    """Compare the net sales of every day and unit, as summarised by day and by seller, with the lines.

    Days that are marked are left out: they are about to be made again. Cost: four queries over all time.
    """
    lines = _net_by_day_and_unit(SaleLine.objects.all(), "amount_vnd")
    marked = set(DirtyDay.objects.values_list("sold_on", "unit_id"))
    found = []
    for summary in (DailySales.objects.filter(kind=""), SellerDay.objects.all()):
        summarised = _net_by_day_and_unit(summary, "net_vnd")
        for day, unit_id in sorted((lines.keys() | summarised.keys()) - marked):
            key = (day, unit_id)
            if lines.get(key, 0) != summarised.get(key, 0):
                found.append((day, unit_id, summarised.get(key, 0), lines.get(key, 0)))
    names = Commune.objects.in_bulk({unit_id for _, unit_id, _, _ in found})
    return [
        Deviation(day, f"{names[unit_id]} ({names[unit_id].code})", summarised_vnd, lines_vnd)
        for day, unit_id, summarised_vnd, lines_vnd in found
    ]


def _net_by_day_and_unit(rows: QuerySet[Any], column: str) -> dict[tuple[date, int], int]:
    sums = rows.order_by().values_list("sold_on", "unit_id").annotate(sum=Sum(column))
    return {(day, unit_id): int(net_vnd) for day, unit_id, net_vnd in sums}


def read_breakdowns(by: str | Collection[str]) -> tuple[str, ...]:
    """Return the breakdowns named by ``by``, such as "commune,month". Raises BreakdownUnknown."""
    names = tuple(by.split(",")) if isinstance(by, str) else tuple(by)
    if not 1 <= len(names) <= MOST_BREAKDOWNS or len(set(names)) < len(names) or set(names) - set(BREAKDOWNS):
        raise BreakdownUnknown(found=",".join(names), known=list(BREAKDOWNS), most=MOST_BREAKDOWNS)
    return names


def check_commune(code: str, boundaries: str) -> None:
    """Raise UnitUnknown if no unit of these boundaries has ``code``. One query."""
    try:
        places.commune_at(code, cube.BOUNDARIES[boundaries])
    except CommuneUnknown as error:
        raise UnitUnknown(found=code, boundaries=boundaries) from error


def _columns(names: Collection[str]) -> list[str]:
    """A commune is counted on both boundaries at once."""
    return [
        column
        for name in BREAKDOWNS
        if name in names
        for column in (("2025", "2024") if name == "commune" else (name,))
    ]


def sold_lines(*, order_id: int) -> set[int]:
    """Return the lines of an order that were counted as sold."""
    return set(
        SaleLine.objects.filter(order_id=order_id, refund_id=None).values_list("order_line_id", flat=True)
    )
