"""Shop, worker, scheduler, wallet operator and PostgreSQL: real processes that are killed and come back."""

from __future__ import annotations

import os
import random
import subprocess
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx
import psutil

from marketplace.celery import app as celery_app
from marketplace.cluster.postgres import Server
from marketplace.local import processes
from tests.chaos.plan import ONE_OF_POSTGRESQL, POSTGRESQL, Kill
from tests.wallet_operator import BASE_DIR, wait_until

COMMANDS = ("wallet", "shop", "worker", "beat")
# A machine that is busy with other things takes its time to start Django.
START_TIMEOUT_S = 120.0


class House:
    """Ends its processes as a plan says, and starts again whatever has ended, as a service manager would."""

    def __init__(self, server: Server, *, shop: str, wallet: str) -> None:
        self.server = server
        self.killed: Counter[str] = Counter()
        self.slowest_s: dict[str, float] = defaultdict(float)
        self.ended_by_themselves: list[str] = []
        self.started_in_vain = 0  # such as the operator, which opens its books before anything else
        self.not_back: dict[str, list[str]] = defaultdict(list)
        port, wallet_port = (int(urlsplit(url).port or 0) for url in (shop, wallet))
        self._commands = processes.commands(port=port, wallet_port=wallet_port)
        self._probes = {"wallet": f"{wallet}/sim/health", "shop": f"{shop}/readyz"}
        self._http = httpx.Client(timeout=30, trust_env=False)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._changed: dict[str, dict[str, str]] = defaultdict(dict)
        self._at_work: set[str] = set()
        self._locks = {name: threading.Lock() for name in (*COMMANDS, POSTGRESQL)}
        self._folder = tempfile.TemporaryDirectory(prefix="chaos-logs-")
        self._closing = threading.Event()
        self._keeper = threading.Thread(target=self._keep_running, daemon=True)

    def __enter__(self) -> Self:
        for name in COMMANDS:
            self._start(name)
        for name in COMMANDS:
            self.wait_for(name)
        self._keeper.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._keeper.is_alive():
            self._keeper.join()
        for lock in self._locks.values():  # whoever starts something is waited for
            lock.acquire(timeout=START_TIMEOUT_S)
        for process in self._running.values():
            process.kill()
            process.wait(timeout=20)
        self._http.close()
        self._folder.cleanup()

    def carry_out(self, kill: Kill) -> None:
        """Kill what ``kill`` says, keep it down as long as it says, and see that it comes back."""
        name = POSTGRESQL if kill.victim == ONE_OF_POSTGRESQL else kill.victim
        with self._locks[name]:
            if self._closing.wait(kill.after_s):
                return
            if kill.victim == ONE_OF_POSTGRESQL:
                self.server.kill_one(random.Random(kill.after_s))
            elif kill.victim == POSTGRESQL:
                self.server.kill()
            else:
                self._end(name)
            self.killed[kill.victim] += 1
            begun = time.monotonic()
            if kill.victim != ONE_OF_POSTGRESQL:
                self._closing.wait(kill.down_s)
                self._start(name)
            try:
                self.wait_for(name)
            except AssertionError as error:
                self.not_back[kill.victim].append(f"{kill}: {error}")
            self.slowest_s[kill.victim] = max(self.slowest_s[kill.victim], time.monotonic() - begun)

    # --- troubles ----------------------------------------------------------------------------------------

    def lock_of(self, name: str) -> threading.Lock:
        """Return the lock of a process: whoever has it may end and start it."""
        return self._locks[name]

    def wait(self, seconds: float) -> None:
        self._closing.wait(seconds)

    def take_down(
        self, name: str, *, for_s: float, politely: bool = False, then_with: dict[str, str] | None = None
    ) -> None:
        """Kill a process (or PostgreSQL, which may be asked instead), and start it again ``for_s`` later.

        ``then_with`` is what its environment has from then on; without it, what it always has.
        """
        with self._locks[name]:
            if name != POSTGRESQL:
                self._end(name)
            elif politely:
                self.server.stop()
            else:
                self.server.kill()
            self.wait(for_s)
            self._changed[name] = then_with or {}
            self._start(name)
            self.wait_for(name)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Let a process stand still inside the block."""
        with self._locks[name]:
            process = psutil.Process(self._running[name].pid)
            process.suspend()
            try:
                yield
            finally:
                process.resume()

    @contextmanager
    def another(self, name: str) -> Iterator[None]:
        """Let a second process of the kind work inside the block."""
        second = self._popen(name, suffix="-second")
        try:
            yield
        finally:
            second.kill()
            second.wait(timeout=20)

    def wait_for(self, name: str) -> None:
        """Wait until a process does its work. Raises AssertionError with its last words if it never does."""

        def answers() -> bool:
            self._start_if_ended(name)
            return self._closing.is_set() or self._answers(name)

        wait_until(answers, f"{name} works", timeout_s=START_TIMEOUT_S, told_by=lambda: self.log(name))
        self._at_work.add(name)

    def wait_for_all(self) -> None:
        for name in (POSTGRESQL, *COMMANDS):
            with self._locks[name]:
                self.wait_for(name)

    def show_logs(self) -> None:
        for name in COMMANDS:
            print(f"--- last words of {name}\n{self.log(name)}", flush=True)

    def log(self, name: str) -> str:
        """Return the last words of a process, of all that it was."""
        if name == POSTGRESQL:
            return ""
        with open(self._log_of(name), encoding="utf-8", errors="replace") as log:
            return log.read()[-6_000:]

    def _log_of(self, name: str) -> str:
        return os.path.join(self._folder.name, f"{name}.log")

    def _start(self, name: str) -> None:
        if self._closing.is_set():
            return
        self._at_work.discard(name)
        if name == POSTGRESQL:
            self.server.start()
            return
        self._running[name] = self._popen(name)

    def _popen(self, name: str, *, suffix: str = "") -> subprocess.Popen[bytes]:
        command, extra = self._commands[name]
        if name == "beat":  # a schedule of its own, so that a `make run` beside this keeps its
            command = [*command]
            command[command.index("--schedule") + 1] = os.path.join(self._folder.name, f"schedule{suffix}")
        with open(self._log_of(name), "ab") as log:
            return subprocess.Popen(
                command,
                cwd=BASE_DIR,
                env=os.environ | extra | self._changed[name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _end(self, name: str) -> None:
        process = self._running[name]
        process.kill()
        process.wait(timeout=20)

    def _answers(self, name: str) -> bool:
        if name == POSTGRESQL:
            return self.server.answers()
        if name in self._probes:
            try:
                return self._http.get(self._probes[name]).status_code == 200
            except httpx.HTTPError:
                return False
        if name == "worker":
            command, _ = self._commands["worker"]
            me = command[command.index("-n") + 1]
            return bool(celery_app.control.ping(destination=[me], timeout=1.0))
        return self._running[name].poll() is None

    def _start_if_ended(self, name: str) -> None:
        if name == POSTGRESQL or (status := self._running[name].poll()) is None:
            return
        if name in self._at_work:
            self.ended_by_themselves.append(f"{name} with {status}: {self.log(name)[-600:]}")
        else:
            self.started_in_vain += 1
        self._start(name)

    def _keep_running(self) -> None:
        """Start again what has ended by itself, such as for want of a database."""
        while not self._closing.wait(0.5):
            for name in COMMANDS:
                if self._locks[name].acquire(blocking=False):
                    try:
                        self._start_if_ended(name)
                    finally:
                        self._locks[name].release()
