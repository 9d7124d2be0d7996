"""A replica follows its primary, takes over when it is gone, and has all that was acknowledged."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from marketplace.cluster.topology import Databases
from tests.wallet_operator import wait_until


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    with Databases() as running:
        yield running


def rows(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM written ORDER BY number")]


def test_a_replica_has_what_was_written_refuses_writes_and_takes_over(databases):
    primary, replica = databases.primary, databases.replica
    with psycopg.connect(primary.url("postgres")) as connection:
        connection.execute("CREATE TABLE written (number integer)")
        connection.execute("INSERT INTO written SELECT generate_series(1, 100)")
    wait_until(lambda: replica.caught_up_with(primary), "the replica has caught up")
    assert rows(replica.url("postgres")) == list(range(1, 101))
    with (
        psycopg.connect(replica.url("postgres")) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("INSERT INTO written VALUES (101)")

    primary.kill()
    replica.promote()

    with psycopg.connect(replica.url("postgres")) as connection:
        connection.execute("INSERT INTO written VALUES (101)")
    assert rows(replica.url("postgres")) == list(range(1, 102))


def test_what_a_run_made_is_gone_afterwards():
    with Databases() as running:
        folder: Path = running.folder
        assert running.replica.asks("SELECT pg_is_in_recovery()")

    assert not folder.exists()
