"""One table out of a cube: the rows a question asks for, as one reader may see them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _

from agriculture.categories import CATEGORIES
from marketplace.accounts.selectors import OfficialScope
from marketplace.places import selectors as places

from . import periods
from .cube import BOUNDARIES, EMPTY, UNKNOWN_UNIT, Cell, Cube
from .models import SaleLine

UNKNOWN_UNIT_CODE = "unknown"
STAY_GROUP = "stay"  # the product group of every stay; produce has agriculture's categories
TOUR_GROUP = "tour"
OLDEST_FIRST = ("month", "day")


@dataclass(frozen=True)
class Row:
    """One line of a table, or its total. Money in đồng; a suppressed row's figures are all None.

    ``orders`` are parts of orders, one for each former unit and seller that an order has goods of on a day,
    and add up over communes, months and days; ``sellers`` are counted once in each unit they sold from, and
    add up over communes only. Neither adds up over kinds and groups.
    """

    code: str  # of the first breakdown
    name: str
    further: Mapping[str, str]  # code and name of the further breakdown: "month" and "month_name"
    suppressed: bool
    # Of a commune's row: the code and name of the commune of today it is part of.
    today_code: str = ""
    today_name: str = ""
    net_vnd: int | None = None
    sold_vnd: int | None = None
    refunded_vnd: int | None = None
    orders: int | None = None
    sellers: int | None = None
    quantity: int | None = None  # packs, room nights and seats together, unless the row is of one kind

    def as_dict(self) -> dict[str, str | int | bool | None]:
        return {
            "code": self.code,
            "name": self.name,
            **self.further,
            "net_vnd": self.net_vnd,
            "sold_vnd": self.sold_vnd,
            "refunded_vnd": self.refunded_vnd,
            "orders": self.orders,
            "sellers": self.sellers,
            "quantity": self.quantity,
            "suppressed": self.suppressed,
        }


@dataclass(frozen=True)
class Question:
    first_day: date
    last_day: date
    by: tuple[str, ...]
    fixed: Mapping[str, str]  # breakdown -> the only code that is asked for
    min_sellers: int


@dataclass(frozen=True)
class Table:
    """The rows of one question, and the total they are published with."""

    boundaries: str
    question: Question
    rows: list[Row]
    total: Row


@dataclass(frozen=True)
class Unit:
    """A unit of the boundaries asked for, and the commune of today it is part of."""

    pk: int
    code: str
    name: str
    today_code: str = ""
    today_name: str = ""


def tabulate(counted: Cube, question: Question, *, boundaries: str, scope: OfficialScope) -> Table:
    """Return the answer to ``question`` on ``boundaries``. Cost: one query if it is about communes."""
    about_communes = "commune" in (*question.by, *question.fixed)
    units = units_of(boundaries) if about_communes else []
    return _Tabulation(counted, question, boundaries, scope, units).table()


class _Tabulation:
    def __init__(
        self, counted: Cube, question: Question, boundaries: str, scope: OfficialScope, units: list[Unit]
    ) -> None:
        self.counted, self.question, self.boundaries, self.scope = counted, question, boundaries, scope
        self.units = {unit.code: unit for unit in units}
        self.codes_by_pk = {unit.pk: unit.code for unit in units}

    def table(self) -> Table:
        by = self.question.by
        found = [codes for codes in map(self._codes, self.counted.cells) if codes is not None]
        wanted = {*found, *self._always_shown()}
        rows = [self._row(dict(zip(by, codes, strict=True))) for codes in sorted(wanted)]
        if by[0] not in OLDEST_FIRST:
            rows.sort(key=_size)
        return Table(self.boundaries, self.question, rows, self._row({}))

    def _codes(self, key: tuple[int | str | None, ...]) -> tuple[str, ...] | None:
        """Return the codes of the breakdowns asked for, or None if ``key`` is of another table."""
        values = {
            name: value for name, value in zip(self.counted.breakdowns, key, strict=True) if value is not None
        }
        if self.boundaries in values:
            values["commune"] = self.codes_by_pk[int(values.pop(self.boundaries))]
        asked = {*self.question.by, *self.question.fixed}
        if set(values) != asked or any(values[name] != code for name, code in self.question.fixed.items()):
            return None
        return tuple(str(values[name]) for name in self.question.by)

    def _always_shown(self) -> Iterator[tuple[str, ...]]:
        """The rows that are there even if nothing was sold: not where two breakdowns are crossed."""
        first_day, last_day = self.question.first_day, self.question.last_day
        match self.question.by:
            case ("commune",):
                known = (code for code in self.units if code != UNKNOWN_UNIT_CODE)
                only = self.question.fixed.get("commune")
                yield from ((code,) for code in known if only in (None, code))
            case ("month",):
                yield from ((month,) for month in periods.months(first_day, last_day))
            case ("day",):
                yield from ((day,) for day in periods.days(first_day, last_day))

    def _row(self, codes: Mapping[str, str]) -> Row:
        """Return the row of ``codes`` by breakdown; without codes the total."""
        values: dict[str, int | str] = {**self.question.fixed, **codes}
        unit = self.units[str(values["commune"])] if "commune" in values else None
        if unit is not None:
            del values["commune"]
            values[self.boundaries] = unit.pk
        key = self.counted.key(values)
        (code, name), *others = [(code, self._name(by, code)) for by, code in codes.items()] or [
            ("", _("Total"))
        ]
        further = {
            label: text
            for by, pair in zip(self.question.by[1:], others, strict=False)
            for label, text in zip((by, f"{by}_name"), pair, strict=True)
        }
        hidden = key in self.counted.hidden and not self._sees(unit)
        row = Row(
            code,
            name,
            further,
            suppressed=hidden,
            today_code=unit.today_code if unit else "",
            today_name=unit.today_name if unit else "",
        )
        return row if hidden else _with_figures(row, self.counted.cells.get(key, EMPTY))

    def _sees(self, unit: Unit | None) -> bool:
        if unit is None or not unit.today_code:
            return self.scope.whole_province
        return self.scope.sees(unit.today_code)

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
            case _:
                names = {STAY_GROUP: _("Stays"), TOUR_GROUP: _("Tours")}
                return names.get(code) or str(CATEGORIES.get(code, code))


def _with_figures(row: Row, cell: Cell) -> Row:
    return replace(
        row,
        net_vnd=cell.net_vnd,
        sold_vnd=cell.sold_vnd,
        refunded_vnd=cell.refunded_vnd,
        orders=cell.orders,
        sellers=cell.sellers,
        quantity=cell.quantity,
    )


def _size(row: Row) -> tuple[int, int]:
    """Largest first. Hidden rows stand together after those with sales: their place must say nothing."""
    if row.net_vnd is None:
        return (1, 0)
    return (0 if row.net_vnd > 0 else 2, -row.net_vnd)


def units_of(boundaries: str) -> list[Unit]:
    """Return the units of these boundaries by code, and last one for those not known. One query."""
    rows = places.communes_at(BOUNDARIES[boundaries]).values_list(
        "pk", "code", "name", "full_name", "became__new__code", "became__new__full_name"
    )
    units = [
        Unit(pk, code, name, today_code or code, today_name or full_name)
        for pk, code, name, full_name, today_code, today_name in rows
    ]
    return [*units, Unit(UNKNOWN_UNIT, UNKNOWN_UNIT_CODE, _("Former unit not known"))]
