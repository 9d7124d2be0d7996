"""The test database: migrated once and copied from then on, emptied quickly between transactional tests.

Migrating takes longer than most of the suite, so a database is kept that is migrated and otherwise
untouched; PostgreSQL copies it for every run and every worker. It is named after what the migrations
say, so that a changed migration makes a new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg
from django.db import OperationalError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from marketplace.local.paths import BASE_DIR, VAR_DIR

# Filled by Django for every migrated model, and changed by no test.
KEPT = frozenset({"django_migrations", "django_content_type", "auth_permission"})
# So often a deadlock with a running market may come in a row.
TRIES = 10


def migrated_template(database_url: str = "") -> str:
    """Return the name of a migrated database, made now if there is none. Workers wait for one another.

    It is on the server of ``database_url``, by default that of the environment.
    """
    server = urlsplit(database_url or os.environ["DATABASE_URL"])
    name = f"template_{_fingerprint()}"
    VAR_DIR.mkdir(exist_ok=True)
    with (VAR_DIR / "test-template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as admin:
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return name
            unfinished = sql.Identifier(f"{name}_unfinished")
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(unfinished))
            admin.execute(sql.SQL("CREATE DATABASE {}").format(unfinished))
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
                cwd=BASE_DIR,
                check=True,
                env=os.environ | {"DATABASE_URL": server._replace(path=f"/{name}_unfinished").geturl()},
            )
            admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(unfinished, sql.Identifier(name)))
    return name


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for app, name in sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations):
        module = import_module(f"{MigrationLoader.migrations_module(app)[0]}.{name}")
        written = Path(str(module.__file__))
        digest.update(f"{app}.{name}".encode() + written.read_bytes())
        if (statements := written.with_suffix(".sql")).exists():
            digest.update(statements.read_bytes())
    return digest.hexdigest()[:16]


class Baseline:
    """What the migrations wrote, as it has to be again after a transactional test."""

    def __init__(self) -> None:
        filled = self._filled(_tables())
        self._rows = {table: self._read(table) for table in filled}

    def restore(self) -> None:
        """Empty what a test filled and fill what it emptied. Django's flush takes a second longer: it
        truncates every table and makes all permissions anew.

        The worker of a running market may read two tables while both are being emptied: PostgreSQL then ends
        one of the two, and if it was this, it begins again."""
        for tries_left in reversed(range(TRIES)):
            try:
                self._restore()
            except (OperationalError, psycopg.errors.DeadlockDetected) as error:
                is_deadlock = isinstance(error.__cause__ or error, psycopg.errors.DeadlockDetected)
                if not is_deadlock or not tries_left:
                    raise
            else:
                break

    def _restore(self) -> None:
        tables = _tables()
        with transaction.atomic(), connection.cursor() as cursor:
            # Whoever is writing ends first, and what it wrote is seen. Readers are let through.
            names = sql.SQL(", ").join(map(sql.Identifier, tables))
            cursor.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(names))
            emptied = [table for table, rows in self._rows.items() if self._read(table) != rows]
            changed = {*self._filled(set(tables) - set(self._rows)), *emptied}
            if not changed:
                return
            # No trigger, so no row that may not be deleted, and no foreign key to be asked about. Deleting a
            # few rows costs a hundredth of truncating, which makes new files for a table and its indexes.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in changed:
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for table in emptied:
                self._write(table)

    def _filled(self, tables: Iterable[str]) -> list[str]:
        some = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(table, sql.Identifier(table))
            for table in tables
        )
        with connection.cursor() as cursor:
            cursor.execute(some)
            return [row[0] for row in cursor.fetchall()]

    def _read(self, table: str) -> bytes:
        with (
            connection.cursor() as cursor,
            cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as rows,
        ):
            return b"".join(rows)

    def _write(self, table: str) -> None:
        with (
            connection.cursor() as cursor,
            cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as rows,
        ):
            rows.write(self._rows[table])


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    return sorted(set(names) - KEPT)


def main() -> None:
    """Make the database that is copied, so that the tests need not wait for it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "marketplace.settings.test"
    django.setup()
    migrated_template()


if __name__ == "__main__":
    main()
