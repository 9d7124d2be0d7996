"""Officials' questions answered from the summaries, and what keeping the summaries costs who sells.

The lines are invented by one statement: 129 units, 1,290 sellers who each sell two of twenty groups, three
years. A twentieth of the lines are refunds. `make bench ARGS="statistics --lines 10000000"` measures ten
times as many.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from django.db import OperationalError, connection, transaction
from tqdm import tqdm, trange

from agriculture.models import Produce
from marketplace.accounts.selectors import OfficialScope
from marketplace.places.models import Commune
from marketplace.statistics import selectors, summaries
from marketplace.statistics.models import DailyPaid, DailySales, SellerDay, SellerMonth
from tests.benchmarks.measuring import Result, compare
from tests.statistics import orders

LINES, MOST_LINES = 1_000_000, 10_000_000
SELLERS_PER_UNIT = 10
FIRST, LAST = date(2023, 1, 1), date(2025, 12, 20)
YEAR = {"first_day": date(2025, 1, 1), "last_day": LAST}
PROVINCE = OfficialScope(whole_province=True, commune_codes=frozenset())
REBUILT_A_SECOND = 150_000
CHUNK = 500_000  # lines invented by one statement
WRITERS, ROUNDS, ROUND_S, OPEN_S = 8, 2, 1.5, 0.02
HOT_DAY = date(2025, 12, 21)

_INVENT = """
    INSERT INTO statistics_saleline
           (order_line_id, order_id, refund_id, seller_id, unit_id, commune_id, sold_on, kind, "group",
            quantity, amount_vnd, provider, buyer_province, buyer_country, recorded_at)
    SELECT n, n / 2, CASE WHEN is_refund THEN gen_random_uuid() END, seller, units[1 + seller %% %(wide)s],
           units[1 + seller %% %(wide)s], %(first)s::date + day,
           CASE what WHEN 0 THEN 'nights' WHEN 1 THEN 'seats' ELSE 'goods' END,
           CASE what WHEN 0 THEN 'stay' WHEN 1 THEN 'tour' ELSE 'group-' || what END,
           CASE WHEN is_refund THEN -1 ELSE 1 END, CASE WHEN is_refund THEN -90000 ELSE 90000 END,
           CASE n %% 3 WHEN 0 THEN 'vnpt' ELSE 'viettel' END, '11', 'VN', now()
      FROM (
        SELECT n, n %% 20 = 0 AS is_refund, 1 + floor(random() * %(sellers)s)::int AS seller,
               ((n - %(begin)s)::bigint * %(days)s / %(count)s)::int AS day,
               floor(random() * 2)::int AS which,
               %(units)s::bigint[] AS units
          FROM generate_series(%(from)s::int, %(to)s::int) AS n
      ) AS line, LATERAL (SELECT (seller * 7 + which * 3) %% 20 AS what) AS thing
"""
# The indexes that no constraint needs.
_INDEXES = """
    SELECT pg_class.relname, pg_get_indexdef(indexrelid)
      FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
     WHERE indrelid = 'statistics_saleline'::regclass
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
# What somebody would write who only wants this one table.
_BARE = """
    SELECT unit_id, SUM(sold_vnd), SUM(refunded_vnd), SUM(quantity), SUM(orders_of_all),
           COUNT(DISTINCT seller_id)
      FROM (
        SELECT unit_id, seller_id, sold_vnd, refunded_vnd, quantity, orders_of_all
          FROM statistics_sellermonth WHERE month BETWEEN '2025-01-01' AND '2025-11-30'
        UNION ALL
        SELECT unit_id, seller_id, sold_vnd, refunded_vnd, quantity, orders_of_all
          FROM statistics_sellerday WHERE sold_on BETWEEN '2025-12-01' AND '2025-12-20'
      ) AS summary
     GROUP BY unit_id
"""
_OVER_THE_LINES = """
    SELECT unit_id, SUM(amount_vnd) FILTER (WHERE refund_id IS NULL),
           SUM(amount_vnd) FILTER (WHERE refund_id IS NOT NULL), SUM(quantity),
           COUNT(DISTINCT order_id) FILTER (WHERE refund_id IS NULL), COUNT(DISTINCT seller_id)
      FROM statistics_saleline WHERE sold_on BETWEEN '2025-01-01' AND '2025-12-20'
     GROUP BY unit_id
"""


