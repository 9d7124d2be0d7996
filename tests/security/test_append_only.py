"""What was written down stays as it was: the database refuses to change or empty it, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from marketplace.history.models import KINDS

pytestmark = pytest.mark.django_db

EVENTS = sorted(kind.events._meta.db_table for kind in KINDS)
# Tables of other packages that only grow and cannot be emptied.
OTHERS = ["switches_switch"]
VALUES = {
    "boolean": "false",
    "character varying": "''",
    "date": "current_date",
    "jsonb": "'{}'",
    "numeric": "1",
    "text": "'written'",
    "timestamp with time zone": "now()",
    "uuid": "gen_random_uuid()",
}


def columns_of(table: str) -> list[tuple[str, str]]:
    """The columns that must be filled, each with a value of its type."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT column_name, data_type FROM information_schema.columns
            WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'""",
            [table],
        )
        return [(name, VALUES.get(kind, "1")) for name, kind in cursor.fetchall()]


def run(statement: str, table: str) -> int:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(sql.SQL(statement).format(sql.Identifier(table)).as_string(None))
        return int(cursor.rowcount)


def write_a_row(table: str) -> None:
    columns = columns_of(table)
    with connection.cursor() as cursor:
        # Only triggers of this table are looked at: the row need not belong to anything.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({})")
            .format(
                sql.Identifier(table),
                sql.SQL(", ").join(sql.Identifier(name) for name, _value in columns),
                sql.SQL(", ").join(sql.SQL(value) for _name, value in columns),
            )
            .as_string(None)
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize("table", EVENTS)
def test_no_event_of_the_trail_is_changed_or_deleted_by_plain_sql(table):
    write_a_row(table)

    with pytest.raises(DatabaseError, match="Cannot update or delete rows"):
        run("UPDATE {} SET pgh_label = 'never happened'", table)
    with pytest.raises(DatabaseError, match="Cannot update or delete rows"):
        run("DELETE FROM {}", table)

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pgh_label FROM {table} ORDER BY pgh_id DESC LIMIT 1")  # noqa: S608
        assert cursor.fetchone() == ("written",)


@pytest.mark.parametrize("table", [*EVENTS, *OTHERS])
def test_no_trail_is_emptied_at_once(table):
    """TRUNCATE asks no row: without a trigger of its own it would pass every one that guards rows."""
    with pytest.raises(DatabaseError, match=r"TRUNCATE on \w+ refused"):
        run("TRUNCATE {} CASCADE", table)


@pytest.mark.parametrize("table", [*EVENTS, *OTHERS, "ledger_entry", "payments_claim"])
def test_no_trigger_that_guards_a_trail_is_switched_off(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
            [table],
        )
        found: list[Any] = cursor.fetchall()

    assert found
    assert {enabled for _name, enabled in found} == {"O"}
