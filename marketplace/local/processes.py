"""The four processes of `make run` under honcho: their commands, when they are ready, and which one died."""

import os
import re
import shlex
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress

from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer

from marketplace.celery import app as celery_app

from .errors import ProcessDied
from .paths import BASE_DIR, VAR_DIR

READY_TIMEOUT_S = 120
SCHEDULE_FILE = VAR_DIR / "beat-schedule"
STARTED = re.compile(r"([\w-]+) started \(pid=\d+\)")
STOPPED = re.compile(r"([\w-]+) stopped \(rc=(-?\d+)\)")
WALLET_SETTINGS = "payments.simulator.settings"

# The words of a command and what its environment has besides ours.
Command = tuple[list[str], dict[str, str]]
Probe = Callable[[], bool]


class Journal(Printer):
    """Prints what the processes say and remembers what the manager says of them."""

    def __init__(self, *, expected: int, when_all_started: Callable[[], None]) -> None:
        super().__init__(sys.stdout)
        self.first_stopped: tuple[str, int] | None = None
        self.interrupted = False
        self._missing = expected
        self._when_all_started = when_all_started

    def write(self, message: Message) -> None:
        if message.name != SYSTEM_PRINTER_NAME:
            self._print(message)
        elif STARTED.match(message.data):
            self._missing -= 1
            if self._missing == 0:
                self._when_all_started()
        elif stopped := STOPPED.match(message.data):
            self.first_stopped = self.first_stopped or (stopped[1], int(stopped[2]))
        elif "received" in message.data:
            self.interrupted = True
            self._print(message._replace(data="Stopping ...\n"))

    def _print(self, message: Message) -> None:
        # A closed terminal takes no more lines, and the processes still have to be stopped.
        with suppress(OSError):
            super().write(message)


class House:
    """Processes that run together until one of them ends or a signal comes.

    ``when_ready`` is called once every probe has been true.
    """

    def __init__(
        self, commands: Mapping[str, Command], probes: Mapping[str, Probe], *, when_ready: Callable[[], None]
    ) -> None:
        self._probes = probes
        self._when_ready = when_ready
        self._silent: list[str] = []
        self._journal = Journal(expected=len(commands), when_all_started=self._start_watching)
        self._manager = Manager(self._journal)
        for name, (command, environment) in commands.items():
            # exec: the process itself leads its group, no shell stands between it and the signals.
            line = f"exec {shlex.join(command)}"
            self._manager.add_process(name, line, env=os.environ | environment, cwd=str(BASE_DIR))

    def run(self) -> None:
        """Run until SIGINT or SIGTERM, then return; everything started has ended by then.

        Raises ProcessDied if a process ends by itself or does not answer in time.
        """
        # A closed terminal is a Ctrl-C.
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        try:
            self._manager.loop()
        except BaseException:
            self._manager.kill()
            raise
        if self._silent:
            raise ProcessDied(
                f"No answer within {READY_TIMEOUT_S} s from: {', '.join(self._silent)}. "
                "What they said is above."
            )
        if not self._journal.interrupted and self._journal.first_stopped is not None:
            name, status = self._journal.first_stopped
            raise ProcessDied(
                f"The process {name!r} ended {_describe(status)}, so everything was stopped. "
                "What it said is above."
            )

    def _start_watching(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        waiting = dict(self._probes)
        deadline = time.monotonic() + READY_TIMEOUT_S
        while waiting and self._journal.first_stopped is None and not self._journal.interrupted:
            waiting = {name: answers for name, answers in waiting.items() if not answers()}
            if time.monotonic() > deadline:
                self._silent = sorted(waiting)
                os.kill(os.getpid(), signal.SIGTERM)
                return
            time.sleep(0.2)
        if not waiting:
            self._when_ready()


def commands(*, port: int, wallet_port: int) -> dict[str, Command]:
    """Return the command and the environment of each process, by name."""
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "marketplace"]
    # Threads: the tasks wait for PostgreSQL and for HTTP, and one process is ready, and gone, sooner than
    # a pool of them. Processes are for production, where one task may keep a core busy.
    worker = ["worker", "--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle"]
    beat = ["beat", "--schedule", str(SCHEDULE_FILE), "--pidfile", ""]
    unbuffered = {"PYTHONUNBUFFERED": "1"}
    as_root = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}
    return {
        "wallet": (
            # Its callbacks are sent by a thread that lives as long as the server.
            [*_uvicorn("payments.simulator.asgi:application", wallet_port), "--lifespan", "on"],
            unbuffered | {"DJANGO_SETTINGS_MODULE": WALLET_SETTINGS},
        ),
        "shop": ([*_uvicorn("marketplace.asgi:application", port), "--lifespan", "off"], unbuffered),
        "worker": (
            [*celery, *worker, "--loglevel", "warning", "-n", _worker_name(port)],
            unbuffered | as_root,
        ),
        "beat": ([*celery, *beat, "--loglevel", "warning"], unbuffered),
    }


def _uvicorn(application: str, port: int) -> list[str]:
    server = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "--no-access-log"]
    # An open websocket must not keep a Ctrl-C waiting.
    return [sys.executable, "-m", "uvicorn", application, *server, "--timeout-graceful-shutdown", "3"]


def probes(*, port: int, wallet_port: int) -> dict[str, Probe]:
    """Return for each process a question that is answered with yes once it does its work."""
    for left in VAR_DIR.glob(f"{SCHEDULE_FILE.name}*"):
        left.unlink()
    return {
        "wallet": lambda: _answers(f"http://127.0.0.1:{wallet_port}/sim/health"),
        "shop": lambda: _answers(f"http://127.0.0.1:{port}/readyz"),
        "worker": lambda: answers_ping(_worker_name(port)),
        "beat": lambda: any(VAR_DIR.glob(f"{SCHEDULE_FILE.name}*")),
    }


def answers_ping(worker: str) -> bool:
    """Return whether the worker of this name is at work."""
    return bool(celery_app.control.ping(destination=[worker], timeout=0.5))


def _worker_name(port: int) -> str:
    return f"local-{port}@localhost"


def _answers(url: str) -> bool:
    try:
        # The page may be slow the first time: everything is imported then.
        with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310  (an address made above)
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _describe(status: int) -> str:
    if status < 0:
        return f"by signal {signal.Signals(-status).name}"
    return f"with exit code {status}"