def summarised(lines: int = LINES) -> list[Result]:
    """The board's year by commune on both boundaries, the rebuild, and eight who sell in one commune.

    With MOST_LINES the year must cost at most a fiftieth of the best-indexed GROUP BY over the lines, and at
    most 1.3 times of what it cost with a tenth of them, and the rebuild read 150,000 lines a second. With
    fewer lines there is less to save, and most of a rebuild is writing about as many rows as there are lines:
    it is held against copying those rows.
    """
    most = lines >= MOST_LINES
    tenth = lines // 10 if most else 0
    if tenth:
        _invent(1, tenth)
        _rebuild()
        before = _timed(_year)
    _invent(tenth + 1, lines)
    took_s = _rebuild()
    named = f"a year by commune from {lines:,} lines"
    results = [
        compare(f"{named}, against the bare SQL", _year, lambda: _run(_BARE), goal=2.0),
        compare(
            f"{named}, against the lines",
            _year,
            lambda: _run(_OVER_THE_LINES),
            goal=0.02 if most else 0.2,
            rounds=3,
        ),
        _result(f"rebuilding {lines:,} lines, against copying", took_s * 1_000, _copy_s() * 1_000, goal=4.0),
    ]
    if tenth:
        wanted_ms = lines / REBUILT_A_SECOND * 1_000
        results += [
            _result(f"{named}, against {tenth:,}", _timed(_year), before, goal=1.3),
            _result(f"rebuilding, {REBUILT_A_SECOND:,} lines/s wanted", took_s * 1_000, wanted_ms, goal=1.0),
        ]
    return results + _selling()


def _copy_s() -> float:
    """Return the seconds that copying all summaries takes, into tables with the same indexes."""
    took_s = 0.0
    for model in (SellerDay, DailySales, DailyPaid, SellerMonth):
        table = model._meta.db_table
        names = ", ".join(
            f'"{field.column}"' for field in model._meta.local_concrete_fields if not field.generated
        )
        _run(f"CREATE TABLE copy_of_it (LIKE {table} INCLUDING ALL)")
        begun = time.perf_counter()
        _run(f"INSERT INTO copy_of_it ({names}) SELECT {names} FROM {table}")  # noqa: S608 - names of ours
        took_s += time.perf_counter() - begun
        _run("DROP TABLE copy_of_it")
    return took_s


def _result(name: str, ours: float, reference: float, *, goal: float) -> Result:
    ratio = ours / reference
    return Result(name, "ms", round(ours, 2), round(reference, 2), round(ratio, 2), goal, ratio <= goal)


