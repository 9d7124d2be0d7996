"""`make cluster`: the topology of a deployment on this machine, with demo data, until Ctrl-C.

`make cluster ARGS=test` runs the browser tests against it instead. Data lives in a temporary folder and is
gone afterwards. Needs nginx and pgbouncer (Debian: apt-get install nginx-light pgbouncer).
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import NoReturn

from marketplace.local import assets, checks, services, translations
from marketplace.local.__main__ import demonstrate
from marketplace.local.errors import LocalError
from marketplace.local.paths import BASE_DIR

from . import front
from .topology import Databases, commands, readiness


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__.split("\n", 1)[0])
    parser.add_argument("what", nargs="?", choices=["run", "test"], default="run")
    parser.add_argument("tests", nargs="*", default=["tests/e2e"], help="which of them, for `test`")
    wanted = parser.parse_args(arguments)
    for ending in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(ending, _interrupt)  # so that nothing is left running
    try:
        for program, package in (("nginx", "nginx-light"), ("pgbouncer", "pgbouncer")):
            front.find(program, package)
        checks.check_python()
        checks.check_disk()
        port, wallet_port = checks.read_ports()
        with Databases() as databases:
            for name in (services.SHOP_DATABASE, services.WALLET_DATABASE):
                databases.primary.create_database(name)
            os.environ["DATABASE_URL"] = databases.primary.url(services.SHOP_DATABASE)
            os.environ["WALLET_DATABASE_URL"] = databases.primary.url(services.WALLET_DATABASE)
            services.ensure_environment()
            translations.compile_catalogues()
            assets.prepare()
            if wanted.what == "test":
                return _test(databases, wanted.tests)
            _run(databases, port, wallet_port)
    except LocalError as error:
        print(f"make cluster: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    print("Stopped.", file=sys.stderr, flush=True)
    return 0


def _run(databases: Databases, port: int, wallet_port: int) -> None:
    started_at = time.monotonic()
    house = commands(databases.folder, database=services.SHOP_DATABASE, port=port, wallet_port=wallet_port)
    probes = readiness(house, port=port, wallet_port=wallet_port)
    demonstrate(house, probes, port=port, wallet_port=wallet_port, started_at=started_at)


def _test(databases: Databases, tests: list[str]) -> int:
    """Run the browser tests on a cluster of their own data, and return pytest's exit code."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *tests],
        check=False,
        cwd=BASE_DIR,
        env=os.environ | {"CLUSTER": str(databases.folder)},
    ).returncode


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
