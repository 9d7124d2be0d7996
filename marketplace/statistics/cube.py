"""Sales added up along every breakdown at once, with what must not be published marked.

One query over the summaries counts everything, margins included: sellers are counted distinct, and orders
have a column of their own for each level, so no margin can be had by adding up its parts. Both boundaries
are always counted together. Otherwise a commune hidden on one of them could be calculated from the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from psycopg import sql

from marketplace.places import selectors as places
from marketplace.places.models import MERGER_ON
from marketplace.replicas import reading

from . import disclosure, periods
from .models import SellerDay, SellerMonth

# The first day on which the units of these boundaries were valid.
BOUNDARIES = {"2025": MERGER_ON, "2024": periods.EARLIEST}

# Breakdowns of the summaries. A commune is two of them, one for each of the boundaries.
COLUMNS = {
    "2025": sql.SQL("COALESCE(unit.of_2025, 0)"),
    "2024": sql.SQL("COALESCE(unit.of_2024, 0)"),
    "month": sql.SQL("part.month"),
    "day": sql.SQL("part.day"),
    "kind": sql.SQL("part.kind"),
    "group": sql.SQL('part."group"'),
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
    # Parts of orders with a sale: one for each unit and seller an order has goods of on a day. They add up
    # over communes and time, and not over kinds and groups.
    orders: int = 0
    # With a sale or a refund, once in each unit they sold from: they add up over communes only.
    sellers: int = 0
    persons: int = 0  # the same sellers, each once wherever they sold from; 0 where nothing has to be hidden

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

    ``breakdowns`` are names of COLUMNS. Cells that sold nothing are absent; none is hidden if
    ``min_sellers`` is 0. A group is of one kind. Cost: one aggregate over the summaries of the period,
    those of months where a month is whole and no day is asked for; and two queries for the units if they
    are asked for.
    """
    assert first_day <= last_day, (first_day, last_day)
    names = tuple(breakdowns)
    rows = list(_rows(first_day, last_day, names, with_persons=min_sellers > 0))
    cells = {_once(names, key): cell for key, cell in rows}
    if not min_sellers:
        return Cube(names, cells, frozenset())
    hidden = disclosure.hidden_cells(
        sellers={key: cell.persons for key, cell in cells.items()},
        net_vnd={key: cell.net_vnd for key, cell in cells.items()},
        sums=_sums(names, [key for key, _ in rows]),
        min_sellers=min_sellers,
    )
    return Cube(names, cells, hidden)


def _rows(
    first_day: date, last_day: date, names: tuple[str, ...], *, with_persons: bool
) -> Iterable[tuple[Key, Cell]]:
    values: dict[str, Any] = {"units": [], "of_2025": [], "of_2024": []}
    if {"2025", "2024"} & set(names):
        tables = [places.units_table(BOUNDARIES[name]) for name in ("2025", "2024")]
        units = sorted(set().union(*tables))
        of_2025, of_2024 = ([table.get(unit) for unit in units] for table in tables)
        values = {"units": units, "of_2025": of_2025, "of_2024": of_2024}
    source = _source(first_day, last_day, by_day="day" in names)
    statement = _counted(names, source, with_persons=with_persons)
    with reading(SellerDay).cursor() as cursor:
        cursor.execute(statement, values)
        for row in cursor.fetchall():
            key, figures = row[: len(names)], row[len(names) :]
            cell = Cell(*(int(figure or 0) for figure in figures))
            if cell.sellers:  # the total of a period without a sale has none
                yield tuple(key), cell


