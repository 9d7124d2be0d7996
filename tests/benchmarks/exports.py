"""A million rows of daily figures as a file: what the process that sends it grows by, and what it takes."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path
from typing import Any

import psutil
from django.db import connection
from django.test import Client

from marketplace.accounts.services import grant_role
from marketplace.places.models import Commune
from tests.benchmarks.measuring import Result
from tests.factories import UserFactory

ROWS, MB_MOST = 1_000_000, 150
FIRST, LAST = "2023-01-01", "2024-12-31"

_INVENT = """
    INSERT INTO statistics_dailysales
           (sold_on, kind, "group", unit_id, sold_vnd, refunded_vnd, orders, quantity, sellers)
    SELECT %(first)s::date + n / (20 * %(wide)s), 'goods', 'group-' || n / %(wide)s %% 20,
           (%(units)s::bigint[])[1 + n %% %(wide)s], 90000 + n, -n %% 7 * 1000, 3, 5, 2
      FROM generate_series(0, %(rows)s - 1) AS n
"""
_BARE = """
    COPY (SELECT sold_on, unit.code, unit.full_name, day.kind, "group", net_vnd, sold_vnd,
                 refunded_vnd, orders, sellers, quantity
            FROM statistics_dailysales AS day JOIN places_commune AS unit ON unit.id = unit_id
           ORDER BY sold_on, day.kind, "group", unit_id) TO STDOUT (FORMAT csv)
"""


def streamed() -> list[Result]:
    """The file of an official of the province, read as fast as it comes. Against PostgreSQL's own COPY."""
    units = list(Commune.objects.filter(valid_to__isnull=False).order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        values = {"first": FIRST, "units": units, "wide": len(units), "rows": ROWS}
        cursor.execute(_INVENT, values)
        cursor.execute("ANALYZE statistics_dailysales")
    official = UserFactory()
    grant_role(user=official, role="province-official")
    bare_s = _copied_s()
    connection.close()
    connection.close_pool()
    here, there = multiprocessing.get_context("fork").Pipe()
    child = multiprocessing.get_context("fork").Process(target=_take, args=(official, there))
    child.start()
    rows, grown_mb, whole_mb, took_s = here.recv()
    child.join()
    assert rows == ROWS, rows
    print(f"  {rows:,} rows in {took_s:.1f} s; the whole process came to {whole_mb:.0f} MB", flush=True)
    grown, slower = grown_mb / MB_MOST, took_s / bare_s
    return [
        Result(
            f"memory to send {ROWS:,} rows",
            "MB",
            round(grown_mb, 1),
            MB_MOST,
            round(grown, 2),
            1.0,
            grown < 1,
        ),
        Result(
            f"sending {ROWS:,} rows, against COPY",
            "s",
            round(took_s, 1),
            round(bare_s, 1),
            round(slower, 2),
            15,
            slower <= 15,
        ),
    ]


def _copied_s() -> float:
    begun = time.perf_counter()
    with connection.cursor() as cursor, cursor.connection.cursor().copy(_BARE) as copy:
        for _part in copy:
            pass
    return time.perf_counter() - begun


def _take(official: Any, pipe: Any) -> None:
    """Take the file in a process of its own, and tell what it came to."""
    client = Client()
    client.force_login(official)
    client.get("/board/reports/")  # what the first request loads is not the file's
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from now on
    before = psutil.Process().memory_info().rss
    begun = time.perf_counter()
    answer = client.get(f"/board/reports/daily.csv?from={FIRST}&to={LAST}")
    lines = sum(part.count(b"\n") for part in answer.streaming_content)
    took_s = time.perf_counter() - begun
    peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024
    pipe.send((lines - 1, (peak - before) / 1e6, peak / 1e6, took_s))
