"""The figures of the board: from the summaries alone, for the communes one official sees in full."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from marketplace.delivery.services import HOME_PROVINCE
from marketplace.places.models import MERGER_ON, Commune
from marketplace.statistics import cube, periods
from marketplace.statistics.cube import EMPTY, UNKNOWN_UNIT, Cell, Cube
from marketplace.statistics.models import DailyPaid, DailySales, SaleLine
from marketplace.statistics.periods import Period
from marketplace.statistics.tables import UNKNOWN_UNIT_CODE, Row, Unit, units_of

from . import spans
from .asked import NEWEST, Asked
from .models import Target

HOME_COUNTRY = "VN"
BY_DAY = 62  # a period of more days is shown by month
LONG = 400  # of more days nobody sees a single one unless they move about in them


@dataclass(frozen=True)
class Pair:
    """A figure of the period and the same of the period before."""

    now: int = 0
    before: int = 0

    @property
    def change_percent(self) -> int | None:
        """By how many % it grew; None if there was nothing to grow from."""
        return round(100 * (self.now - self.before) / self.before) if self.before > 0 else None


@dataclass(frozen=True)
class Group:
    """What one product group sold. Money in đồng; ``quantity`` in packs, room nights or seats."""

    kind: str
    code: str
    net: Pair
    quantity: Pair
    orders: int


@dataclass(frozen=True)
class Point:
    """One day or month of the series, and what was sold as far into the period before."""

    on: date
    now_vnd: int
    before_vnd: int | None


@dataclass(frozen=True)
class District:
    name: str
    net_vnd: int
    orders: int
    sellers: int


@dataclass
class Paid:
    """Sales by who moved the money and where the buyer is, before refunds. Shares are whole %."""

    by_provider: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    outside_vnd: int = 0
    abroad_vnd: int = 0

    @property
    def sold_vnd(self) -> int:
        return sum(self.by_provider.values())

    @property
    def mobile_vnd(self) -> int:
        return sum(vnd for code, vnd in self.by_provider.items() if code in mobile_money())

    @property
    def mobile_percent(self) -> int:
        return share(self.mobile_vnd, self.sold_vnd)

    @property
    def outside_percent(self) -> int:
        return share(self.outside_vnd, self.sold_vnd)


def share(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def mobile_money() -> set[str]:
    """The codes of the mobile-money operators."""
    return set(settings.WALLET_CREDENTIALS)


@dataclass(frozen=True)
class Counted:
    """The sales of the period and of the period before, by unit of both boundaries."""

    now: Cube
    before: Cube

    def net(self, asked: Asked) -> Pair:
        return Pair(self.sum(asked, "net_vnd"), self.sum(asked, "net_vnd", before=True))

    def pair(self, asked: Asked, measure: str) -> Pair:
        return Pair(self.sum(asked, measure), self.sum(asked, measure, before=True))

    def sum(self, asked: Asked, measure: str, *, before: bool = False) -> int:
        """Return ``measure`` (a name of cube.Cell) of what was asked for; every one adds up over units."""
        counted = self.before if before else self.now
        if asked.whole:
            return getattr(counted.cells.get((None, None), EMPTY), measure)
        return sum(
            getattr(counted.cells.get((commune.pk, None), EMPTY), measure) for commune in asked.communes
        )


def count(asked: Asked) -> Counted:
    """Count the sales of both periods by unit. Cost: six queries over the summaries and the units."""
    now, before = (
        cube.count(
            first_day=period.first_day,
            last_day=period.last_day,
            breakdowns=("2025", "2024"),
            min_sellers=0,
        )
        for period in (asked.period, asked.before)
    )
    return Counted(now, before)


@dataclass(frozen=True)
class Ranked:
    """The units of the boundaries that were asked for, largest first, and those of today for the map."""

    rows: list[Row]
    changes: dict[str, int | None]  # by code of a row: growth in %
    total: Row
    of_today: list[Row]
    districts: list[District]


def rank(counted: Counted, asked: Asked) -> Ranked:
    """Return what each unit sold. Cost: one query for the units of today, two more for those before."""
    own = {commune.code for commune in asked.communes}
    today = [unit for unit in units_of(NEWEST) if asked.whole or unit.code in own]
    of_today = [_row(unit, _cell(counted.now, unit, NEWEST)) for unit in today if unit.pk != UNKNOWN_UNIT]
    boundaries = asked.boundaries
    units = today
    if boundaries != NEWEST:
        units = [unit for unit in units_of(boundaries) if asked.whole or unit.today_code in own]
    rows, changes = [], {}
    for unit in units:
        cell = _cell(counted.now, unit, boundaries)
        if unit.pk == UNKNOWN_UNIT and cell == EMPTY:
            continue
        rows.append(_row(unit, cell))
        earlier = _cell(counted.before, unit, boundaries).net_vnd
        changes[unit.code] = Pair(cell.net_vnd, earlier).change_percent
    if boundaries != NEWEST and not asked.whole:
        rows += _known_by_commune_only(counted.now, asked)
    rows.sort(key=lambda row: (-(row.net_vnd or 0), row.code))
    total = Row(
        "",
        _("Total"),
        {},
        suppressed=False,
        net_vnd=counted.sum(asked, "net_vnd"),
        orders=counted.sum(asked, "orders"),
        sellers=counted.sum(asked, "sellers"),
        quantity=counted.sum(asked, "quantity"),
    )
    districts = _districts(counted.now, units, rows) if boundaries != NEWEST and asked.whole else []
    return Ranked(rows, changes, total, of_today, districts)


def _cell(counted: Cube, unit: Unit, boundaries: str) -> Cell:
    key = counted.key({boundaries: unit.pk})
    return counted.cells.get(key, EMPTY)


def _known_by_commune_only(counted: Cube, asked: Asked) -> list[Row]:
    """What of these communes nobody knows the former unit of, in one row each."""
    unknown = _("Former unit not known")
    found = [(commune, counted.cells.get((commune.pk, UNKNOWN_UNIT))) for commune in asked.communes]
    return [
        _row(Unit(UNKNOWN_UNIT, UNKNOWN_UNIT_CODE, unknown, commune.code, commune.full_name), cell)
        for commune, cell in found
        if cell is not None
    ]


def _row(unit: Unit, cell: Cell) -> Row:
    return Row(
        unit.code,
        unit.name,
        {},
        suppressed=False,
        today_code=unit.today_code,
        today_name=unit.today_name,
        net_vnd=cell.net_vnd,
        sold_vnd=cell.sold_vnd,
        refunded_vnd=cell.refunded_vnd,
        orders=cell.orders,
        sellers=cell.sellers,
        quantity=cell.quantity,
    )


def _districts(counted: Cube, units: list[Unit], rows: list[Row]) -> list[District]:
    """Return the totals of the districts of 2024, largest first: sums of their units. One query."""
    known = Commune.objects.valid_on(periods.EARLIEST).exclude(valid_from=MERGER_ON)
    names = dict(known.values_list("code", "district__name"))
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        one = sums[names.get(row.code) or row.name]
        for place, figure in enumerate((row.net_vnd, row.orders, row.sellers)):
            one[place] += figure or 0
    ranked = sorted(sums.items(), key=lambda pair: (-pair[1][0], pair[0]))
    return [District(name, *figures) for name, figures in ranked]


def groups(asked: Asked) -> list[Group]:
    """Return what each product group sold in both periods, largest of this one first. One query."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 6)
    for kind, code, *figures, which in spans.both(
        asked,
        lambda span: (
            span.rows.order_by()
            .values("kind", "group")
            .annotate(net=Sum("net_vnd"), packs=Sum("quantity"), parts=Sum("orders"))
        ),
    ):
        for place, figure in enumerate(figures):
            sums[kind, code][place * 2 + which] += int(figure)
    found = [
        Group(kind, code, net=Pair(*row[:2]), quantity=Pair(*row[2:4]), orders=row[4])
        for (kind, code), row in sums.items()
    ]
    return sorted(found, key=lambda group: (-group.net.now, group.kind, group.code))


