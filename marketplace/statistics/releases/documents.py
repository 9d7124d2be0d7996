"""The tables of a release as documents: what each row shows, and what has to be known to read it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from agriculture.categories import CATEGORIES
from marketplace.places import selectors as places
from marketplace.statistics.cube import BOUNDARIES
from marketplace.statistics.models import SaleLine
from marketplace.statistics.tables import STAY_GROUP, TOUR_GROUP

from .counting import ALL, FORMER, TODAY, UNKNOWN, Figure, Figures, Key, Month

TABLES = ("communes", "units", "groups")
TO_DATE = "-to-date"
NAMES = (*TABLES, *(f"{name}{TO_DATE}" for name in TABLES))
MEASURES = ("net_vnd", "orders", "sellers", "quantity")
NOTHING = Figure()

TITLES = {
    "communes": gettext_noop("Sales by commune of today and by kind"),
    "units": gettext_noop("Sales by unit of before 1 July 2025"),
    "groups": gettext_noop("Sales of the province by product group"),
}
DEFINITIONS = {
    "net_vnd": gettext_noop(
        "Paid sales less refunds, in đồng, without delivery. A refund counts when it was paid."
    ),
    "orders": gettext_noop(
        "Orders with a sale, counted once for every seller and unit they have goods of on a day."
    ),
    "sellers": gettext_noop("Sellers with a sale or a refund, counted once in every unit they sell from."),
    "quantity": gettext_noop("Packs of goods, room nights and seats."),
}
QUERY = (
    "SELECT SUM(amount_vnd), SUM(quantity), COUNT(DISTINCT (order_id, seller_id, unit_id, sold_on)) FILTER "
    "(WHERE refund_id IS NULL), COUNT(DISTINCT (seller_id, unit_id)) FROM statistics_saleline "
    "WHERE sold_on >= '{first}' AND sold_on <= '{last}' AND recorded_at <= '{as_of}' GROUP BY {columns}"
)
COLUMNS = {
    "communes": "CUBE (the commune of today that contains unit_id, kind)",
    "units": "ROLLUP (the unit of 2024 that is unit_id)",
    "groups": 'ROLLUP (kind, "group")',
}


@dataclass(frozen=True)
class Rules:
    """The rules a release was made by, as its tables name them."""

    min_holdings: int
    p_percent: int
    round_to_vnd: int
    source: str


def key_of(name: str, row: Mapping[str, Any], month: Month) -> Key:
    """Return the key of one row of the table ``name``."""
    period = month.to_date if name.endswith(TO_DATE) else month.period
    return Key(period, row["area"], row["what"])


def document_of(
    name: str, *, month: Month, last_day: date, figures: Figures, hidden: Collection[Key], rules: Rules
) -> dict[str, Any]:
    """Return the document of the table ``name``. Rows in ``hidden`` say only that they are withheld."""
    table = name.removesuffix(TO_DATE)
    first_day = month.first_day.replace(month=1) if name.endswith(TO_DATE) else month.first_day
    rows = []
    for area, what, row_name in _rows(table, figures):
        row = {"area": area, "what": what, "name": row_name}
        key = key_of(name, row, month)
        shown = None if key in hidden else shown_of(figures.get(key, NOTHING), rules)
        rows.append(row | {"suppressed": shown is None} | (shown or dict.fromkeys(MEASURES)))
    as_of = moment(month.as_of)
    return {
        "table": name,
        "title": _(TITLES[table]),
        "from": first_day.isoformat(),
        "to": last_day.isoformat(),
        "boundaries": {"communes": TODAY, "units": FORMER}.get(table, ""),
        "as_of": as_of,
        "source": "statistics_saleline, one line for each paid order line and each refund",
        "query": QUERY.format(first=first_day, last=last_day, as_of=as_of, columns=COLUMNS[table]),
        "definitions": {name: _(text) for name, text in DEFINITIONS.items()},
        "rules": {
            "min_holdings": rules.min_holdings,
            "p_percent": rules.p_percent,
            "round_to_vnd": rules.round_to_vnd,
            "source": rules.source,
        },
        "rows": rows,
    }


def moment(at: datetime) -> str:
    """Return a moment as documents write it, with the offset of Việt Nam."""
    return timezone.localtime(at).isoformat()


def shown_of(figure: Figure, rules: Rules) -> dict[str, int]:
    """Return the measures of a figure as they are published."""
    step = rules.round_to_vnd
    return {
        "net_vnd": (2 * figure.net_vnd + step) // (2 * step) * step,
        "orders": figure.orders,
        "sellers": len(figure.sold_by),
        "quantity": figure.quantity,
    }


def _rows(table: str, figures: Figures) -> Iterator[tuple[str, str, str]]:
    """Yield area, what and name of every row, the total first; those that sold nothing too."""
    kinds = {value: str(SaleLine.Kind(value).label) for value in SaleLine.Kind.values}
    yield ALL, ALL, _("Total")
    match table:
        case "communes":
            yield from ((ALL, kind, f"{_('Total')}, {label}") for kind, label in kinds.items())
            for commune in places.communes_at(BOUNDARIES[TODAY]):
                area = f"{TODAY}/{commune.code}"
                yield area, ALL, commune.full_name
                yield from ((area, kind, f"{commune.full_name}, {label}") for kind, label in kinds.items())
        case "units":
            for unit in places.communes_at(BOUNDARIES[FORMER]):
                yield f"{FORMER}/{unit.code}", ALL, unit.full_name
            yield UNKNOWN, ALL, _("Former unit not known")
        case "groups":
            yield from ((ALL, kind, label) for kind, label in kinds.items())
            known = {f"goods/{code}" for code in CATEGORIES}
            for what in sorted(known | {key.what for key in figures if "/" in key.what}):
                yield ALL, what, _group_name(what)


def _group_name(what: str) -> str:
    code = what.partition("/")[2]
    return {STAY_GROUP: _("Stays"), TOUR_GROUP: _("Tours")}.get(code) or str(CATEGORIES.get(code, code))
