"""Bring one database up to date: `python -m marketplace.local.prepare shop|wallet`.

A process of its own for each of the two, since each has its own settings and both can run at once.
"""

import sys
import time
from typing import Any

import django
import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.utils import OperationalError

from .errors import TOLD, DatabaseTooNew, DiskFull, LocalError


def check_not_newer(loader: MigrationLoader, database: str) -> None:
    """Raise DatabaseTooNew if ``database`` has had migrations that this version of the project lacks."""
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known.update(migration.replaces)
    unknown = sorted(set(loader.applied_migrations) - known)
    if unknown:
        first = ".".join(unknown[0])
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise DatabaseTooNew(
            f"The database {database!r} was written by a newer version of the project: it has had the "
            f"migration {first}{more}, unknown here. Update the checkout, or start afresh with `make clean`."
        )


def migrate() -> int:
    """Apply the migrations that are missing and return how many were; asks one query if none is.

    Raises DatabaseTooNew.
    """
    executor = MigrationExecutor(connection)
    check_not_newer(executor.loader, connection.settings_dict["NAME"])
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        call_command("migrate", verbosity=0, interactive=False)
    return missing


def seed(which: str) -> None:
    """Load reference and demo data into an empty database. Each command loads all of it or nothing."""
    # A bar that moves is for a person; a log gets the result only.
    shown: dict[str, Any] = {"verbosity": int(sys.stderr.isatty()), "no_color": True}
    if which == "shop":
        if not apps.get_model("places", "Commune").objects.exists():
            call_command("load_places", **shown)
        if not apps.get_model("sights", "Sight").objects.exists():
            call_command("load_sights", **shown)
        if not apps.get_model("delivery", "Province").objects.exists():
            call_command("load_delivery", **shown)
        # Demo accounts have a published password: never where DEBUG is off.
        if settings.DEBUG and not apps.get_model("accounts", "User").objects.exists():
            call_command("load_demo", **shown)
    elif settings.DEBUG and not apps.get_model("ledger", "Account").objects.exists():
        call_command("load_demo_wallets", **shown)


def main(which: str) -> int:
    started_at = time.monotonic()
    django.setup()
    try:
        applied = migrate()
        seed(which)
    except LocalError as error:
        print(f"make run: {error}", file=sys.stderr)
        return TOLD
    except (OSError, OperationalError) as error:
        full = disk_full(error)
        if full is None:
            raise
        print(f"make run: {full}", file=sys.stderr)
        return TOLD
    if applied:
        seconds = time.monotonic() - started_at
        print(f"The {which}'s database is ready after {seconds:.0f} s ({applied} migrations).", flush=True)
    return 0


def disk_full(error: BaseException) -> DiskFull | None:
    """Return what to tell a person if ``error`` was caused by a full disk, None if it was not."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, psycopg.errors.DiskFull) or "No space left on device" in str(cause):
            return DiskFull("No space is left on this disk: free some and start again.")
        cause = cause.__cause__
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