def nights(found: list[Group]) -> Pair:
    """Return the room nights of ``groups()``, less those taken back: packs of a kind add up over groups."""
    sold = [group.quantity for group in found if group.kind == SaleLine.Kind.NIGHTS]
    return Pair(sum(pair.now for pair in sold), sum(pair.before for pair in sold))


def series(asked: Asked) -> list[Point]:
    """Return net sales by day, or by month if there are many days, oldest first. One query."""
    by_month = (asked.period.last_day - asked.period.first_day).days >= BY_DAY
    found = _by_month(asked) if by_month else _by_day(asked)
    now, before = (_starts(period, by_month=by_month) for period in (asked.period, asked.before))
    earlier = [found[day][spans.BEFORE] for day in before]
    return [
        Point(day, found[day][spans.NOW], earlier[place] if place < len(earlier) else None)
        for place, day in enumerate(now)
    ]


def _by_month(asked: Asked) -> dict[date, list[int]]:
    found: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for month, net_vnd, which in spans.both(
        asked, lambda span: span.rows.order_by().values(of_month=span.month).annotate(net=Sum("net_vnd"))
    ):
        found[month][which] += int(net_vnd)
    return found


def _by_day(asked: Asked) -> dict[date, list[int]]:
    days = (
        _both(DailySales.objects.filter(kind="", group=""), asked)
        .values("sold_on")
        .annotate(
            now=Sum("net_vnd", filter=_within(asked.period), default=0),
            before=Sum("net_vnd", filter=_within(asked.before), default=0),
        )
    )
    found: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    return found | {row["sold_on"]: [row["now"], row["before"]] for row in days.order_by()}


