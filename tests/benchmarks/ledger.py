"""The books under several clients at once, all of them on one hot pair of accounts."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
from django.db import connection

from payments import ledger
from payments.ledger.services import RECORD
from tests.benchmarks.measuring import Result, compare

DEBIT, CREDIT, AMOUNT_VND, PURPOSE = "bench:from", "bench:to", 1_000, "bench"
# A commit that is lost with the power is no payment: measured with what a shop has to wait for.
DURABLE = "SET synchronous_commit = on"


def posting(*, clients: int, transfers: int, goal: float) -> Result:
    """Transfers of ``clients`` threads through Django, against bare psycopg calling the same function.

    Both make ``transfers`` transfers in every round, on connections that stay open, each one committed to
    the disk. The ratio is one of times for the same work: its goal is the inverse of the share of the
    reference's throughput that is wanted.
    """
    for code in (DEBIT, CREDIT):
        ledger.open_account(code=code, kind="clearing", may_overdraw=True)
    with _django(clients) as ours, _bare(clients) as reference:
        return compare(
            f"{transfers} transfers, clients: {clients}, against bare psycopg",
            lambda: ours(transfers),
            lambda: reference(transfers),
            goal=goal,
            rounds=41,
        )


Rounds = Iterator[Callable[[int], None]]


@contextmanager
def _django(clients: int) -> Rounds:
    def post() -> None:
        ledger.post(
            transfer_id=uuid.uuid4(), debit=DEBIT, credit=CREDIT, amount_vnd=AMOUNT_VND, purpose=PURPOSE
        )

    def ready() -> None:
        with connection.cursor() as cursor:
            cursor.execute(DURABLE)

    def done() -> None:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
        connection.close()

    with _threads(clients, ready=ready, act=post, done=done) as rounds:
        yield rounds


@contextmanager
def _bare(clients: int) -> Rounds:
    connection.ensure_connection()
    server = connection.connection.info
    own = threading.local()

    def post() -> None:
        arguments = (uuid.uuid4(), "posted", DEBIT, CREDIT, AMOUNT_VND, PURPOSE, "", "")
        assert own.connection.execute(RECORD, arguments).fetchone()[0] == "done"

    def ready() -> None:
        own.connection = psycopg.connect(server.dsn, password=server.password, autocommit=True)
        own.connection.execute(DURABLE)

    with _threads(clients, ready=ready, act=post, done=lambda: own.connection.close()) as rounds:
        yield rounds


@contextmanager
def _threads(
    clients: int, *, ready: Callable[[], None], act: Callable[[], None], done: Callable[[], None]
) -> Rounds:
    """Keep ``clients`` threads; each call shares that many acts among them and waits for the last."""
    together = threading.Barrier(clients)

    def share(times: int, call: Callable[[], None]) -> None:
        together.wait()  # so that every thread takes one share
        for _ in range(times):
            call()

    with ThreadPoolExecutor(clients) as pool:

        def each(times: int, call: Callable[[], None]) -> None:
            list(pool.map(lambda _: share(times, call), range(clients)))

        each(1, ready)
        yield lambda acts: each(acts // clients, act)
        each(1, done)
