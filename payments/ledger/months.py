"""Tables that PostgreSQL keeps in a part for each month. A month's part is made before the month begins.

A row whose month has no part lands in the default part, where nothing is lost, only slower to find.
"""

from datetime import date

from django.db import connection
from psycopg import sql

AHEAD = 3  # months that have their part before they begin


def make_ahead(table: str, *, today: date) -> int:
    """Make the parts of ``table`` for this month and the next ones; return how many were missing.

    May be called again and again. Takes the table for a moment: at a quiet hour, never while paying.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT make_months(%s::text::regclass, %s::date, %s)", [table, today, AHEAD + 1])
        return int(cursor.fetchone()[0])


def are_in_their_months(table: str) -> bool:
    """Return False if rows of ``table`` had no part to go to: make_ahead() was not called in time."""
    default = sql.Identifier(f"{table}_default")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT NOT EXISTS (SELECT FROM {})").format(default))
        return bool(cursor.fetchone()[0])