def days(asked: Asked) -> list[int]:
    """Return net sales of every day of the period, oldest first. One query."""
    found = _by_day(asked)
    return [found[day][spans.NOW] for day in _starts(asked.period, by_month=False)]


def _starts(period: Period, *, by_month: bool) -> list[date]:
    first_day, last_day = period.first_day, period.last_day
    if by_month:
        return [date.fromisoformat(f"{month}-01") for month in periods.months(first_day, last_day)]
    return [date.fromisoformat(day) for day in periods.days(first_day, last_day)]


def paid(asked: Asked) -> tuple[Paid, Paid]:
    """Return how the sales of the period and of the one before were paid. One query."""
    rows = (
        _both(DailyPaid.objects.all(), asked)
        .values_list("provider", "buyer_province", "buyer_country")
        .annotate(
            now=Sum("sold_vnd", filter=_within(asked.period), default=0),
            before=Sum("sold_vnd", filter=_within(asked.before), default=0),
        )
        .order_by()
    )
    found = Paid(), Paid()
    for provider, province, country, *sums in rows:
        for one, sold_vnd in zip(found, sums, strict=True):
            if not sold_vnd:
                continue
            one.by_provider[provider] += sold_vnd
            is_abroad = country not in ("", HOME_COUNTRY)
            one.abroad_vnd += sold_vnd if is_abroad else 0
            one.outside_vnd += sold_vnd if is_abroad or province not in ("", HOME_PROVINCE) else 0
    return found


def targets(asked: Asked) -> dict[str, Target]:
    """Return the targets that hold on the last day, by measure: of one commune, or of the province.

    None for several communes at once. One query.
    """
    if not asked.whole and not asked.commune_code:
        return {}
    rows = Target.objects.valid_on(asked.period.last_day).filter(commune_code=asked.commune_code)
    return {target.measure: target for target in rows}


def part_of_target(target: Target, period: Period) -> int:
    """Return what of ``target`` falls to ``period``: of a yearly one, the part of its days in each year."""
    if target.measure not in (Target.Measure.SALES, Target.Measure.ORDERS, Target.Measure.NIGHTS):
        return target.value
    total = Fraction()
    for year in range(period.first_day.year, period.last_day.year + 1):
        first, last = date(year, 1, 1), date(year, 12, 31)
        days = (min(last, period.last_day) - max(first, period.first_day)).days + 1
        total += Fraction(target.value * days, (last - first).days + 1)
    return round(total)


def _within(period: Period) -> Q:
    return Q(sold_on__range=(period.first_day, period.last_day))


def _both(rows: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    rows = rows.filter(_within(asked.period) | _within(asked.before))
    return rows if asked.units is None else rows.filter(unit__in=asked.units)
