"""A statement that agrees, and one that settles what had no answer: payments, refunds, payouts."""

from datetime import timedelta
from functools import partial

import pytest

from payments import services
from payments.ledger.selectors import trial_balance
from payments.models import Claim, Difference, Intent, Payout, Reconciliation, StatementRow
from payments.providers.base import Outcome, Report
from tests.payments.making import HOLD, NOW, ask_back, operation_of, paid, report_on, start, tell
from tests.payments.paying import sent
from tests.payments.statements import line_of
from tests.payments.threads import race

from .comparing import DAY, NEXT, differences, reconcile, shown

pytestmark = pytest.mark.django_db(transaction=True)


# --- What agrees ---------------------------------------------------------------------------------


def test_a_statement_that_agrees_leaves_no_difference(bank):
    one, other = operation_of(paid()), operation_of(paid(reference="ORDER-8", shares={"ORDER-8-1": 70_000}))
    shown(bank, line_of(one), line_of(other))

    found = reconcile()

    assert differences() == []
    assert (found.lines, found.in_vnd, found.out_vnd, found.agreed, found.settled) == (2, 320_000, 0, 2, 0)
    assert (found.finished_at, found.running_since, found.error) == (NEXT, None, "")


def test_a_refund_is_a_line_that_leaves(bank):
    intent = paid()
    refund = ask_back(intent)
    tell(report_on(refund))
    shown(bank, line_of(operation_of(intent)), line_of(refund))

    found = reconcile()

    assert differences() == []
    assert (found.in_vnd, found.out_vnd, found.agreed) == (250_000, 50_000, 2)


def test_a_line_without_our_id_is_known_by_the_providers_or_by_the_order(bank):
    first = operation_of(paid())
    second = operation_of(start(reference="ORDER-8", shares={"ORDER-8-1": 70_000}))
    shown(
        bank,
        line_of(first, operation_id=None, reference=""),
        line_of(second, operation_id=None, provider_ref="B-1"),
    )

    found = reconcile()

    assert (differences(), found.agreed, found.settled) == ([], 2, 1)
    second.refresh_from_db()
    assert (second.state, second.provider_ref) == ("succeeded", "B-1")


# --- What had no answer --------------------------------------------------------------------------


def test_a_payment_without_an_answer_is_settled_by_the_statement_and_only_once(bank, heard):
    operation = operation_of(start())
    shown(bank, line_of(operation))

    first, second = reconcile(), reconcile()
    tell(report_on(operation), now=NEXT)
    services.deliver_due(now=NEXT)

    assert (first.settled, second.settled, differences()) == (1, 1, [])
    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}
    assert [kind for kind, _ in heard] == ["payment.succeeded"]
    assert Claim.objects.filter(source="statement").count() == 1
    assert Intent.objects.get().state == "succeeded"


def test_money_that_came_after_the_payment_expired_is_booked_as_late(bank, heard):
    intent = start()
    services.expire(intent_id=intent.pk, now=NOW + HOLD)
    shown(bank, line_of(operation_of(intent)))

    found = reconcile()
    services.deliver_due(now=NEXT)

    assert (found.settled, differences()) == (1, [])
    assert heard == [("payment.expired", {}), ("payment.succeeded", {"late": True})]


def test_a_refund_without_an_answer_is_settled_by_the_statement(bank):
    intent = paid()
    refund = ask_back(intent)
    shown(bank, line_of(operation_of(intent)), line_of(refund))

    found = reconcile()

    refund.refresh_from_db()
    assert (refund.state, found.settled, differences()) == ("succeeded", 1, [])
    assert trial_balance() == {"clearing": -200_000, "escrow": 200_000}


def test_a_payment_that_is_in_no_statement_of_its_days_has_failed(bank):
    intent = start()

    found = reconcile()

    operation = operation_of(intent)
    assert (operation.state, operation.error_code, found.settled) == ("failed", "not_in_statement", 1)
    assert (Intent.objects.get().state, differences()) == ("failed", [])