def _source(first_day: date, last_day: date, *, by_day: bool) -> dict[str, list[tuple[date, date]]]:
    """Return from which days of which summary a period is counted, first and last days included."""
    first_month = first_day if first_day.day == 1 else _next_month(first_day)
    after = last_day + timedelta(days=1)
    last_month = after.replace(day=1)  # the first that is not whole
    if by_day or first_month >= last_month:
        return {"days": [(first_day, last_day)], "months": []}
    edges = [(first_day, first_month - timedelta(days=1)), (last_month, last_day)]
    return {
        "days": [(first, last) for first, last in edges if first <= last],
        "months": [(first_month, last_month - timedelta(days=1))],
    }


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _counted(
    names: tuple[str, ...], source: Mapping[str, list[tuple[date, date]]], *, with_persons: bool
) -> sql.Composed:
    """Every cell along all of ``names``.

    Days are added up by unit and seller first, so that few rows are left to be counted again and again.
    """
    columns = sql.SQL(", ").join(COLUMNS[name] for name in names)
    inner = [name for name in names if name not in BOUNDARIES]
    cases = [
        sql.SQL("WHEN GROUPING({}) = 0 THEN SUM({})").format(COLUMNS[name], sql.SQL(column))
        for name, column in (("group", "part.orders"), ("kind", "part.orders_of_kind"))
        if name in names
    ]
    orders = sql.SQL("CASE {0} ELSE {1} END") if cases else sql.SQL("{1}")
    return sql.SQL(
        """
        SELECT {columns}, COALESCE(SUM(part.sold_vnd), 0), COALESCE(-SUM(part.refunded_vnd), 0),
               SUM(part.quantity), {orders}, {sellers}, {persons}
          FROM (
            SELECT unit_id, seller_id{inner}, SUM(sold_vnd) AS sold_vnd, SUM(refunded_vnd) AS refunded_vnd,
                   SUM(quantity) AS quantity, SUM(orders) AS orders, SUM(orders_of_kind) AS orders_of_kind,
                   SUM(orders_of_all) AS orders_of_all
              FROM ({summaries}) AS summary
             GROUP BY unit_id, seller_id{inner}
          ) AS part
          LEFT JOIN unnest(%(units)s::bigint[], %(of_2025)s::bigint[], %(of_2024)s::bigint[])
            AS unit (id, of_2025, of_2024) ON unit.id = part.unit_id
         GROUP BY CUBE ({columns})
        """
    ).format(
        columns=columns,
        orders=orders.format(sql.SQL(" ").join(cases), sql.SQL("SUM(part.orders_of_all)")),
        # Without another breakdown, each unit and seller has one row by now; counting those needs no sorting.
        sellers=sql.SQL("COUNT(DISTINCT part.unit_id << 40 | part.seller_id)" if inner else "COUNT(*)"),
        persons=sql.SQL("COUNT(DISTINCT part.seller_id)" if with_persons else "0"),
        inner=sql.SQL("").join(sql.SQL(", {}").format(sql.Identifier(name)) for name in inner),
        summaries=_summaries(source),
    )


def _summaries(source: Mapping[str, list[tuple[date, date]]]) -> sql.Composable:
    """The rows of all the summaries a period is counted from.

    The days from the first of a month on are the whole month, as long as nothing was sold after them.
    """
    parts = []
    always, is_over, goes_on = sql.SQL("true"), sql.SQL("NOT EXISTS ({})"), sql.SQL("EXISTS ({})")
    for first, last in source["months"]:
        parts.append(_part(SellerMonth, first, last, only_if=always))
    for first, last in source["days"]:
        if source["months"] and first.day == 1:
            later = _sold_between(last + timedelta(days=1), _next_month(first) - timedelta(days=1))
            parts.append(_part(SellerMonth, first, first, only_if=is_over.format(later)))
            parts.append(_part(SellerDay, first, last, only_if=goes_on.format(later)))
        else:
            parts.append(_part(SellerDay, first, last, only_if=always))
    return sql.SQL(" UNION ALL ").join(parts)


def _part(
    model: type[SellerDay | SellerMonth], first: date, last: date, *, only_if: sql.Composable
) -> sql.Composable:
    return sql.SQL(
        """
        SELECT unit_id, seller_id, kind, "group", to_char({when}, 'YYYY-MM') AS month,
               to_char({when}, 'YYYY-MM-DD') AS day, sold_vnd, refunded_vnd, quantity,
               orders, orders_of_kind, orders_of_all
          FROM {table} WHERE {when} BETWEEN {first} AND {last} AND {only_if}
        """
    ).format(
        table=sql.Identifier(model._meta.db_table),
        when=sql.Identifier("month" if model is SellerMonth else "sold_on"),
        first=sql.Literal(first.isoformat()),
        last=sql.Literal(last.isoformat()),
        only_if=only_if,
    )


def _sold_between(first: date, last: date) -> sql.Composable:
    days = sql.SQL("SELECT FROM {} WHERE sold_on BETWEEN {} AND {}")
    table = sql.Identifier(SellerDay._meta.db_table)
    return days.format(table, sql.Literal(first.isoformat()), sql.Literal(last.isoformat()))


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
