"""`make chaos`: kill -9 of shop, worker, wallet operator and PostgreSQL in the middle of 200 payments.

`make chaos ARGS="--seed 7 --payments 50"` for another run. Everything runs on a PostgreSQL of its own, that
is removed at the end. Prints what is killed and when, then what held; writes it to var/chaos.json and exits
with 1 if something did not hold.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import secrets
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
from marketplace.local import services, translations
from marketplace.local.paths import VAR_DIR
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
    wanted = parser.parse_args(arguments)

    begun = time.monotonic()
    for ending in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(ending, _interrupt)  # so that nothing is left running
    services.ensure_environment()
    translations.compile_catalogues()
    shared = os.environ["DATABASE_URL"]
    server = Server(Path(tempfile.mkdtemp(prefix="chaos-")))
    try:
        server.create()
        server.start()
        shop, wallet = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
            "DATABASE_URL": server.url(SHOP_DATABASE),
            "WALLET_DATABASE_URL": server.url(WALLET_DATABASE),
            "CACHE_PREFIX": f"chaos-{os.getpid()}",
            "PUBLIC_BASE_URL": shop,
            "WALLET_BASE_URL": wallet,
            # Without DEBUG, where Django writes down and keeps every query.
            "SIMULATOR_DEBUG": "0",
            "SIMULATOR_ALLOWED": "1",
            "SECRET_KEY": "only-for-killing",
            "ALLOWED_HOSTS": "127.0.0.1",
        }
        django.setup()
        # These need the settings.
        from tests.chaos.run import Place, run

        place = Place(server, shop, wallet, WALLET_DATABASE, template_server=shared)
        results = run(place, wanted, begun=begun)
    finally:
        server.close()
    for result in results:
        print(f"{'holds ' if result.holds else 'BROKEN'} {result.fault}: {result.detail}")
    wanted.write.parent.mkdir(exist_ok=True)
    wanted.write.write_text(json.dumps([dataclasses.asdict(one) for one in results], indent=2) + "\n")
    print(f"Seed {wanted.seed}. Written to {wanted.write}.")
    return 0 if all(result.holds for result in results) else 1


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
