"""What has changed so far, as one short text that differs as soon as anything has."""

from collections.abc import Sequence

from marketplace.replicas import reading

from .models import Change

_STATE = (
    "SELECT string_agg(scope || ' ' || added || ' ' || total, ',' ORDER BY scope) FROM"
    " (SELECT scope, count(*) AS added, sum(id) AS total"
    " FROM copies_change WHERE scope = ANY(%s) GROUP BY scope) AS noted"
)


def state_of(scopes: Sequence[str]) -> str:
    """Return the state of ``scopes`` as the database that pages are read from knows it. One query.

    A number counted up would miss a change whose transaction began earlier and ended later than another;
    the count and the sum of all that can be seen do not.
    """
    with reading(Change).cursor() as cursor:
        cursor.execute(_STATE, [list(scopes)])
        return cursor.fetchone()[0] or ""
