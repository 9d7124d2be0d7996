"""The books under several clients at once, all of them on one hot pair of accounts.

The clients are processes on both sides: threads of one Python would measure its lock.
"""

from __future__ import annotations

import multiprocessing
import re
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from marketplace.local.postgres import BIN_DIR
from payments import ledger
from payments.ledger.services import RECORD
from tests.benchmarks.measuring import Result

DEBIT, CREDIT, AMOUNT_VND, PURPOSE = "bench-from", "bench-to", 1_000, "bench"
# A commit that is lost with the power is no payment: measured with what a shop has to wait for.
DURABLE = "-c synchronous_commit=on"
CLIENTS, ROUND_S, ROUNDS = 8, 1.0, 7
FEW, MANY = 10_000, 2_000_000


def posting() -> list[Result]:
    """Transfers through Django against pgbench calling the same function, then again in full books.

    Both sides have CLIENTS clients on connections that stay open; every transfer is a transaction of its
    own, committed to the disk. Ratios are of times for the same work: 0.8 of pgbench's throughput is 1.25
    of its time. A reader of the flatness compares 2,000,000 transfers with 10,000 in turns.
    """
    spent: dict[str, list[float]] = {"ours": [], "pgbench": [], "many": []}
    with (
        _books("few", FEW) as few,
        _books("many", MANY) as many,
        _clients(few) as ours,
        _clients(many) as ours_in_many,
    ):
        for number in range(ROUNDS + 1):
            times = (ours.each_ms(), _pgbench_ms(few), ours_in_many.each_ms())
            if number:  # the first is to get warm
                for name, took_ms in zip(spent, times, strict=True):
                    spent[name].append(took_ms)
    mine, pgbench, in_many = (median(times) for times in spent.values())
    return [
        _result(f"a transfer, clients: {CLIENTS}, against pgbench", mine, pgbench, goal=1.25),
        _result(f"a transfer in books of {MANY:,} against {FEW:,}", in_many, mine, goal=1.25),
    ]


def _result(name: str, ours: float, reference: float, *, goal: float) -> Result:
    ratio = round(ours / reference, 2)
    return Result(name, "ms", round(ours, 3), round(reference, 3), ratio, goal, ratio <= goal)


# --- Databases with books ---------------------------------------------------------------------------


@contextmanager
def _books(name: str, transfers: int) -> Iterator[str]:
    """A database beside the benchmarks' own with the two accounts and ``transfers`` earlier transfers."""
    database = f"{connection.settings_dict['NAME']}_{name}"
    template = connection.settings_dict["TEST"]["TEMPLATE"]
    with psycopg.connect(_dsn("postgres"), autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(database), sql.Identifier(template)
            )
        )
        try:
            with psycopg.connect(_dsn(database), autocommit=True) as books:
                _fill(books, transfers)
            yield database
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))


def _fill(books: psycopg.Connection[Any], transfers: int) -> None:
    """Write earlier transfers between the hot accounts in bulk, past triggers and foreign keys.

    Sizes and indexes are those of real ones. Digests are only as long as real ones: what one costs does
    not depend on what the one before it says.
    """
    for code in (DEBIT, CREDIT):
        books.execute(
            "INSERT INTO ledger_account (code, kind, may_overdraw, balance_vnd, held_vnd, head)"
            " VALUES (%s, 'clearing', true, 0, 0, sha256(''))",
            [code],
        )
    books.execute("SET session_replication_role = replica")
    books.execute(
        "INSERT INTO ledger_transfer"
        " (id, debit_id, credit_id, amount_vnd, kind, state, purpose, reference, memo)"
        " SELECT gen_random_uuid(), debit.id, credit.id, %s, 'posted', 'posted', %s, 'bench-' || n, ''"
        " FROM generate_series(1, %s) AS n, ledger_account AS debit, ledger_account AS credit"
        " WHERE debit.code = %s AND credit.code = %s",
        [AMOUNT_VND, PURPOSE, transfers, DEBIT, CREDIT],
    )
    books.execute(
        "INSERT INTO ledger_entry (transfer_id, account_id, amount_vnd, balance_after_vnd, digest)"
        " SELECT t.id, side.account_id, side.amount_vnd, 0, sha256(uuid_send(t.id)) FROM ledger_transfer t,"
        " LATERAL (VALUES (t.debit_id, -t.amount_vnd), (t.credit_id, t.amount_vnd))"
        " AS side (account_id, amount_vnd)"
    )
    books.execute("VACUUM ANALYZE")


def _dsn(database: str) -> str:
    connection.ensure_connection()
    info = connection.connection.info
    return psycopg.conninfo.make_conninfo(info.dsn, dbname=database, password=info.password or None)


# --- Clients -------------------------------------------------------------------------------------------


class Clients:
    """Processes that wait to be told to post for ROUND_S."""

    def __init__(self, pipes: list[Any]) -> None:
        self._pipes = pipes

    def each_ms(self) -> float:
        """Let all of them post for a round; the time per transfer, in ms."""
        for pipe in self._pipes:
            pipe.send(ROUND_S)
        return ROUND_S * 1_000 / sum(pipe.recv() for pipe in self._pipes)


@contextmanager
def _clients(database: str) -> Iterator[Clients]:
    """Fork CLIENTS processes with everything loaded, each with a connection of its own."""
    connection.close()
    connection.close_pool()
    context = multiprocessing.get_context("fork")
    pipes, processes = [], []
    for _ in range(CLIENTS):
        here, there = context.Pipe()
        process = context.Process(target=_post_when_told, args=(there, database), daemon=True)
        process.start()
        pipes.append(here)
        processes.append(process)
    try:
        yield Clients(pipes)
    finally:
        for process in processes:
            process.kill()
            process.join()


def _post_when_told(pipe: Any, database: str) -> None:
    connection.settings_dict["NAME"] = database
    connection.settings_dict["OPTIONS"]["options"] = DURABLE
    while seconds := pipe.recv():
        deadline, posted = time.monotonic() + seconds, 0
        while time.monotonic() < deadline:
            ledger.post(
                transfer_id=uuid.uuid4(), debit=DEBIT, credit=CREDIT, amount_vnd=AMOUNT_VND, purpose=PURPOSE
            )
            posted += 1
        pipe.send(posted)


def _pgbench_ms(database: str) -> float:
    """Let pgbench's clients call the same function for a round; the time per transfer, in ms."""
    values = (
        "gen_random_uuid()",
        "'posted'",
        f"'{DEBIT}'",
        f"'{CREDIT}'",
        str(AMOUNT_VND),
        f"'{PURPOSE}'",
        "''",
        "''",
    )
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(RECORD % values + ";\n")
        script.flush()
        command = [
            str(Path(BIN_DIR) / "pgbench"),
            "--no-vacuum",
            "--protocol=prepared",
            "--file",
            script.name,
        ]
        command += ["--client", str(CLIENTS), "--jobs", "2", "--time", f"{ROUND_S:.0f}"]
        told = subprocess.run(
            [*command, f"{_dsn(database)} options='{DURABLE}'"], check=False, capture_output=True, text=True
        )
    found = re.search(r"^tps = ([0-9.]+)", told.stdout, re.MULTILINE)
    assert found is not None, told.stderr
    return 1_000 / float(found[1])
