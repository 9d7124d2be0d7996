"""Sales added up along every breakdown at once, with what must not be published marked.

One query counts everything, margins included: orders and sellers are counted distinct, so no margin
can be had by adding up its parts. Both boundaries are always counted together. Otherwise a commune
hidden on one of them could be calculated from the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from psycopg import sql

from marketplace.places import selectors as places
from marketplace.places.models import MERGER_ON

from . import disclosure, periods
from .models import SaleLine

# The first day on which the units of these boundaries were valid.
BOUNDARIES = {"2025": MERGER_ON, "2024": periods.EARLIEST}

# Breakdowns of the table of lines. A commune is two of them, one for each of the boundaries.
COLUMNS = {
    "2025": sql.SQL("COALESCE(unit.of_2025, 0)"),
    "2024": sql.SQL("COALESCE(unit.of_2024, 0)"),
    "month": sql.SQL("to_char(line.sold_on, 'YYYY-MM')"),
    "day": sql.SQL("to_char(line.sold_on, 'YYYY-MM-DD')"),
    "kind": sql.SQL("line.kind"),
    "group": sql.SQL('line."group"'),
}
UNKNOWN_UNIT = 0  # stands for lines whose unit no single unit of these boundaries contains

# A breakdown's value, or None for all of it together, in the order of the cube's breakdowns.
Key = tuple[int | str | None, ...]


@dataclass(frozen=True)
class Cell:
    """What was sold under one key. Money in đồng; a refund counts against the period it was paid back in."""

    sold_vnd: int = 0
    refunded_vnd: int = 0
    quantity: int = 0
    orders: int = 0  # with a sale; distinct, so they do not add up over months, kinds or communes
    sellers: int = 0  # with a sale or a refund, distinct likewise

    @property
    def net_vnd(self) -> int:
        return self.sold_vnd - self.refunded_vnd


EMPTY = Cell()


@dataclass(frozen=True)
class Cube:
    breakdowns: tuple[str, ...]  # of COLUMNS
    cells: dict[Key, Cell]
    hidden: frozenset[Key]

    def key(self, values: Mapping[str, int | str]) -> Key:
        """Return the key of ``values`` by breakdown; breakdowns left out are taken all together."""
        return tuple(values.get(name) for name in self.breakdowns)


def count(*, first_day: date, last_day: date, breakdowns: Sequence[str], min_sellers: int) -> Cube:
    """Count the sales of ``first_day`` to ``last_day``, both included, by all of ``breakdowns`` crossed.

    ``breakdowns`` are names of COLUMNS. Cells that sold nothing are absent. Cost: one aggregate over
    the period, and one query for the units if they are asked for.
    """
    assert first_day <= last_day, (first_day, last_day)
    names = tuple(breakdowns)
    rows = list(_rows(first_day, last_day, names))
    cells = {_once(names, key): cell for key, cell in rows}
    hidden = disclosure.hidden_cells(
        sellers={key: cell.sellers for key, cell in cells.items()},
        net_vnd={key: cell.net_vnd for key, cell in cells.items()},
        sums=_sums(names, [key for key, _ in rows]),
        min_sellers=min_sellers,
    )
    return Cube(names, cells, hidden)


def _rows(first_day: date, last_day: date, names: tuple[str, ...]) -> Iterable[tuple[Key, Cell]]:
    units: list[int] = []
    of_2025: list[int | None] = []
    of_2024: list[int | None] = []
    if {"2025", "2024"} & set(names):
        tables = [places.units_table(BOUNDARIES[name]) for name in ("2025", "2024")]
        units = sorted(set().union(*tables))
        of_2025, of_2024 = ([table.get(unit) for unit in units] for table in tables)
    columns = [COLUMNS[name] for name in names]
    statement = sql.SQL(
        """
        SELECT GROUPING({columns}), {columns},
               COALESCE(SUM(line.amount_vnd) FILTER (WHERE line.refund_id IS NULL), 0),
               COALESCE(-SUM(line.amount_vnd) FILTER (WHERE line.refund_id IS NOT NULL), 0),
               SUM(line.quantity),
               COUNT(DISTINCT line.order_id) FILTER (WHERE line.refund_id IS NULL),
               COUNT(DISTINCT line.seller_id)
          FROM {lines} AS line
          LEFT JOIN unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS unit (id, of_2025, of_2024)
            ON unit.id = line.unit_id
         WHERE line.sold_on BETWEEN %s AND %s
         GROUP BY CUBE ({columns})
        """
    ).format(columns=sql.SQL(", ").join(columns), lines=sql.Identifier(SaleLine._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(statement, [units, of_2025, of_2024, first_day, last_day])
        for grouping, *row in cursor.fetchall():
            values, (sold, refunded, quantity, orders, sellers) = row[: len(names)], row[len(names) :]
            if sellers == 0:  # the grand total of a period without a sale
                continue
            yield (
                _key(grouping, values),
                Cell(int(sold), int(refunded), int(quantity), int(orders), int(sellers)),
            )


def _key(grouping: int, values: list[int | str]) -> Key:
    """``grouping`` has a bit for each column that was added up, the last column's being the lowest."""
    last = len(values) - 1
    return tuple(
        None if grouping >> (last - position) & 1 else value for position, value in enumerate(values)
    )


def _once(names: tuple[str, ...], key: Key) -> Key:
    """Return the one key of several that mean the same: a former unit lies in one commune of today only."""
    values = dict(zip(names, key, strict=True))
    if values.get("2024") not in (None, UNKNOWN_UNIT):
        values["2025"] = None
    return tuple(values[name] for name in names)


def _sums(names: tuple[str, ...], keys: Iterable[Key]) -> list[disclosure.Sum[Key]]:
    """Return what adds up to what, coarsest first.

    ``keys`` are those of a whole CUBE: every cell but the finest is the sum of others along each
    breakdown it adds up.
    """
    parts: dict[tuple[Key, int], set[Key]] = {}
    for key in keys:
        for position, value in enumerate(key):
            if value is not None:
                whole = _once(names, (*key[:position], None, *key[position + 1 :]))
                parts.setdefault((whole, position), set()).add(_once(names, key))
    sums = [
        disclosure.Sum(whole, tuple(sorted(found, key=repr)))
        for (whole, _), found in parts.items()
        if found != {whole}
    ]
    return sorted(sums, key=lambda equation: (-equation.whole.count(None), repr(equation)))
