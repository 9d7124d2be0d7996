"""Keeping the summaries equal to the lines: whoever writes lines marks their days, and the worker makes
those days again from the lines.

A mark is committed with its lines. Whoever takes it up reads the lines afterwards, so none is missed: lines
that are committed meanwhile bring marks of their own, which stay for the next time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import TruncMonth
from psycopg import sql

from payments.hints import hint

from .models import DailyPaid, DailySales, DirtyDay, SaleLine, SellerDay, SellerMonth

LOCK = 6_041_945  # names the right to write summaries among PostgreSQL's advisory locks
MOST_MARKS = 5_000  # taken up in one transaction
SORT_IN = "128MB"  # of memory, by whoever makes a whole month again
# Whoever watches figures listens to this group of Channels, and looks again at each message of this type.
WATCHERS, CHANGED = "figures", "figures.changed"

_TABLES = {
    name: sql.Identifier(model._meta.db_table)
    for name, model in {
        "lines": SaleLine,
        "marks": DirtyDay,
        "seller_days": SellerDay,
        "seller_months": SellerMonth,
        "days": DailySales,
        "paid": DailyPaid,
    }.items()
}
# The days and units to make again, a pair by position in two arrays.
_WANTED = sql.SQL("SELECT * FROM unnest(%(days)s::date[], %(units)s::bigint[])")
_SOME_DAYS = {
    "of_days": sql.SQL("(sold_on, unit_id) IN (SELECT * FROM unnest(%(days)s::date[], %(units)s::bigint[]))"),
    "of_months": sql.SQL(
        "(month, unit_id) IN (SELECT * FROM unnest(%(months)s::date[], %(month_units)s::bigint[]))"
    ),
    "months": sql.SQL(
        """
        unnest(%(months)s::date[], %(month_units)s::bigint[]) AS wanted (month, unit_id)
          JOIN {seller_days} AS day ON day.unit_id = wanted.unit_id
           AND day.sold_on >= wanted.month AND day.sold_on < wanted.month + interval '1 month'
        """
    ).format(**_TABLES),
}
# Or a whole month of all units.
_WHOLE_MONTH = {
    "of_days": sql.SQL("sold_on >= %(month)s AND sold_on < %(after)s"),
    "of_months": sql.SQL("month = %(month)s"),
    "months": sql.SQL(
        """
        (SELECT %(month)s::date) AS wanted (month)
          JOIN {seller_days} AS day ON day.sold_on >= %(month)s AND day.sold_on < %(after)s
        """
    ).format(**_TABLES),
}
_MONEY = sql.SQL(
    """
    COALESCE(SUM(amount_vnd) FILTER (WHERE refund_id IS NULL), 0),
    COALESCE(SUM(amount_vnd) FILTER (WHERE refund_id IS NOT NULL), 0)
    """
)
_STATEMENTS = [
    "DELETE FROM {seller_days} WHERE {of_days}",
    "DELETE FROM {days} WHERE {of_days}",
    "DELETE FROM {paid} WHERE {of_days}",
    "DELETE FROM {seller_months} WHERE {of_months}",
    # The first line of each order in a group, in a kind and in all of them counts the order there.
    """
    INSERT INTO {seller_days}
           (sold_on, unit_id, seller_id, kind, "group", sold_vnd, refunded_vnd, quantity,
            orders, orders_of_kind, orders_of_all)
    SELECT sold_on, unit_id, seller_id, kind, "group", {money}, SUM(quantity),
           COUNT(*) FILTER (
             WHERE refund_id IS NULL AND (kind_before, group_before) IS DISTINCT FROM (kind, "group")),
           COUNT(*) FILTER (WHERE refund_id IS NULL AND kind_before IS DISTINCT FROM kind),
           COUNT(*) FILTER (WHERE refund_id IS NULL AND kind_before IS NULL)
      FROM (
        SELECT *, LAG(kind) OVER of_order AS kind_before, LAG("group") OVER of_order AS group_before
          FROM (
            SELECT sold_on, unit_id, seller_id, order_id, refund_id, kind, "group", amount_vnd, quantity
              FROM {lines} WHERE {of_days}
          ) AS wanted
        WINDOW of_order AS (
          PARTITION BY sold_on, unit_id, seller_id, order_id, refund_id IS NULL ORDER BY kind, "group"
        )
      ) AS line
     GROUP BY sold_on, unit_id, seller_id, kind, "group"
    """,
    """
    INSERT INTO {days} (sold_on, unit_id, kind, "group", sold_vnd, refunded_vnd, quantity, orders, sellers)
    SELECT sold_on, unit_id, COALESCE(kind, ''), COALESCE("group", ''), SUM(sold_vnd), SUM(refunded_vnd),
           SUM(quantity),
           CASE GROUPING(kind, "group")
             WHEN 0 THEN SUM(orders) WHEN 1 THEN SUM(orders_of_kind) ELSE SUM(orders_of_all) END,
           COUNT(DISTINCT seller_id)
      FROM {seller_days}
     WHERE {of_days}
     GROUP BY sold_on, unit_id, ROLLUP (kind, "group")
    """,
    """
    INSERT INTO {paid}
           (sold_on, unit_id, provider, buyer_province, buyer_country, sold_vnd, refunded_vnd, orders)
    SELECT sold_on, unit_id, provider, buyer_province, buyer_country, {money},
           COUNT(DISTINCT seller_id << 40 | order_id) FILTER (WHERE refund_id IS NULL)
      FROM {lines}
     WHERE {of_days}
     GROUP BY sold_on, unit_id, provider, buyer_province, buyer_country
    """,
    """
    INSERT INTO {seller_months}
           (month, unit_id, seller_id, kind, "group", sold_vnd, refunded_vnd, quantity,
            orders, orders_of_kind, orders_of_all)
    SELECT wanted.month, day.unit_id, seller_id, kind, "group", SUM(sold_vnd), SUM(refunded_vnd),
           SUM(quantity), SUM(orders), SUM(orders_of_kind), SUM(orders_of_all)
      FROM {months}
     GROUP BY wanted.month, day.unit_id, seller_id, kind, "group"
    """,
]


_MARK = (
    "INSERT INTO {marks} (sold_on, unit_id, marked_at) SELECT *, clock_timestamp() FROM ({wanted}) AS dirty"
)


def mark(lines: Collection[SaleLine]) -> None:
    """Note that the summaries of the days and units of ``lines`` are out of date.

    Call it in the transaction that writes the lines. One query, none without lines.
    """
    days = sorted({(line.sold_on, line.unit_id) for line in lines})
    if not days:
        return
    values: dict[str, Any] = {"days": [day for day, _ in days], "units": [unit_id for _, unit_id in days]}
    with connection.cursor() as cursor:  # in every checkout: half the time of the ORM's
        cursor.execute(sql.SQL(_MARK).format(**_TABLES, wanted=_WANTED), values)


def keep() -> int:
    """Make the marked days again and return how many days of units that were.

    Returns 0 at once while another process does the same. Repeats change nothing. Each transaction takes up
    at most MOST_MARKS marks, oldest first, until none is left. WATCHERS are told once it is committed.
    """
    made = 0
    while taken := _keep_some():
        made += taken
    return made


@transaction.atomic
def _keep_some() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        (is_ours,) = cursor.fetchone()
    if not is_ours:
        return 0
    marks = list(DirtyDay.objects.order_by("pk").values_list("pk", "sold_on", "unit_id")[:MOST_MARKS])
    wanted = {(day, unit_id) for _, day, unit_id in marks}
    if wanted:
        _make(wanted)
        DirtyDay.objects.filter(pk__in=[pk for pk, _, _ in marks]).delete()
        hint(WATCHERS, CHANGED)
    return len(wanted)


def months() -> list[date]:
    """Return the first days of all months with lines or summaries, oldest first. Two queries."""
    found = {
        month
        for rows in (
            SaleLine.objects.annotate(month=TruncMonth("sold_on")).values_list("month", flat=True),
            SellerMonth.objects.values_list("month", flat=True),
        )
        for month in rows.order_by().distinct()
    }
    return sorted(found)


@transaction.atomic
def rebuild_month(month: date) -> int:
    """Make all summaries of ``month`` again from the lines, and return how many lines it has.

    Waits for the worker that keeps them. What is sold meanwhile is marked and made again afterwards.
    """
    assert month.day == 1, month
    after = (month + timedelta(days=31)).replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        # The lines of a busy month are sorted in memory; compiling costs more than it saves.
        cursor.execute("SELECT set_config('work_mem', %s, true), set_config('jit', 'off', true)", [SORT_IN])
    in_month = {"sold_on__gte": month, "sold_on__lt": after}
    marks = list(DirtyDay.objects.filter(**in_month).values_list("pk", flat=True))
    _execute(_WHOLE_MONTH, {"month": month, "after": after})
    DirtyDay.objects.filter(pk__in=marks).delete()
    return SaleLine.objects.filter(**in_month).count()


def _make(wanted: Iterable[tuple[date, int]]) -> None:
    days = sorted(wanted)
    of_months = sorted({(day.replace(day=1), unit_id) for day, unit_id in days})
    values: dict[str, Any] = {
        "days": [day for day, _ in days],
        "units": [unit_id for _, unit_id in days],
        "months": [month for month, _ in of_months],
        "month_units": [unit_id for _, unit_id in of_months],
    }
    _execute(_SOME_DAYS, values)


def _execute(parts: Mapping[str, sql.Composable], values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(sql.SQL(statement).format(**_TABLES, **parts, money=_MONEY), values)
