"""PostgreSQL and Valkey for one checkout, when the environment names none.

`ensure_environment()` is called by manage.py, by the tests and by `make run`. The servers are shared by
all processes of the checkout: each user holds a shared lock on ``var/services.users`` that the kernel
drops however the process ends, and whoever leaves last stops the servers. `services up` keeps them
until `services down`.
"""

import argparse
import atexit
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import environ

from . import postgres, valkey
from .errors import LocalError
from .paths import BASE_DIR, VAR_DIR

SHOP_DATABASE = "muongthen"
WALLET_DATABASE = "wallet"
# Exists between `services up` and `services down`.
KEEP_FILE = VAR_DIR / "services.keep"

_held: dict[int, IO[str]] = {}


def ensure_environment() -> None:
    """Set DATABASE_URL, WALLET_DATABASE_URL and REDIS_URL where they are absent, starting what they name.

    Also sets what a file ``.env`` has and the environment has not.
    Whatever is started here stops when the last process of this checkout that called this has ended.
    May be called again. Raises LocalError, with one line for a person, if a server does not start.
    """
    if (BASE_DIR / ".env").exists():
        environ.Env.read_env(BASE_DIR / ".env")
    databases = {"DATABASE_URL": SHOP_DATABASE, "WALLET_DATABASE_URL": WALLET_DATABASE}
    wanted = {name: database for name, database in databases.items() if not os.environ.get(name)}
    wants_valkey = not os.environ.get("REDIS_URL")
    if not wanted and not wants_valkey:
        return
    with _lock():
        _join()
        if wanted:
            postgres.start()
            for name, database in wanted.items():
                postgres.create_database(database)
                os.environ[name] = postgres.url(database)
        if wants_valkey:
            valkey.start()
            os.environ["REDIS_URL"] = valkey.url()


def up() -> None:
    """Start both servers and keep them running until `down`."""
    with _lock():
        KEEP_FILE.touch()
        postgres.start()
        valkey.start()


def down() -> None:
    """Stop both servers, whoever uses them; does nothing to one that is not running."""
    with _lock():
        KEEP_FILE.unlink(missing_ok=True)
        _stop()


@contextmanager
def _lock() -> Iterator[None]:
    """Let one process of this checkout at a time start or stop servers."""
    VAR_DIR.mkdir(exist_ok=True)
    with (VAR_DIR / "services.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _join() -> None:
    """Be counted as a user of the servers until this process ends."""
    if os.getpid() in _held:
        return
    users = (VAR_DIR / "services.users").open("w")
    fcntl.flock(users, fcntl.LOCK_SH)
    _held[os.getpid()] = users
    atexit.register(_leave)


def _leave() -> None:
    """Stop being a user, and stop the servers if nobody else is one."""
    users = _held.pop(os.getpid(), None)
    if users is None:  # a fork of a user
        return
    with _lock(), users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if not KEEP_FILE.exists():
            _stop()


def _stop() -> None:
    valkey.stop()
    postgres.stop()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m marketplace.local.services", description="The embedded PostgreSQL and Valkey."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start both and keep them running")
    commands.add_parser("down", help="stop both")
    url = commands.add_parser("url", help="like up; create a database if it is missing and print its URL")
    url.add_argument("name", metavar="NAME")
    commands.add_parser("redis", help="like up; print Valkey's URL")
    options = parser.parse_args(arguments)
    try:
        if options.command == "down":
            down()
            return 0
        up()
        if options.command == "url":
            postgres.create_database(options.name)
            print(postgres.url(options.name))
        elif options.command == "redis":
            print(valkey.url())
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
