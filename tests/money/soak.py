"""Thousands of checkouts with faults by seed, and at the end who has every đồng.

    python -m tests.money.soak --checkouts 10000 --seed 1

Runs in databases of its own, removed at the end, and stops by itself. Ends with 1 if anything differs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import django
import psycopg
from psycopg import sql
from tqdm import tqdm

CHUNK = 100
WORKER = "SOAK_WORKER"  # in the environment of the processes this one starts


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.money.soak", description=__doc__)
    parser.add_argument("--checkouts", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="processes, each a market of its own")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.test")
    django.setup()
    if os.environ.get(WORKER):
        return _work(options.checkouts, options.seed)
    started = monotonic()
    shares = [
        options.checkouts // options.workers + (place < options.checkouts % options.workers)
        for place in range(options.workers)
    ]
    results: list[dict[str, int]] = []
    with tqdm(total=options.checkouts, unit="checkout", file=sys.stderr) as bar:
        threads = [
            threading.Thread(target=_run_worker, args=(share, options.seed + place, bar, results))
            for place, share in enumerate(shares)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if len(results) < options.workers:
        _say(f"Seed {options.seed}: a market was not as foreseen; see above.")
        return 1
    total: Counter[str] = Counter()
    for result in results:
        total.update(result)
    _print(total, seed=options.seed, workers=options.workers, seconds=monotonic() - started)
    return 0


def _run_worker(checkouts: int, seed: int, bar: tqdm, results: list[dict[str, int]]) -> None:
    """Run one market in a process and a database of its own; what it says moves the bar."""
    with _database(f"soak_{os.getpid()}_{seed}") as url:
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.money.soak", f"--checkouts={checkouts}", f"--seed={seed}"],
            env=os.environ | {"DATABASE_URL": url, WORKER: "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdout is not None
        for line in worker.stdout:
            if line.startswith("{"):
                results.append(json.loads(line))
            elif line.strip().isdigit():
                bar.update(int(line))
        worker.wait()


@contextmanager
def _database(name: str) -> Iterator[str]:
    """Make a migrated database and remove it at the end."""
    from tests.database import migrated_template

    server = urlsplit(os.environ["DATABASE_URL"])
    own, template = sql.Identifier(name), sql.Identifier(migrated_template())
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as admin:
        _drop_those_of_the_dead(admin)
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(own, template))
        try:
            yield server._replace(path=f"/{name}").geturl()
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(own))


def _drop_those_of_the_dead(admin: psycopg.Connection) -> None:
    """Remove what runs that were killed have left."""
    rows = admin.execute(r"SELECT datname FROM pg_database WHERE datname ~ '^soak_\d+_\d+$'").fetchall()
    for (name,) in rows:
        if not Path(f"/proc/{name.split('_')[1]}").exists():
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _work(checkouts: int, seed: int) -> int:
    """Run one market, saying on stdout how many checkouts were made, and at the end what came of it."""
    import logging

    from tests import own_cache
    from tests.money.life import Life
    from tests.money.world import clock_of, market_settings

    logging.disable(logging.CRITICAL)  # faults are what this is about
    try:
        with market_settings():
            life = Life(seed=seed, scale=checkouts)
            with clock_of(life.market):
                for first in range(0, checkouts, CHUNK):
                    number = min(CHUNK, checkouts - first)
                    life.live(number)
                    _say(number)
                _say(json.dumps(life.end()))
    finally:
        own_cache.empty()
    return 0


def _say(words: object) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _print(total: Counter[str], *, seed: int, workers: int, seconds: float) -> None:
    _say(f"Seed {seed}, {workers} markets, {seconds:.0f} s")
    for name in COUNTS:
        _say(f"{name:<44}{total[name]:>16,}")
    _say(f"{'Came from buyers, VND':<44}{total['came']:>16,}")
    for name in OWNERS:
        _say(f"  {name:<42}{total[name]:>16,}")
    with_somebody = sum(total[name] for name in OWNERS)
    _say(f"  {'with nobody':<42}{total['came'] - with_somebody:>16,}")
    _say(f"{'Orders paid without goods or booking':<44}{total['paid without goods']:>16,}")
    _say(f"{'Accounts that differ from the model':<44}{total['accounts that differ']:>16,}")
    _say(f"{'Differences from the operators statements':<44}{total['open differences']:>16,}")
    _say(f"{'Parts counted otherwise than booked':<44}{total['parts counted otherwise']:>16,}")


COUNTS = (
    "checkouts", "sold out", "orders paid", "orders cancelled", "orders refunded", "payments asked for",
    "payments that came late or twice", "refunds", "refused refunds made good", "disputes", "payouts",
    "payouts that came back", "requests that failed by seed", "statements compared",
)  # fmt: skip
OWNERS = (
    "back with the buyers", "in escrow", "in the sellers' wallets", "paid to sellers by hand",
    "to be paid to sellers", "owed by sellers", "the carrier's", "tax withheld", "commission",
)  # fmt: skip

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
