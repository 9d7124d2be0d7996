"""Judges new migrations by their SQL: what takes a table away from a running shop is refused.

While a version is put in place, the shops of the last one still answer. So a migration must not hold a lock
that readers or writers wait for longer than a moment (an index without CONCURRENTLY, a constraint that reads
the whole table), nor take away what the old code asks for (a column, a table, a name). The rules are those of
django-migration-linter, all of them as errors, and one of ours beside them; PostgreSQL's manual, chapters
"Explicit Locking" and "ALTER TABLE", says which statement takes which lock.

A migration that has to do it all the same says why in its class, by ``may_lock = "a sentence"``, and is
applied while the market is closed (docs/runbook.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_migration_linter.sql_analyser import PostgresqlAnalyser
from django_migration_linter.sql_analyser.analyser import analyse_sql_statements

Key = tuple[str, str]
OURS = ("agriculture", "frontend", "marketplace", "payments", "tourism")
DEPLOYED = Path(__file__).with_name("deployed.txt")
READS_ALL = re.compile(r"""ALTER TABLE (\S+) ADD CONSTRAINT .*\b(CHECK|FOREIGN KEY|EXCLUDE)\b""")


def deployed() -> dict[str, str]:
    """Return the last migration of each app that installations have."""
    return dict(line.split() for line in DEPLOYED.read_text().splitlines())


def accept() -> int:
    """Write down that installations have all there are now, and return of how many apps."""
    last = dict(sorted(_ours(_loader())))  # of an app the last: names begin with their number
    DEPLOYED.write_text("".join(f"{label} {name}\n" for label, name in last.items()))
    return len(last)


def new() -> list[Key]:
    """Return the migrations of our apps that come after those of ``deployed``, in order."""
    known = deployed()
    return [key for key in sorted(_ours(_loader())) if key[1] > known.get(key[0], "")]


def judge(key: Key) -> list[str]:
    """Return what is wrong with one migration, in sentences; none where it says why it may."""
    migration: Any = _loader().graph.nodes[key]
    if getattr(migration, "may_lock", ""):
        return []
    told = call_command("sqlmigrate", *key, stdout=_Nowhere())
    return problems(line for line in str(told).splitlines() if line and not line.startswith("--"))


def problems(statements: Iterable[str]) -> list[str]:
    """Return what is wrong with the SQL of one migration, one statement a line."""
    lines = list(statements)
    errors, _ignored, warnings = analyse_sql_statements(PostgresqlAnalyser, lines)
    found = [f"{issue.code}: {issue.message}" for issue in [*errors, *warnings]]
    made = {match[1] for line in lines if (match := re.match(r"CREATE TABLE (\S+)", line))}
    for line in lines:
        match = READS_ALL.match(line)
        if match and match[1] not in made and "NOT VALID" not in line:
            found.append(
                f"ADD_CONSTRAINT: {match[1]} is read wholly while nobody may write to it: use "
                "AddConstraintNotValid, and ValidateConstraint in the next migration"
            )
    return sorted(set(found))


class _Nowhere:
    """sqlmigrate returns what it writes."""

    def write(self, text: str) -> None: ...


def _loader() -> MigrationLoader:
    return MigrationLoader(connection)


def _ours(loader: MigrationLoader) -> list[Key]:
    """Those of the packages of this repository; what Oscar and the libraries bring is theirs."""
    ours = {label for label, config in apps.app_configs.items() if config.name.startswith(OURS)}
    ours -= set(settings.MIGRATION_MODULES)
    return [key for key in loader.disk_migrations or () if key[0] in ours]
