"""`make chaos`: kill -9 of every process in the middle of 200 payments, then one trouble after the other.

`make chaos ARGS="--seed 7 --payments 50"` for another run, and for one trouble alone
`ARGS="--payments 0 --troubles 'Valkey flushed'"`. Everything runs on a PostgreSQL and a Valkey of its own,
that are removed at the end. Prints what is done and when, then what held; writes it to var/chaos.json and
exits with 1 if something did not hold.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

import django

from marketplace.cluster.postgres import Server
from marketplace.cluster.valkey import Valkey
from marketplace.local import services, translations
from marketplace.local.paths import VAR_DIR
from marketplace.local.postgres import SUPERUSER
from tests.chaos.slow_link import SlowLink
from tests.chaos.troubles import ALL, Trouble
from tests.wallet_operator import free_port

SHOP_DATABASE, WALLET_DATABASE = "chaos_shop", "chaos_wallet"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="printed if left out")
    parser.add_argument("--payments", type=int, default=200)
    parser.add_argument("--kills", type=int, default=6, help="how often each process is killed")
    parser.add_argument("--buyers", type=int, default=8, help="how many pay at once")
    parser.add_argument("--limit", type=float, default=540, help="seconds until nobody waits any longer")
    parser.add_argument("--patience", type=float, default=180, help="seconds for what is unknown to settle")
    parser.add_argument("--quick", action="store_true", help="nobody sends an Idempotency-Key that waits")
    parser.add_argument("--write", type=Path, default=VAR_DIR / "chaos.json")
    parser.add_argument("--troubles", default="all", help="all, none, or their names with | between them")
    parser.add_argument(
        "--each", type=int, default=24, help="payments that each trouble comes into, at least"
    )
    wanted = parser.parse_args(arguments)
    wanted.troubles = _troubles(parser, wanted.troubles)

    begun = time.monotonic()
    for ending in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(ending, _interrupt)  # so that nothing is left running
    services.ensure_environment()
    translations.compile_catalogues()
    shared = os.environ["DATABASE_URL"]
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    folder.chmod(0o711)
    server, replica = Server(folder / "one"), Server(folder / "two")
    # What takes writes is reached by this name, whichever server it is.
    name = folder / "now"
    name.symlink_to(server.folder)
    valkey = Valkey(folder / "valkey")
    shop, wallet = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    try:
        server.create()
        server.start()
        valkey.start()
        with SlowLink(to=int(wallet.rpartition(":")[2])) as link:
            _set_environment(name, valkey, shop=shop, wallet=link.url)
            django.setup()
            # These need the settings.
            from tests.chaos.run import Place, run

            place = Place(
                server, replica, name, valkey, link, shop, wallet, WALLET_DATABASE, template_server=shared
            )
            results = run(place, wanted, begun=begun)
    finally:
        for each in (valkey, server, replica):
            each.close()
        shutil.rmtree(folder, ignore_errors=True)
    for result in results:
        print(f"{'holds ' if result.holds else 'BROKEN'} {result.fault}: {result.detail}")
    wanted.write.parent.mkdir(exist_ok=True)
    wanted.write.write_text(json.dumps([dataclasses.asdict(one) for one in results], indent=2) + "\n")
    print(f"Seed {wanted.seed}. Written to {wanted.write}.")
    return 0 if all(result.holds for result in results) else 1


def _troubles(parser: argparse.ArgumentParser, words: str) -> list[Trouble]:
    names = {"all": list(ALL), "none": []}.get(words, words.split("|"))
    if unknown := [name for name in names if name not in ALL]:
        parser.error(f"there is no trouble named {unknown[0]!r}; there are: {' | '.join(ALL)}")
    return [ALL[name] for name in names]


def _set_environment(name: Path, valkey: Valkey, *, shop: str, wallet: str) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "DATABASE_URL": f"postgres://{SUPERUSER}@/{SHOP_DATABASE}?host={name}",
        "WALLET_DATABASE_URL": f"postgres://{SUPERUSER}@/{WALLET_DATABASE}?host={name}",
        "REDIS_URL": valkey.url,
        "CACHE_PREFIX": f"chaos-{os.getpid()}",
        "PUBLIC_BASE_URL": shop,
        "WALLET_BASE_URL": wallet,
        # Without DEBUG, where Django writes down and keeps every query.
        "SIMULATOR_DEBUG": "0",
        "SIMULATOR_ALLOWED": "1",
        "SECRET_KEY": "only-for-killing",
        "ALLOWED_HOSTS": "127.0.0.1",
    }


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
