"""The tables of a release as documents: what each row shows, and what has to be known to read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
from marketplace.statistics.tourism import HomeNames

from .counting import ALL, FORMER, TODAY, UNKNOWN, Figure, Figures, Key, Month
from .planning import rounded

TABLES = ("communes", "units", "groups", "stays", "homes")
TO_DATE = "-to-date"
NAMES = (*TABLES, *(f"{name}{TO_DATE}" for name in TABLES))
# Of each table; "sellers" and "hosts" are counted, not added up.
MEASURES = ("net_vnd", "sold_vnd", "refunded_vnd", "orders", "sellers", "quantity")
MEASURES_OF = {
    "communes": MEASURES,
    "units": MEASURES,
    "groups": MEASURES,
    "stays": ("hosts", "open_nights", "nights", "guests", "guest_nights"),
    "homes": ("guests",),
}
APART = ("sold_vnd", "refunded_vnd")  # may be withheld where the rest of a row is shown
NOTHING = Figure()

TITLES = {
    "communes": gettext_noop("Sales by commune of today and by kind"),
    "units": gettext_noop("Sales by unit of before 1 July 2025"),
    "groups": gettext_noop("Sales of the province by product group"),
    "stays": gettext_noop("Nights and guests by commune of today"),
    "homes": gettext_noop("Where registered guests come from"),
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
    "sold_vnd": gettext_noop("Paid sales before refunds, in đồng, without delivery."),
    "refunded_vnd": gettext_noop("Paid back to buyers, in đồng, when it was paid back."),
    "hosts": gettext_noop("Hosts with a room for sale on any night, once in every commune."),
    "open_nights": gettext_noop("Room nights that were for sale, sold or not."),
    "nights": gettext_noop("Room nights that were taken, of those for sale."),
    "guests": gettext_noop("Guests on the day they arrived."),
    "guest_nights": gettext_noop("Every guest on every night."),
}
LABELS = {
    "net_vnd": gettext_noop("Sales, ₫"),
    "sold_vnd": gettext_noop("Sold, ₫"),
    "refunded_vnd": gettext_noop("Paid back, ₫"),
    "orders": gettext_noop("Orders"),
    "sellers": gettext_noop("Sellers"),
    "quantity": gettext_noop("Quantity"),
    "hosts": gettext_noop("Hosts"),
    "open_nights": gettext_noop("Nights for sale"),
    "nights": gettext_noop("Nights"),
    "guests": gettext_noop("Guests"),
    "guest_nights": gettext_noop("Guest nights"),
}
# What a page or a paper has room for, the measure of the bars first.
HEADLINES = {
    "communes": ("net_vnd", "orders", "sellers"),
    "units": ("net_vnd", "orders", "sellers"),
    "groups": ("net_vnd", "orders", "sellers"),
    "stays": ("guest_nights", "nights", "open_nights", "guests", "hosts"),
    "homes": ("guests",),
}
QUERY = (
    "SELECT SUM(amount_vnd), SUM(quantity), COUNT(DISTINCT (order_id, seller_id, unit_id, sold_on)) FILTER "
    "(WHERE refund_id IS NULL), COUNT(DISTINCT (seller_id, unit_id)), -SUM(amount_vnd) FILTER "
    "(WHERE refund_id IS NOT NULL) FROM statistics_saleline "
    "WHERE sold_on >= '{first}' AND sold_on <= '{last}' AND recorded_at <= '{as_of}' GROUP BY {columns}"
)
COLUMNS = {
    "communes": "CUBE (the commune of today that contains unit_id, kind)",
    "units": "ROLLUP (the unit of 2024 that is unit_id)",
    "groups": 'ROLLUP (kind, "group")',
}
# What releases kept of each host: the bookings themselves change, and registers are deleted in time.
VISITS_QUERY = (
    "SELECT {sums} FROM releases_visitcount WHERE release_id IN (the newest of each month up to this one) "
    "AND month >= '{first}' AND month <= '{last}' AND {which} GROUP BY ROLLUP ({columns})"
)
_VISITS = {"stays": ("home = ''", "commune_id"), "homes": ("home <> ''", "home")}


@dataclass(frozen=True)
class Rules:
    """The rules a release was made by, as its tables name them."""

    min_holdings: int
    p_percent: int
    round_to_vnd: int
    source: str


def subject_of(name: str) -> str:
    """Return what a table's figures belong to: "sales", "stays" or "homes"."""
    table = name.removesuffix(TO_DATE)
    return table if table in ("stays", "homes") else "sales"


