"""A PostgreSQL of this run alone, so that it can be killed: in a temporary folder, removed at the end."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from marketplace.local import postgres
from tests.wallet_operator import wait_until

# Everything else as PostgreSQL has it by itself: what was committed is on the disk.
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 100
shared_buffers = 64MB
log_min_messages = fatal
"""
START_TIMEOUT_S = 60.0


class Server:
    """``start`` it, ``kill`` it as the power would, ``start`` it again: it recovers from its log."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="chaos-"))
        self._data = self._folder / "data"
        self._user = postgres._run_as() if os.geteuid() == 0 else None
        self._log = self._folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self._data.mkdir()
        self._log.touch()
        if self._user is not None:
            postgres._let_through(postgres.BIN_DIR)
            for path in (self._folder, self._data, self._log):
                postgres._give(path, self._user)
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        with self._log.open("ab") as log:
            initdb = self._begin(
                *("initdb", "-D", str(self._data), "-U", postgres.SUPERUSER, "--auth=trust"),
                *("--encoding=UTF8", "--no-sync", *locale),
                output=log,
            )
        assert initdb.wait(timeout=START_TIMEOUT_S) == 0, self._log.read_text()
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS.format(folder=self._folder))

    def url(self, database: str) -> str:
        host = quote(str(self._folder), safe="/")
        return f"postgres://{postgres.SUPERUSER}@/{database}?host={host}"

    def start(self) -> None:
        """Start the server, and wait until it has recovered and answers."""
        # Its pid may be some other process's by now.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = self._begin("postgres", "-D", str(self._data), output=log)
        wait_until(self.answers, "PostgreSQL answers", timeout_s=START_TIMEOUT_S, told_by=self._log.read_text)

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=5) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """End the server and every process of it at once, with SIGKILL."""
        assert self._process is not None
        main = psutil.Process(self._process.pid)
        main.suspend()  # so that it starts no more of them meanwhile
        children = main.children(recursive=True)
        for process in (main, *children):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait(timeout=20)
        psutil.wait_procs(children, timeout=20)
        self._process = None

    def kill_one(self, chance: random.Random) -> str:
        """Kill one process that serves somebody; the server throws all the others out, and recovers."""
        assert self._process is not None
        found = {}
        for child in psutil.Process(self._process.pid).children():
            with suppress(psutil.NoSuchProcess, IndexError):
                found[child.pid] = (child, child.cmdline()[0])
        serving = [pair for _, pair in sorted(found.items()) if "[local]" in pair[1]]
        if not serving:
            return "nobody was served"
        process, title = chance.choice(serving)
        with suppress(psutil.NoSuchProcess):
            process.kill()
        return title

    def create(self, database: str, *, like: str = "") -> None:
        """Create a database, as a copy of that at the URL ``like`` if given."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        if like:
            dump = [postgres.BIN_DIR / "pg_dump", "--no-owner", "--dbname", like]
            fill = [postgres.BIN_DIR / "psql", "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"]
            with subprocess.Popen(dump, stdout=subprocess.PIPE) as source:
                subprocess.run(
                    [*fill, "--dbname", self.url(database)],
                    check=True,
                    stdin=source.stdout,
                    stdout=subprocess.DEVNULL,
                )
            assert source.returncode == 0, f"pg_dump of {like} failed"

    def close(self) -> None:
        """Stop the server and remove its data."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _begin(self, command: str, *arguments: str, output: object) -> subprocess.Popen[bytes]:
        group = None if self._user is None else pwd.getpwnam(self._user).pw_gid
        return subprocess.Popen(
            [postgres.BIN_DIR / command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,  # type: ignore[arg-type]
            stderr=subprocess.STDOUT,
            cwd="/",
            user=self._user,
            group=group,
            extra_groups=None if self._user is None else [],
            # A Ctrl-C in the terminal is for the run, which then ends it.
            start_new_session=True,
        )