def test_a_payment_that_can_still_come_or_whose_refund_is_owed_does_not_fail(bank):
    before_midnight = NEXT - timedelta(hours=3, minutes=5)
    late = start(reference="ORDER-8", now=before_midnight, expires_at=before_midnight + HOLD)
    intent = paid()
    refund = ask_back(intent)
    shown(bank, line_of(operation_of(intent)))

    reconcile()

    refund.refresh_from_db()
    assert operation_of(late).state == "pending"
    assert refund.is_open


def test_a_payment_over_midnight_fails_once_both_statements_are_without_it(bank):
    before_midnight = NEXT - timedelta(hours=3, minutes=5)
    intent = start(now=before_midnight, expires_at=before_midnight + HOLD)

    reconcile(DAY + timedelta(days=1), now=NEXT + timedelta(days=1))
    alone = operation_of(intent).state
    reconcile()
    reconcile(DAY + timedelta(days=1), now=NEXT + timedelta(days=1))

    assert (alone, operation_of(intent).state) == ("pending", "failed")


def test_a_day_that_has_not_ended_may_still_bring_what_is_missing(bank):
    paid()
    waiting = start(reference="ORDER-8")

    reconcile(now=NOW + timedelta(hours=2))

    assert differences() == []
    assert operation_of(waiting).state == "pending"


# --- Payouts -------------------------------------------------------------------------------------


def test_a_payout_without_an_answer_is_settled_by_the_statement_and_only_once(bank, payout):
    shown(bank, line_of(payout))

    found = reconcile()
    reconcile()

    payout.refresh_from_db()
    assert (payout.state, payout.provider_ref) == ("succeeded", f"W-{payout.pk}")
    assert (found.out_vnd, found.settled, differences()) == (60_000, 1, [])
    assert trial_balance()["payable"] == 0


def test_a_payout_that_came_back_and_arrived_after_all_is_booked(bank, payout):
    sent(payout.batch.run)
    bank.end(payout, Outcome.FAILED)
    services.ask_due_batches(now=NOW + timedelta(minutes=5))
    came_back = trial_balance()["payable"]
    shown(bank, line_of(payout))

    found = reconcile()

    assert (came_back, trial_balance()["payable"]) == (60_000, 0)
    assert (found.settled, differences()) == (1, [])


def test_a_payout_the_statement_does_not_have_is_named(bank, payout):
    report = report_on_payout(payout)
    services.record_payout_report(provider="fake", report=report, source=Claim.Source.QUERY, now=NOW)

    reconcile()

    assert differences() == [("missing_there", None, -60_000)]
    assert Difference.objects.get().payout == payout


def report_on_payout(payout: Payout) -> Report:
    return Report(payout.pk, f"W-{payout.pk}", Outcome.SUCCEEDED, amount_vnd=payout.amount_vnd, raw={})


# --- At once -------------------------------------------------------------------------------------


def test_a_callback_a_question_and_the_statement_at_once_settle_a_payment_once(bank, heard):
    operation = operation_of(start())
    bank.decide(operation.pk, Outcome.SUCCEEDED)
    shown(bank, line_of(operation, provider_ref=f"F-{operation.pk}"))
    callback = report_on(operation, provider_ref=f"F-{operation.pk}")

    results = race(
        [reconcile, partial(tell, callback), partial(services.ask_due, now=NEXT), partial(tell, callback)]
    )
    services.deliver_due(now=NEXT)

    assert not [result for result in results if isinstance(result, Exception)]
    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}
    assert [kind for kind, _ in heard] == ["payment.succeeded"]


def test_of_two_comparisons_at_once_one_is_made(bank):
    shown(bank, line_of(operation_of(paid())), line_of(operation_of(paid(reference="ORDER-8"))))

    results = race([reconcile, reconcile])

    kinds = sorted(type(result).__name__ for result in results)
    assert kinds in (["Reconciliation", "ReconciliationRunning"], ["Reconciliation", "Reconciliation"])
    assert Reconciliation.objects.get().agreed == 2
    assert StatementRow.objects.count() == 2
