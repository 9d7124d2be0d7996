"""What was deleted by mistake is there again, as it was a moment before; nothing that is there is touched."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from marketplace.cluster import backups
from marketplace.cluster.backups import NothingToRestore
from marketplace.cluster.postgres import Server
from tests.wallet_operator import wait_until


@pytest.fixture(scope="module")
def place(tmp_path_factory: Any) -> Iterator[SimpleNamespace]:
    # A socket's path is short: not below pytest's folders.
    folder = Path(tmp_path_factory.mktemp("drill", numbered=True))
    server = Server(folder / "server", archive=folder / "backups" / "log")
    server.create()
    # More than a restored server has by itself.
    server.configure("max_connections = 200\nmax_wal_senders = 10\nmax_locks_per_transaction = 128\n")
    server.start()
    yield SimpleNamespace(
        server=server,
        backups=folder / "backups",
        log=folder / "backups" / "log",
        media=folder / "media",
        restored=folder / "restored",
    )
    server.close()


def ask(server: Server, question: str) -> Any:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        return connection.execute(question).fetchall()  # type: ignore[arg-type]


def do(server: Server, statement: str) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def moment(server: Server) -> datetime:
    return ask(server, "SELECT clock_timestamp()")[0][0]


def backup(place: Any) -> Path:
    return backups.backup(
        server_url=f"postgresql://postgres@/?host={place.server.folder}",
        media=place.media,
        into=place.backups,
        now=datetime.now(UTC),
    )


def test_a_dropped_table_is_there_again_as_it_was_a_moment_before(place):
    place.media.mkdir()
    (place.media / "rice.avif").write_bytes(b"a picture of rice")
    do(place.server, "CREATE TABLE orders (number integer)")
    do(place.server, "INSERT INTO orders VALUES (1)")
    made = backup(place)
    do(place.server, "INSERT INTO orders VALUES (2)")
    before = moment(place.server)
    do(place.server, "DROP TABLE orders")
    sent = ask(place.server, "SELECT pg_walfile_name(pg_switch_wal())")[0][0]
    wait_until(lambda: (place.log / f"{sent}.gz").exists(), "the log is sent")

    restored = backups.restore(backups=place.backups, log=place.log, point=before, into=place.restored)

    try:
        assert ask(restored, "SELECT number FROM orders ORDER BY number") == [(1,), (2,)]
        do(restored, "INSERT INTO orders VALUES (3)")  # it takes writes
    finally:
        restored.stop()
    assert (place.restored / "media" / "rice.avif").read_bytes() == b"a picture of rice"
    assert ask(place.server, "SELECT to_regclass('orders')") == [(None,)]
    assert backups.newest(place.backups) == made


def test_pictures_that_have_not_changed_take_no_room_again(place):
    (place.media / "tea.avif").write_bytes(b"a picture of tea")
    first = backup(place)
    (place.media / "tea.avif").write_bytes(b"another picture of tea")
    (place.media / "corn.avif").write_bytes(b"a picture of corn")

    second = backup(place)

    assert (second / "media" / "rice.avif").samefile(first / "media" / "rice.avif")
    assert (first / "media" / "tea.avif").read_bytes() == b"a picture of tea"
    assert (second / "media" / "tea.avif").read_bytes() == b"another picture of tea"
    assert not (first / "media" / "corn.avif").exists()


def test_a_moment_before_every_backup_is_refused_with_the_backups_there_are(place):
    made = backup(place)

    with pytest.raises(NothingToRestore, match=made.name):
        backups.restore(
            backups=place.backups,
            log=place.log,
            point=datetime.now(UTC) - timedelta(days=1),
            into=place.restored,
        )


def test_a_backup_that_failed_halfway_is_not_taken_for_one(place):
    known = backups.newest(place.backups)

    with pytest.raises(backups.ServerDidNotStart, match="pg_basebackup"):
        backups.backup(
            server_url="postgresql://postgres@/?host=/nowhere",
            media=place.media,
            into=place.backups,
            now=datetime.now(UTC),
        )

    assert backups.newest(place.backups) == known


@pytest.mark.parametrize("words", ["yesterday", "2026-13-01", ""])
def test_words_that_are_no_moment_are_refused(words, capsys):
    assert backups.main(["restore", words]) == 1

    assert "is not a moment. Write it as 2026-11-23 09:59:59" in capsys.readouterr().err
