"""PostgreSQL servers that can be primaries, replicas, killed and restored, each in a folder of its own.

For `make cluster`, the fault suite and the drills of backup and restore. They listen on a unix socket only.
The one server of a checkout is marketplace.local.postgres.
"""

from __future__ import annotations

import os
import pwd
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from marketplace.local import postgres
from marketplace.local.errors import ServerDidNotStart

START_TIMEOUT_S = 60.0
# Everything else as PostgreSQL has it by itself: what was committed is on the disk.
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{sockets}'
max_connections = 100
shared_buffers = 64MB
log_min_messages = fatal
wal_level = replica
max_wal_senders = 5
hot_standby = on
"""
# A file of the log is sent on when it is full, and each minute: no more than that is lost with the disk.
ARCHIVING = """
archive_mode = on
archive_timeout = 60
archive_command = 'gzip < %p > {archive}/%f.new && mv {archive}/%f.new {archive}/%f.gz'
"""


class Server:
    """``create`` it or let it ``follow`` another, ``start`` it, ``kill`` it as the power would.

    ``folder`` is where it lives; its path must be short, for its socket is in it (about 90 characters).
    ``archive`` is a directory that gets every finished file of its write-ahead log.
    """

    def __init__(self, folder: Path, *, archive: Path | None = None) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._archive = archive
        self._log = folder / "log"
        self._user = postgres.run_as() if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None

    # --- what it is made of ----------------------------------------------------------------------------

    def create(self) -> None:
        """Make an empty primary."""
        self.furnish()
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        words = ("-U", postgres.SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-sync", *locale)
        self.run("initdb", "-D", str(self.data), *words)
        self.configure()

    def follow(self, primary: Server, *, slot: str = "replica") -> None:
        """Make a copy of a running ``primary`` that follows it, by a slot that keeps what it has not had."""
        self.furnish()
        with psycopg.connect(primary.url("postgres"), autocommit=True) as admin:
            if (
                admin.execute("SELECT 1 FROM pg_replication_slots WHERE slot_name = %s", [slot]).fetchone()
                is None
            ):
                admin.execute("SELECT pg_create_physical_replication_slot(%s)", [slot])
        self.copy(primary, "--write-recovery-conf", "--slot", slot)
        self.configure()

    def copy(self, primary: Server, *options: str) -> None:
        """Copy the data of a running ``primary`` to here, which has none."""
        self.furnish()
        where = f"host={primary.folder} user={postgres.SUPERUSER}"
        self.run(
            *("pg_basebackup", "--pgdata", str(self.data), "--dbname", where),
            *("--wal-method", "stream", "--checkpoint", "fast", "--no-sync", *options),
        )

    def configure(self, more: str = "") -> None:
        """Write its settings; ``more`` are further lines, such as where to restore from."""
        archiving = ARCHIVING.format(archive=self._archive) if self._archive else "archive_mode = off\n"
        kept = self.data / "cluster.conf"
        kept.write_text(SETTINGS.format(sockets=self.folder) + archiving + more)
        main = self.data / "postgresql.conf"
        if "cluster.conf" not in main.read_text():
            with main.open("a") as settings:
                settings.write("\ninclude 'cluster.conf'\n")
        for path in (kept, main):
            self._give(path)

    def url(self, database: str) -> str:
        return f"postgres://{postgres.SUPERUSER}@/{database}?host={quote(str(self.folder), safe='/')}"

    def create_database(self, name: str, *, like: str = "") -> None:
        """Create a database, as a copy of that at the URL ``like`` if given."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        if like:
            dump = [str(postgres.BIN_DIR / "pg_dump"), "--no-owner", "--dbname", like]
            fill = [str(postgres.BIN_DIR / "psql"), "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"]
            with subprocess.Popen(dump, stdout=subprocess.PIPE) as source:
                subprocess.run(
                    [*fill, "--dbname", self.url(name)],
                    check=True,
                    stdin=source.stdout,
                    stdout=subprocess.DEVNULL,
                )
            assert source.returncode == 0, f"pg_dump of {like} failed"

    # --- its life --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the server, and wait until it has recovered and answers. Raises ServerDidNotStart."""
        # Its pid may be some other process's by now.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = self._begin("postgres", "-D", str(self.data), output=log)
        self._wait(self.answers, "does not answer")

    def answers(self) -> bool:
        return self.asks("SELECT true")

    def asks(self, question: str) -> bool:
        """Return whether the server answers, and answers ``question`` with true."""
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=5) as connection:
                row = connection.execute(question).fetchone()
        except psycopg.OperationalError:
            return False
        return bool(row and row[0])

    def do(self, database: str, statement: str) -> None:
        """Run one statement in ``database`` of the running server, in a transaction of its own."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def promote(self) -> None:
        """Make a replica a primary, and wait until it takes writes."""
        self.run("pg_ctl", "promote", "-D", str(self.data), "-w", "-t", str(int(START_TIMEOUT_S)))

    def caught_up_with(self, primary: Server) -> bool:
        """Return whether this replica has replayed all that ``primary`` has written until now."""
        with psycopg.connect(primary.url("postgres")) as connection:
            row = connection.execute("SELECT pg_current_wal_flush_lsn()::text").fetchone()
        assert row is not None
        return self.asks(f"SELECT pg_last_wal_replay_lsn() >= '{row[0]}'::pg_lsn")

    def stop(self) -> None:
        """Stop the server if it runs, ending its connections."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def wait_for(self, question: str) -> None:
        """Wait until the running server answers ``question`` with true. Raises ServerDidNotStart."""
        self._wait(lambda: self.asks(question), f"did not come to answer {question!r} with true")

    def kill(self) -> None:
        """End the server and every process of it at once, with SIGKILL."""
        assert self._process is not None
        main = psutil.Process(self._process.pid)
        main.suspend()  # so that it starts no more of them meanwhile
        children = self.processes()[1:]
        for process in (main, *children):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait(timeout=20)
        psutil.wait_procs(children, timeout=20)
        self._process = None

    def processes(self) -> list[psutil.Process]:
        """Return the server's main process and all that it has started."""
        assert self._process is not None
        main = psutil.Process(self._process.pid)
        return [main, *main.children(recursive=True)]

    def limit_files(self, size: int) -> None:
        """Let the running server write no byte beyond ``size`` of any file, until it is started again."""
        for process in self.processes():
            # By the user it runs as: not even root may do this to another's where it lacks a capability.
            words = ["--pid", str(process.pid), f"--fsize={size}:"]
            subprocess.run(["/usr/bin/prlimit", *words], check=False, user=self._user)

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

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    # --- its programs ----------------------------------------------------------------------------------

    def run(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs to its end. Raises ServerDidNotStart with its last words."""
        with self._log.open("ab") as log:
            status = self._begin(program, *words, output=log).wait(timeout=600)
        if status != 0:
            raise ServerDidNotStart(f"{program} ended with {status}: {self.log()[-1_000:]}")

    def _begin(self, program: str, *words: str, output: IO[bytes]) -> subprocess.Popen[bytes]:
        group = None if self._user is None else pwd.getpwnam(self._user).pw_gid
        return subprocess.Popen(
            [str(postgres.BIN_DIR / program), *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            user=self._user,
            group=group,
            extra_groups=None if self._user is None else [],
            # A Ctrl-C in the terminal is for whoever uses the server, who then ends it.
            start_new_session=True,
        )

    def furnish(self) -> None:
        """Make its folder, for the user it runs as."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._log.touch()
        if self._archive is not None:
            self._archive.mkdir(parents=True, exist_ok=True)
            self._give(self._archive)
        if self._user is not None:
            postgres.let_through(self.folder, postgres.BIN_DIR)
        for path in (self.folder, self.data, self._log):
            self._give(path)

    def own(self) -> None:
        """Give everything in its folder to the user it runs as."""
        for path in (self.folder, *self.folder.rglob("*")):
            self._give(path)

    def _give(self, path: Path) -> None:
        postgres.give(path, self._user)

    def _wait(self, condition: Callable[[], bool], complaint: str) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not condition():
            ended = self._process is not None and self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise ServerDidNotStart(f"PostgreSQL in {self.folder} {complaint}: {self.log()[-1_000:]}")
            time.sleep(0.05)
