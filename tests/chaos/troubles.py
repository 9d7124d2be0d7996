"""What may go wrong beside a process that is killed: each begins in the middle of trade, and ends again."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from marketplace.cluster.postgres import Server
from marketplace.cluster.valkey import Valkey
from tests.chaos import deliveries
from tests.chaos.house import House
from tests.chaos.plan import POSTGRESQL
from tests.chaos.slow_link import SlowLink

# Where Debian's libfaketime puts what a process is started with to see another time.
FAKETIME = tuple(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


class NotHere(Exception):
    """This machine has not what the trouble needs; says what to install."""


@dataclass
class Scenery:
    """What can be troubled."""

    house: House
    valkey: Valkey
    link: SlowLink
    replica: Server
    # A name of the folder with the socket of whichever server takes writes, as a virtual address would be.
    primary_name: Path
    shop: str
    chance: random.Random
    said: list[str] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.house.wait(seconds)


@dataclass(frozen=True)
class Trouble:
    """``act`` begins it, waits, and ends it; ``stops`` says that pages need what is gone meanwhile."""

    name: str
    act: Callable[[Scenery], None]
    stops: bool = False


@dataclass
class Ended:
    """When a trouble began and when all was at work again, by the monotonic clock."""

    is_over: bool = False
    begun_at: float = 0.0
    ended_at: float = 0.0
    error: str = ""
    not_here: str = ""


def kill_scheduler(scenery: Scenery) -> None:
    scenery.house.take_down("beat", for_s=5.0)


def run_two_schedulers(scenery: Scenery) -> None:
    """Let a second scheduler start everything as well, as if no lock let only one work."""
    with scenery.house.another("beat"):
        scenery.wait(12.0)


def restart_postgresql(scenery: Scenery) -> None:
    scenery.house.take_down(POSTGRESQL, for_s=3.0, politely=True)


def fail_over(scenery: Scenery) -> None:
    """Lose the primary with its disk; its replica takes over under the same name.

    What was acknowledged is at the replica: until then the primary answers no commit that is not.
    """
    house, replica = scenery.house, scenery.replica
    primary = house.server
    replica.follow(primary)
    replica.start()
    replica.wait_for("SELECT pg_is_in_recovery()")
    with psycopg.connect(primary.url("postgres"), autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        admin.execute("SELECT pg_reload_conf()")
    primary.wait_for("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')")
    scenery.wait(4.0)
    with house.lock_of(POSTGRESQL):
        begun = time.monotonic()
        primary.kill()
        # The copy has the setting too, and nobody follows it.
        (replica.data / "postgresql.auto.conf").write_text("")
        replica.promote()
        replica.run("pg_ctl", "reload", "-D", str(replica.data))
        unfinished = scenery.primary_name.with_suffix(".new")
        unfinished.symlink_to(replica.folder)
        unfinished.replace(scenery.primary_name)
        house.server = replica
        house.wait_for(POSTGRESQL)
        scenery.said.append(f"the replica took writes after {time.monotonic() - begun:.1f} s")
    primary.close()


def flush_valkey(scenery: Scenery) -> None:
    for _ in range(3):
        scenery.valkey.flush()
        scenery.wait(3.0)


def lose_valkey(scenery: Scenery, *, for_s: float = 60.0) -> None:
    scenery.valkey.kill()
    scenery.wait(for_s)
    scenery.valkey.start()


def fill_disk(scenery: Scenery) -> None:
    """Let PostgreSQL write no byte beyond a few kilobytes of any file, as on a disk that is full.

    The kernel refuses it with EFBIG where a full disk says ENOSPC; PostgreSQL goes down the same ways: it
    cannot write its log, stops with a panic, recovers, and cannot go on until there is room.
    """
    house = scenery.house
    with house.lock_of(POSTGRESQL):
        house.server.limit_files(8_192)
        scenery.wait(8.0)
        house.server.kill()  # as who comes to make room would do
        house.server.start()
        house.wait_for(POSTGRESQL)


def jump_the_clock(scenery: Scenery) -> None:
    """Start shop and worker again two hours ahead of everybody else, and later again with the right time."""
    if not FAKETIME:
        raise NotHere("libfaketime is not installed: apt-get install libfaketime")
    ahead = {"LD_PRELOAD": str(FAKETIME[0]), "FAKETIME": "+2h", "DONT_FAKE_MONOTONIC": "1"}
    for name in ("shop", "worker"):
        scenery.house.take_down(name, for_s=0.1, then_with=ahead)
    scenery.wait(12.0)
    for name in ("shop", "worker"):
        scenery.house.take_down(name, for_s=0.1)


def slow_the_wallet(scenery: Scenery) -> None:
    """Have every piece to and from the wallet take 4 s, then longer than anybody waits for it."""
    scenery.link.delay_s = 4.0
    scenery.wait(15.0)
    scenery.link.delay_s = 12.0
    scenery.wait(15.0)
    scenery.link.delay_s = 0.0


def double_deliveries(scenery: Scenery) -> None:
    """Stop the worker for moments, and let it find everything two or three times, in another order."""
    added = 0
    for _ in range(8):
        with scenery.house.frozen("worker"):
            scenery.wait(1.5)
            added += deliveries.double_and_mix(
                f"{scenery.valkey.url}/0", prefix=os.environ["CACHE_PREFIX"], chance=scenery.chance
            )
        scenery.wait(1.0)
    scenery.said.append(f"{added} deliveries more than were sent")
    assert added, "nothing was waiting that could be doubled"


EXPANDING = (
    "ALTER TABLE payments_intent ADD COLUMN chaos_note text",
    "ALTER TABLE order_order ADD COLUMN chaos_note text NOT NULL DEFAULT ''",
    "CREATE INDEX CONCURRENTLY chaos_intent ON payments_intent (chaos_note)",
    "ALTER TABLE payments_operation ADD CONSTRAINT chaos_amount CHECK (amount_vnd > 0) NOT VALID",
    "ALTER TABLE payments_operation VALIDATE CONSTRAINT chaos_amount",
)
CONTRACTING = (
    "ALTER TABLE payments_operation DROP CONSTRAINT chaos_amount",
    "DROP INDEX CONCURRENTLY chaos_intent",
    "ALTER TABLE order_order DROP COLUMN chaos_note",
    "ALTER TABLE payments_intent DROP COLUMN chaos_note",
)


def migrate(scenery: Scenery) -> None:
    """Change the busiest tables as an expanding and a contracting migration would, while they are used."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute("SET lock_timeout = '2s'")
        for statements in (EXPANDING, CONTRACTING):
            for statement in statements:
                _repeat(admin, statement)
                scenery.wait(0.5)
            scenery.wait(3.0)


