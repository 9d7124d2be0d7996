"""What must be true of the machine before anything is started, each told in one line when it is not."""

import os
import shutil
import socket
import sys

import environ
import psycopg
import redis

from .errors import DatabaseUnreachable, DiskFull, LocalError, PortTaken
from .paths import VAR_DIR

PYTHON_MIN = (3, 11)
FREE_BYTES_MIN = 500_000_000
CONNECT_TIMEOUT_S = 5


def check_python() -> None:
    """Raise LocalError if this Python is too old."""
    if sys.version_info < PYTHON_MIN:
        found = ".".join(map(str, sys.version_info[:3]))
        raise LocalError(
            f"Python 3.11 or newer is needed, this is {found}: make run PYTHON=/path/to/python3.12"
        )


def check_disk() -> None:
    """Raise DiskFull if less than 500 MB are free where the data goes."""
    VAR_DIR.mkdir(exist_ok=True)
    free = shutil.disk_usage(VAR_DIR).free
    if free < FREE_BYTES_MIN:
        raise DiskFull(
            f"Only {free // 1_000_000} MB are free below {VAR_DIR}, {FREE_BYTES_MIN // 1_000_000} MB "
            "are needed: free some space and start again."
        )


def read_ports() -> tuple[int, int]:
    """Return PORT and WALLET_PORT, both free on the loopback.

    Raises LocalError if one is not a port number or both are the same, PortTaken if one is in use.
    """
    port, wallet_port = _read_port("PORT", 8000), _read_port("WALLET_PORT", 8100)
    if port == wallet_port:
        raise LocalError(
            f"PORT and WALLET_PORT are both {port}: the wallet operator needs a port of its own."
        )
    for name, number in (("PORT", port), ("WALLET_PORT", wallet_port)):
        _check_port_is_free(name, number, avoid={port, wallet_port})
    return port, wallet_port


def check_services() -> None:
    """Raise DatabaseUnreachable if a service that the environment names does not answer."""
    for name in ("DATABASE_URL", "WALLET_DATABASE_URL"):
        _check_database(name)
    try:
        with redis.Redis.from_url(
            os.environ["REDIS_URL"], socket_connect_timeout=CONNECT_TIMEOUT_S
        ) as client:
            client.ping()
    except (redis.exceptions.RedisError, ValueError) as error:
        raise DatabaseUnreachable(
            f"REDIS_URL does not answer ({_one_line(error)}): start that server, or unset REDIS_URL to use "
            "the embedded one."
        ) from error


def _read_port(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise LocalError(f"{name}={text!r} is not a port number: choose one from 1024 to 65535.")
    return int(text)


def _check_port_is_free(name: str, number: int, *, avoid: set[int]) -> None:
    try:
        _bind(number)
    except PermissionError as error:
        raise PortTaken(
            f"Port {number} is for administrators only. Choose another: {name}=8001 make run"
        ) from error
    except OSError as error:
        other = _next_free_port(number, avoid)
        raise PortTaken(
            f"Port {number} is taken by another program. Stop it or choose another port: "
            f"{name}={other} make run"
        ) from error


def _next_free_port(number: int, avoid: set[int]) -> int:
    for candidate in range(number + 1, 65536):
        if candidate not in avoid:
            try:
                _bind(candidate)
            except OSError:
                continue
            return candidate
    return 0


def _bind(number: int) -> None:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", number))


def _check_database(name: str) -> None:
    database = environ.Env.db_url_config(os.environ[name])
    parameters = {
        "dbname": database["NAME"],
        "user": database.get("USER"),
        "password": database.get("PASSWORD"),
        "host": database.get("HOST"),
        "port": database.get("PORT"),
    } | database.get("OPTIONS", {})
    given = {key: value for key, value in parameters.items() if value}
    try:
        psycopg.connect(**{"connect_timeout": CONNECT_TIMEOUT_S, **given}).close()
    except psycopg.Error as error:
        raise DatabaseUnreachable(
            f"{name} does not answer ({_one_line(error)}): start that server and create the database, or "
            f"unset {name} to use the embedded one."
        ) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
