"""Writing behind the ledger's back, and finding it out."""

from collections.abc import Callable
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction


def behind_our_back(change: Callable[[], Any]) -> None:
    """Let ``change`` write as a superuser can who switches the triggers off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        change()


def check_ledger(*arguments: str, verbosity: int = 0) -> tuple[int | str | None, str, str]:
    """Run the command; return how it ended, its result and its progress."""
    out, progress = StringIO(), StringIO()
    code: int | str | None = 0
    try:
        call_command("check_ledger", *arguments, stdout=out, stderr=progress, verbosity=verbosity)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue(), progress.getvalue()