def _repeat(admin: psycopg.Connection, statement: str) -> None:
    """Run ``statement``, again if its lock was not to be had: whoever waits for one makes others wait."""
    for tries_left in reversed(range(20)):
        try:
            admin.execute(statement)  # type: ignore[call-overload]
        except psycopg.errors.LockNotAvailable:
            if not tries_left:
                raise
            time.sleep(0.3)
        else:
            return


@contextmanager
def in_background(trouble: Trouble, scenery: Scenery, *, after_s: float) -> Iterator[Ended]:
    """Have ``trouble`` come ``after_s`` seconds into the block, and wait at its end until it is over."""
    ended = Ended()

    def act() -> None:
        scenery.wait(after_s)
        ended.begun_at = time.monotonic()
        try:
            trouble.act(scenery)
            scenery.house.wait_for_all()
        except NotHere as error:
            ended.not_here = str(error)
        except Exception as error:  # told at the end: a thread must not die unheard
            ended.error = f"{type(error).__name__}: {error}"
        ended.ended_at = time.monotonic()
        ended.is_over = True

    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    try:
        yield ended
    finally:
        thread.join()


ALL = {
    trouble.name: trouble
    for trouble in (
        Trouble("the scheduler is killed", kill_scheduler),
        Trouble("two schedulers at once", run_two_schedulers),
        Trouble("deliveries doubled and mixed", double_deliveries),
        Trouble("migration during traffic", migrate),
        Trouble("slow network to the wallet", slow_the_wallet),
        Trouble("Valkey flushed", flush_valkey),
        Trouble("Valkey gone for 60 s", lose_valkey),
        Trouble("PostgreSQL restarted", restart_postgresql, stops=True),
        Trouble("disk of PostgreSQL full", fill_disk, stops=True),
        Trouble("clock of shop and worker jumps by 2 h", jump_the_clock, stops=True),
        Trouble("fail-over to the replica", fail_over, stops=True),
    )
}
