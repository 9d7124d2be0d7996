"""Closed months of sale lines as Parquet files: a copy that is read without the database.

A month is a file, sales-2026-03.parquet, with the table's columns. What is sold in a month is sometimes
written after its end (a payment that is told late), so a file is compared with the table and written again
where they differ. The lines stay in the database as well: the board, releases and refunds read them there.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from django.db import connection, transaction
from psycopg import sql

from .models import SaleLine

_COLUMNS = {
    "id": "BIGINT",
    "order_line_id": "BIGINT",
    "refund_id": "UUID",
    "order_id": "BIGINT",
    "seller_id": "BIGINT",
    "unit_id": "BIGINT",
    "commune_id": "BIGINT",
    "sold_on": "DATE",
    "kind": "VARCHAR",
    "group": "VARCHAR",
    "quantity": "INTEGER",
    "amount_vnd": "BIGINT",
    "provider": "VARCHAR",
    "buyer_province": "VARCHAR",
    "buyer_country": "VARCHAR",
    "recorded_at": "TIMESTAMPTZ",
}
_TOTALS = "SELECT count(*), coalesce(sum(amount_vnd), 0), coalesce(sum(quantity), 0), coalesce(max(id), 0)"
_NULL = "\\N"
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)
_MONTH = f"""
    SELECT {_NAMES} FROM statistics_saleline WHERE sold_on >= %(month)s AND sold_on < %(after)s ORDER BY id
"""  # noqa: S608 - names of ours
_TYPES = ", ".join(f"'{name}': '{kind}'" for name, kind in _COLUMNS.items())
_AS_PARQUET = f"""
    COPY (SELECT * FROM read_csv($rows, header = true, nullstr = '{_NULL}', columns = {{{_TYPES}}}))
      TO $parquet (FORMAT parquet, COMPRESSION zstd)
"""  # noqa: S608 - names of ours


class Totals(NamedTuple):
    """What a month's lines come to. No line is ever edited: with the same totals the same lines are there."""

    lines: int
    amount_vnd: int
    quantity: int
    last_id: int


class NotArchived(Exception):
    """What was written is not what the table has."""

    code = "not_archived"

    def __init__(self, *, month: date, wanted: Totals, written: Totals) -> None:
        super().__init__(
            f"The archive of {month:%Y-%m} has {written}, the table {wanted}. The file was not kept. Look "
            f"whether its disk is full, and run archive_sales again."
        )


def closed_months(*, today: date) -> list[date]:
    """Return the first days of the months with sales that ended before ``today``, oldest first."""
    this_month = today.replace(day=1)
    months = SaleLine.objects.filter(sold_on__lt=this_month).dates("sold_on", "month")
    return list(months)


def archive_month(month: date, *, folder: Path) -> int:
    """Write the lines of ``month`` to its file in ``folder``, and return how many were written.

    Returns 0 where the file has them already. The file appears whole or not at all. Raises NotArchived.
    """
    assert month.day == 1, month
    folder.mkdir(parents=True, exist_ok=True)
    path = file_of(month, folder=folder)
    with transaction.atomic(), tempfile.TemporaryDirectory(dir=folder) as beside:
        rows, parquet = Path(beside, "lines.csv"), Path(beside, path.name)
        with connection.cursor() as cursor:
            # The table is counted and copied as it was at one moment.
            cursor.execute("CREATE TEMPORARY TABLE month_of_sales ON COMMIT DROP AS " + _MONTH, _span(month))
            cursor.execute(f"{_TOTALS} FROM month_of_sales")
            wanted = Totals(*map(int, cursor.fetchone()))
            if path.exists() and totals(path) == wanted:
                cursor.execute("DROP TABLE month_of_sales")
                return 0
            with rows.open("wb") as file:
                for part in _copied(cursor):
                    file.write(part)
            cursor.execute("DROP TABLE month_of_sales")
        with duckdb.connect() as memory:
            memory.execute(_AS_PARQUET, {"rows": str(rows), "parquet": str(parquet)})
        if (written := totals(parquet)) != wanted:
            raise NotArchived(month=month, wanted=wanted, written=written)
        os.replace(parquet, path)
    return wanted.lines


def file_of(month: date, *, folder: Path) -> Path:
    return folder / f"sales-{month:%Y-%m}.parquet"


def totals(path: Path) -> Totals:
    """Return what the lines in a file come to."""
    with duckdb.connect() as memory:
        found = memory.execute(f"{_TOTALS} FROM read_parquet(?)", [str(path)]).fetchone()
    assert found is not None
    return Totals(*map(int, found))


def net_by_unit(*, folder: Path, first_day: date, last_day: date) -> dict[int, int]:
    """Return what each unit sold less what was paid back, in đồng, ``last_day`` included, from the files."""
    assert first_day <= last_day, (first_day, last_day)
    with duckdb.connect() as memory:
        rows = memory.execute(
            "SELECT unit_id, sum(amount_vnd)::BIGINT FROM read_parquet(?) WHERE sold_on BETWEEN ? AND ? "
            "GROUP BY unit_id ORDER BY unit_id",
            [str(folder / "sales-*.parquet"), first_day, last_day],
        ).fetchall()
    return dict(rows)


def _span(month: date) -> dict[str, date]:
    return {"month": month, "after": (month + timedelta(days=31)).replace(day=1)}


def _copied(cursor: Any) -> Iterator[bytes]:
    statement = sql.SQL("COPY month_of_sales TO STDOUT (FORMAT csv, HEADER, NULL {})")
    with cursor.copy(statement.format(sql.Literal(_NULL))) as copy:
        for part in copy:
            yield bytes(part)
