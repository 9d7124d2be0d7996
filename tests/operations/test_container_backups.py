"""The scripts that the containers of PostgreSQL back up and restore with, run by a server of this machine."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from marketplace.cluster.postgres import Server
from marketplace.local import postgres
from marketplace.local.paths import BASE_DIR
from tests.wallet_operator import wait_until

SCRIPTS = BASE_DIR / "docker" / "postgres"
USER = postgres.run_as() if os.geteuid() == 0 else None
# What the image has, and this machine may not.
GOSU = f'shift; exec {f"setpriv --reuid {USER} --regid {USER} --clear-groups " if USER else ""}"$@"'
CHOWN = f'for last; do :; done; exec /bin/chown -R {USER} "$last"' if USER else ":"


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="scripts-"))  # short: a socket is in it
    made.chmod(0o711)
    for name in ("archive", "scripts", "programs"):
        (made / name).mkdir()
    for script in SCRIPTS.glob("*.sh"):
        shutil.copy2(script, made / "scripts")
    for name, words in {"gosu": GOSU, "chown": CHOWN}.items():
        (made / "programs" / name).write_text(f"#!/bin/sh\n{words}\n")
        (made / "programs" / name).chmod(0o755)
    postgres.give(made / "archive", USER)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def environment(folder: Path, **more: str) -> dict[str, str]:
    path = f"{folder / 'programs'}:{postgres.BIN_DIR}:{os.environ['PATH']}"
    return {"PATH": path, "ARCHIVE": str(folder / "archive"), "PGHOST": str(folder / "primary"), **more}


def ask(folder: Path, question: str) -> Any:
    url = f"postgres://{postgres.SUPERUSER}@/postgres?host={folder}"
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(question.encode())
        return cursor.fetchall() if cursor.description else None


def test_a_table_dropped_by_mistake_is_there_again_in_a_server_beside(folder):
    archive = folder / "archive"
    keep = f"ARCHIVE={archive} {folder}/scripts/keep.sh %p %f"
    primary = Server(folder / "primary")
    primary.create()
    primary.configure(f"archive_mode = on\narchive_command = '{keep}'\n")
    primary.start()
    try:
        ask(primary.folder, "CREATE TABLE orders (number integer)")
        ask(primary.folder, "INSERT INTO orders VALUES (1)")
        told = subprocess.run(
            [folder / "scripts" / "backup.sh"],
            env=environment(folder, POSTGRES_USER=postgres.SUPERUSER),
            user=USER,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        ask(primary.folder, "SELECT pg_sleep(1)")  # a copy is named by the second
        ask(primary.folder, "INSERT INTO orders VALUES (2)")
        point = ask(primary.folder, "SELECT clock_timestamp()::text")[0][0]
        ask(primary.folder, "DROP TABLE orders")
        sent = ask(primary.folder, "SELECT pg_walfile_name(pg_switch_wal())")[0][0]
        wait_until(lambda: (archive / sent).exists(), "the log is kept")
    finally:
        primary.stop()
    assert told.startswith(f"{archive}/base-")

    data, sockets = folder / "restored", folder / "sockets"
    sockets.mkdir()
    postgres.give(sockets, USER)
    words = ["postgres", "-D", str(data), "-k", str(sockets)]
    restored = subprocess.Popen(
        [folder / "scripts" / "restore.sh", *words],
        env=environment(folder, PGDATA=str(data), POINT=point),
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: is_writable(sockets), "the restored server takes writes")
        assert ask(sockets, "SELECT number FROM orders ORDER BY number") == [(1,), (2,)]
    finally:
        restored.terminate()
        restored.wait(timeout=20)


def is_writable(sockets: Path) -> bool:
    try:
        return ask(sockets, "SELECT NOT pg_is_in_recovery()") == [(True,)]
    except psycopg.OperationalError:
        return False


def test_a_file_of_the_log_is_kept_once_and_never_replaced_by_another(folder):
    def keep(content: str) -> int:
        (folder / "file").write_text(content)
        command = [folder / "scripts" / "keep.sh", folder / "file", "0000001"]
        return subprocess.run(command, env=environment(folder), check=False).returncode

    assert keep("what was written") == 0
    assert keep("what was written") == 0
    assert keep("another time line") != 0
    assert (folder / "archive" / "0000001").read_text() == "what was written"
    assert [path.name for path in (folder / "archive").iterdir()] == ["0000001"]


def test_a_moment_before_the_first_copy_is_refused(folder):
    (folder / "archive" / "base-20261124T000000Z").mkdir()
    told = subprocess.run(
        [folder / "scripts" / "restore.sh", "postgres"],
        env=environment(folder, PGDATA=str(folder / "restored"), POINT="2026-11-24 06:59:59+07"),
        check=False,
        capture_output=True,
        text=True,
    )

    assert told.returncode == 1
    assert "is older than 2026-11-24 06:59:59+07" in told.stderr
