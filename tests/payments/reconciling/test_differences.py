"""A statement with missing, extra and different lines, and lines of another day."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection

from payments import ledger
from payments.ledger.models import Transfer
from payments.ledger.selectors import trial_balance
from payments.models import Difference, Intent
from payments.providers.base import Outcome
from tests.payments.making import HOLD, NOW, ask_back, operation_of, paid, report_on, start, tell
from tests.payments.statements import line_of

from .comparing import DAY, NEXT, differences, reconcile, shown

pytestmark = pytest.mark.django_db(transaction=True)


# --- What does not agree -------------------------------------------------------------------------


def test_a_line_nobody_here_asked_for_is_named_and_kept_word_for_word(bank):
    operation = operation_of(paid())
    stranger = line_of(
        operation, operation_id=uuid.uuid4(), provider_ref="X-1", reference="", raw={"payer": "+84399000077"}
    )
    shown(bank, line_of(operation), stranger)

    found = reconcile()

    difference = Difference.objects.get()
    assert (differences(), found.agreed) == ([("missing_here", 250_000, None)], 1)
    assert (difference.provider_ref, difference.raw) == ("X-1", {"payer": "+84399000077"})
    assert "Ask the provider who paid" in difference.next_step


def test_what_we_booked_and_the_statement_does_not_have_is_named(bank):
    operation = operation_of(paid())

    reconcile()

    difference = Difference.objects.get()
    assert differences() == [("missing_there", None, 250_000)]
    assert (difference.operation, difference.reference) == (operation, "ORDER-7")


def test_another_amount_is_named_and_nothing_is_booked(bank):
    operation = operation_of(start())
    shown(bank, line_of(operation, amount_vnd=25_000))

    reconcile()
    reconcile()

    assert differences() == [("amount_differs", 25_000, 250_000)]
    assert operation_of(Intent.objects.get()).state == "pending"
    assert not Transfer.objects.exists()


def test_the_same_transaction_twice_is_settled_once_and_named(bank):
    operation = operation_of(start())
    shown(bank, line_of(operation), line_of(operation), line_of(operation))

    found = reconcile()

    assert differences() == [("twice", 250_000, 250_000), ("twice", 250_000, 250_000)]
    assert (found.lines, found.agreed, found.settled) == (3, 1, 1)
    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}


def test_a_second_transaction_for_the_same_operation_is_named(bank):
    operation = operation_of(paid())
    shown(bank, line_of(operation), line_of(operation, provider_ref="X-2", operation_id=None))

    reconcile()

    assert differences() == [("twice", 250_000, 250_000)]
    assert Difference.objects.get().provider_ref == "X-2"


def test_a_transaction_in_the_statements_of_two_days_is_named_in_the_later(bank):
    operation = operation_of(paid())
    shown(bank, line_of(operation))
    shown(bank, line_of(operation), day=DAY + timedelta(days=1))

    reconcile()
    reconcile(DAY + timedelta(days=1), now=NEXT + timedelta(days=1))
    reconcile()

    assert differences() == [("twice", 250_000, 250_000)]
    assert Difference.objects.get().reconciliation.day == DAY + timedelta(days=1)


def test_a_line_of_another_order_or_of_another_provider_settles_nothing(bank):
    operation = operation_of(start())
    other = operation_of(start(reference="ORDER-8", provider="other"))
    shown(bank, line_of(operation, reference="ORDER-9"), line_of(other))

    reconcile()

    assert differences() == [("reference_differs", 250_000, 250_000)] * 2
    assert sorted(Difference.objects.values_list("detail", flat=True)) == [
        "ours is with other",
        "the statement says ORDER-9, we say ORDER-7",
    ]
    assert not Transfer.objects.exists()


def test_money_that_went_the_other_way_is_nothing_we_asked_for(bank):
    operation = operation_of(paid())
    shown(bank, line_of(operation), line_of(operation, provider_ref="X-3", amount_vnd=-250_000))

    reconcile()

    assert differences() == [("missing_here", -250_000, 250_000)]
    assert Difference.objects.get().detail == "it moved the other way"


def test_a_refund_the_provider_made_after_refusing_it_is_named_if_it_cannot_be_booked(bank):
    intent = paid()
    refused = ask_back(intent)
    tell(report_on(refused, Outcome.FAILED))
    again = ask_back(intent)  # which takes what is left of that part
    tell(report_on(again))
    shown(bank, line_of(operation_of(intent)), line_of(refused), line_of(again))

    reconcile()

    assert differences() == [("state_differs", -50_000, -50_000)]
    assert trial_balance() == {"clearing": -200_000, "escrow": 200_000}


def test_a_booking_that_is_missing_in_the_ledger_is_named(bank):
    operation = operation_of(paid())
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM ledger_entry WHERE amount_vnd IN (50000, -50000)")
        cursor.execute("RESET session_replication_role")
    shown(bank, line_of(operation))

    found = reconcile()

    difference = Difference.objects.get(key__startswith=f"ledger_differs {operation.pk}")
    assert (difference.asked_vnd, difference.booked_vnd, difference.gap_vnd) == (250_000, 200_000, -50_000)
    assert found.agreed == 0


def test_a_booking_nobody_asked_for_shows_in_the_sum(bank):
    operation = operation_of(paid())
    shown(bank, line_of(operation))
    ledger.post(
        transfer_id=uuid.uuid4(),
        debit="clearing:fake",
        credit="escrow:ORDER-7-1",
        amount_vnd=1,
        purpose="capture",
    )

    reconcile()

    difference = Difference.objects.get()
    assert difference.kind == "ledger_differs"
    assert (difference.asked_vnd, difference.booked_vnd) == (250_000, 250_001)
    assert difference.detail == "all payments, refunds and payouts so far"


# --- Days ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moved_at", "listed"),
    [
        (NOW + timedelta(days=1), DAY),  # listed by another time zone
        (NOW - timedelta(hours=11), DAY - timedelta(days=1)),  # before it was asked for
        (NOW + timedelta(hours=15), DAY + timedelta(days=1)),  # after it was booked
    ],
    ids=["listed on another day", "moved before it was asked for", "moved after it was booked"],
)
def test_a_line_of_another_day_is_named(bank, moved_at, listed):
    operation = operation_of(paid())
    shown(bank, line_of(operation, moved_at), day=listed)

    reconcile(listed, now=NEXT + timedelta(days=1))

    assert differences() == [("day_differs", 250_000, 250_000)]
    assert Difference.objects.get().detail == (
        f"listed {listed:%d/%m/%Y}, moved {moved_at:%d/%m/%Y}, booked 02/03/2026"
    )


def test_news_that_came_after_midnight_is_no_difference(bank):
    before_midnight = NEXT - timedelta(hours=3, minutes=5)
    operation = operation_of(start(now=before_midnight, expires_at=before_midnight + HOLD))
    tell(report_on(operation), now=NEXT - timedelta(hours=2))
    shown(bank, line_of(operation, before_midnight))

    reconcile()
    reconcile(DAY + timedelta(days=1), now=NEXT + timedelta(days=1))

    assert differences() == []


def test_what_one_statement_lacks_and_the_next_one_has_is_missing_no_more(bank):
    operation = operation_of(paid())
    shown(bank, line_of(operation, NOW + timedelta(days=1)), day=DAY + timedelta(days=1))

    reconcile()
    missing = differences()
    reconcile(DAY + timedelta(days=1), now=NEXT + timedelta(days=1))

    assert missing == [("missing_there", None, 250_000)]
    assert differences() == [("day_differs", 250_000, 250_000)]
    assert differences("gone") == [("missing_there", None, 250_000)]