def _invent(first: int, last: int) -> None:
    """Write lines in chunks, day after day as a market does, and build their indexes afterwards. They refer
    to orders that are not there.
    """
    units = list(Commune.objects.filter(valid_to__isnull=False).order_by("pk").values_list("pk", flat=True))
    values = {
        "units": units,
        "wide": len(units),
        "sellers": len(units) * SELLERS_PER_UNIT,
        "first": FIRST,
        "begin": first,
        "count": last - first + 1,
        "days": (LAST - FIRST).days + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute("SET session_replication_role = replica")  # no check of foreign keys
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for begin in trange(first, last + 1, CHUNK, unit_scale=CHUNK, unit="line", desc="inventing"):
            cursor.execute(_INVENT, values | {"from": begin, "to": min(begin + CHUNK - 1, last)})
        for _, definition in indexes:
            cursor.execute(definition.replace(" ON ONLY ", " ON "))
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute("VACUUM ANALYZE statistics_saleline")


def _rebuild() -> float:
    """Return the seconds that making all summaries again takes."""
    begun = time.perf_counter()
    for month in tqdm(summaries.months(), unit="month", desc="rebuilding"):
        summaries.rebuild_month(month)
    took_s = time.perf_counter() - begun
    _run("VACUUM ANALYZE")
    return took_s


def _year() -> object:
    return selectors.sales_on_both(**YEAR, by="commune", scope=PROVINCE)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        if cursor.description:
            cursor.fetchall()


def _timed(act: Callable[[], object], rounds: int = 15) -> float:
    """Return the least ms that ``act`` takes."""
    return _result("", min(_once(act) for _ in range(rounds)), 1, goal=1).ours


def _once(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1_000


# --- Eight who sell in one commune ---------------------------------------------------------------


@dataclass
class Told:
    written: int = 0
    deadlocks: int = 0


def _selling() -> list[Result]:
    """Orders with their sales, in transactions that stay open for 20 ms: with summaries, and without."""
    commune = Commune.objects.filter(valid_to__isnull=True).order_by("pk")[0]
    offers = [orders.rice_of(commune) for _ in range(WRITERS)]
    told = {"marked": Told(), "bare": Told()}
    with _writers(offers) as writers:
        for turn in range(ROUNDS + 1):
            for way, sums in told.items():
                found = writers(way)
                if turn:  # the first is to get warm
                    sums.written += sum(one.written for one in found)
                    sums.deadlocks += sum(one.deadlocks for one in found)
    each_ms = {way: ROUNDS * ROUND_S * 1_000 / sums.written for way, sums in told.items()}
    deadlocks = sum(sums.deadlocks for sums in told.values())
    who = f"{WRITERS} who sell in one commune"
    return [
        _result(f"writing sales, {who}, against no summaries", each_ms["marked"], each_ms["bare"], goal=1.1),
        Result(f"deadlocks, {who}", "", deadlocks, 0, float(deadlocks), 0, deadlocks == 0),
    ]


@contextmanager
def _writers(offers: list[Produce]) -> Iterator[Callable[[str], list[Told]]]:
    """Fork processes that write when told, and one that keeps the summaries while they mark."""
    connection.close()
    connection.close_pool()
    context = multiprocessing.get_context("fork")
    pipes, processes = [], []
    for number, offer in enumerate([*offers, None]):
        here, there = context.Pipe()
        acts = _write_when_told if offer else _keep_when_told
        process = context.Process(target=acts, args=(there, offer, number), daemon=True)
        process.start()
        pipes.append(here)
        processes.append(process)

    def each(way: str) -> list[Told]:
        for pipe in pipes:
            pipe.send(way)
        return [pipe.recv() for pipe in pipes]

    try:
        yield each
    finally:
        for process in processes:
            process.kill()
            process.join()


def _write_when_told(pipe: Any, rice: Produce, number: int) -> None:
    orders._numbers = count(1 + number * 1_000_000)  # each process numbers its own orders
    mark = summaries.mark
    while way := pipe.recv():
        summaries.mark = mark if way == "marked" else _no_mark
        told, deadline = Told(), time.monotonic() + ROUND_S
        while time.monotonic() < deadline:
            try:
                with transaction.atomic():
                    orders.write((rice, 1, 90_000), on=HOT_DAY)
                    time.sleep(OPEN_S)
            except OperationalError:
                told.deadlocks += 1
            else:
                told.written += 1
        pipe.send(told)


def _no_mark(lines: object) -> None:
    """What the market would do if it had no summaries."""


def _keep_when_told(pipe: Any, _offer: None, _number: int) -> None:
    """Follow the marks once in a round, as often as the task does, while others write them."""
    while way := pipe.recv():
        time.sleep(ROUND_S / 2)
        if way == "marked":
            summaries.keep()
        pipe.send(Told())
