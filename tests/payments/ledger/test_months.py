import uuid
from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from payments import ledger
from payments.ledger import months
from payments.ledger.models import Entry
from tests.payments.ledger.tampering import check_ledger
from tests.payments.making import wallet_with

pytestmark = pytest.mark.django_db(transaction=True)


def parts():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ledger_entry'::regclass"
        )
        return {row[0] for row in cursor.fetchall()}


def part_of(entry):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM ledger_entry WHERE id = %s", [entry.pk])
        return cursor.fetchone()[0]


@pytest.fixture
def a_gift():
    wallet_with(5_000, "wallet:a")
    wallet_with(0, "wallet:b")
    ledger.post(
        transfer_id=uuid.uuid4(), debit="wallet:a", credit="wallet:b", amount_vnd=1_000, purpose="gift"
    )
    return Entry.objects.latest("pk")


@pytest.fixture
def far_months():
    yield ["ledger_entry_2031_11", "ledger_entry_2031_12", "ledger_entry_2032_01", "ledger_entry_2032_02"]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS ledger_entry_2031_11, ledger_entry_2031_12")
        cursor.execute("DROP TABLE IF EXISTS ledger_entry_2032_01, ledger_entry_2032_02")


def test_this_month_and_the_next_three_get_a_part_once(far_months):
    assert months.make_ahead("ledger_entry", today=date(2031, 11, 30)) == 4
    assert set(far_months) <= parts()
    assert months.make_ahead("ledger_entry", today=date(2031, 11, 30)) == 0


def test_an_entry_lies_in_the_month_it_was_posted_in(a_gift):
    months.make_ahead("ledger_entry", today=a_gift.created_at.date())
    assert part_of(a_gift) in {f"ledger_entry_{a_gift.created_at:%Y_%m}", "ledger_entry_default"}
    assert months.are_in_their_months("ledger_entry") is (part_of(a_gift) != "ledger_entry_default")


def test_a_month_begins_at_midnight_in_dien_bien(far_months):
    months.make_ahead("ledger_entry", today=date(2031, 11, 1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'ledger_entry_2031_12'"
        )
        assert "2031-11-30 17:00:00+00" in cursor.fetchone()[0]


def test_a_month_without_a_part_loses_nothing_and_shows(a_gift, far_months):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no trigger: entries never change
        cursor.execute(
            "UPDATE ledger_entry SET created_at = '2031-12-31 18:00:00+07' WHERE id = %s", [a_gift.pk]
        )
        cursor.execute("SET session_replication_role = origin")
    assert part_of(a_gift) == "ledger_entry_default"
    assert not months.are_in_their_months("ledger_entry")
    assert months.make_ahead("ledger_entry", today=date(2031, 11, 1)) == 3  # all but December
    assert Entry.objects.filter(pk=a_gift.pk).exists()


def test_the_books_of_one_table_and_of_months_are_the_same(a_gift):
    everything = list(Entry.objects.order_by("pk").values())
    MigrationExecutor(connection).migrate([("ledger", "0006_digest_required")])
    try:
        assert parts() == set()
        assert list(Entry.objects.order_by("pk").values()) == everything
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    assert list(Entry.objects.order_by("pk").values()) == everything
    ledger.post(
        transfer_id=uuid.uuid4(), debit="wallet:a", credit="wallet:b", amount_vnd=1_000, purpose="gift"
    )
    check_ledger()
