"""Keeping the log of changes short."""

from django.db import connection

# The newest of each scope stays, so that a state never comes twice.
_SWEEP = (
    "DELETE FROM copies_change AS old WHERE EXISTS"
    " (SELECT 1 FROM copies_change AS newer WHERE newer.scope = old.scope AND newer.id > old.id)"
)


def sweep() -> int:
    """Delete every change but the newest of its scope, and return how many. May be repeated.

    Copies of pages are made anew afterwards: their state is no longer the same.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SWEEP)
        return cursor.rowcount