def columns_of(name: str) -> tuple[str, ...]:
    """Return the columns of the table ``name``, as its rows name them."""
    return ("area", "what", "name", *MEASURES_OF[name.removesuffix(TO_DATE)], "suppressed")


def key_of(name: str, row: Mapping[str, Any], month: Month) -> Key:
    """Return the key of one row of the table ``name``."""
    period = month.to_date if name.endswith(TO_DATE) else month.period
    return Key(period, row["area"], row["what"])


def document_of(
    name: str, *, month: Month, figures: Figures, hidden: frozenset[Key], apart: frozenset[Key], rules: Rules
) -> dict[str, Any]:
    """Return the document of the table ``name``. Rows in ``hidden`` say only that they are withheld; those in
    ``apart`` say nothing of sales before refunds.
    """
    table = name.removesuffix(TO_DATE)
    first_day = month.first_day.replace(month=1) if name.endswith(TO_DATE) else month.first_day
    rows = []
    for area, what, row_name in _rows(table, figures):
        row = {"area": area, "what": what, "name": row_name}
        key = key_of(name, row, month)
        shown: dict[str, int | None] = dict.fromkeys(MEASURES_OF[table])
        if key not in hidden:
            shown |= shown_of(figures.get(key, NOTHING), MEASURES_OF[table], rules)
            shown |= dict.fromkeys(APART if key in apart else ())
        rows.append(row | {"suppressed": key in hidden} | shown)
    return {
        "table": name,
        "title": _(TITLES[table]),
        "from": first_day.isoformat(),
        "to": month.last_day.isoformat(),
        "boundaries": {"communes": TODAY, "stays": TODAY, "units": FORMER}.get(table, ""),
        "as_of": moment(month.as_of),
        **_source(table, first_day, month),
        "definitions": {name: _(DEFINITIONS[name]) for name in MEASURES_OF[table]},
        "rules": {
            "min_holdings": rules.min_holdings,
            "p_percent": rules.p_percent,
            "round_to_vnd": rules.round_to_vnd,
            "source": rules.source,
        },
        "rows": rows,
    }


def _source(table: str, first_day: date, month: Month) -> dict[str, str]:
    last_day = month.last_day
    if table in _VISITS:
        which, columns = _VISITS[table]
        sums = ", ".join(f"SUM({measure})" for measure in MEASURES_OF[table] if measure != "hosts")
        query = VISITS_QUERY.format(sums=sums, first=first_day, last=last_day, which=which, columns=columns)
        return {"source": "releases_visitcount, what a release kept of each host", "query": query}
    query = QUERY.format(first=first_day, last=last_day, as_of=moment(month.as_of), columns=COLUMNS[table])
    return {
        "source": "statistics_saleline, one line for each paid order line and each refund",
        "query": query,
    }


def moment(at: datetime) -> str:
    """Return a moment as documents write it, with the offset of Việt Nam."""
    return timezone.localtime(at).isoformat()


def shown_of(figure: Figure, measures: Iterable[str], rules: Rules) -> dict[str, int]:
    """Return the measures of a figure as they are published; what was sold is rounded to add up."""
    shown = {}
    for measure in measures:
        if measure in ("sellers", "hosts"):
            shown[measure] = len(figure.sold_by)
        elif measure == "sold_vnd":
            net_vnd, refunded_vnd = figure.sum("net_vnd"), figure.sum("refunded_vnd")
            step = rules.round_to_vnd
            shown[measure] = rounded(net_vnd, step) + rounded(refunded_vnd, step)
        else:
            shown[measure] = rounded(
                figure.sum(measure), rules.round_to_vnd if measure.endswith("_vnd") else 1
            )
    return shown


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
        case "stays":
            for commune in places.communes_at(BOUNDARIES[TODAY]):
                yield f"{TODAY}/{commune.code}", ALL, commune.full_name
        case "homes":
            names = HomeNames()
            yield from ((ALL, home, names.of(home)) for home in sorted({key.what for key in figures} - {ALL}))


def _group_name(what: str) -> str:
    code = what.partition("/")[2]
    return {STAY_GROUP: _("Stays"), TOUR_GROUP: _("Tours")}.get(code) or str(CATEGORIES.get(code, code))
