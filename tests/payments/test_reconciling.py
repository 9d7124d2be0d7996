"""A statement with missing, extra and different lines, on another day, twice, and of what had no answer."""

import uuid
from datetime import date, datetime, timedelta
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments import ledger, providers, services, tasks
from payments.errors import NotSupported, ProviderUnavailable, ReconciliationRunning, UnknownDifference
from payments.ledger.models import Transfer
from payments.ledger.selectors import trial_balance
from payments.models import Claim, Difference, Intent, Operation, Payout, Reconciliation, StatementRow
from payments.providers.base import Outcome, Report
from payments.services.reconciling import LINES
from tests.payments.making import HOLD, NOW, ask_back, operation_of, paid, report_on, start, tell
from tests.payments.paying import CHU, payout_of, run, sent
from tests.payments.statements import StatementProvider, line_of
from tests.payments.threads import race

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 3, 2)
NEXT = datetime.combine(DAY + timedelta(days=1), NOW.timetz()).replace(hour=3)  # the night after


@pytest.fixture(autouse=True)
def bank(settings: Any) -> StatementProvider:
    entry = {"class": "tests.payments.statements.StatementProvider", "label": "Fake"}
    silent = {"class": "tests.payments.fakes.FakeProvider", "label": "Silent"}
    settings.PAYMENT_PROVIDERS = {"fake": entry, "other": entry, "silent": silent}
    provider = providers.get("fake")
    assert isinstance(provider, StatementProvider)
    return provider


def reconcile(day: date = DAY, *, now: datetime = NEXT, **changes: Any) -> Reconciliation:
    return services.reconcile(**{"provider": "fake", "day": day, "now": now} | changes)


def differences(state: str = "open") -> list[tuple[str, int | None, int | None]]:
    found = Difference.objects.filter(state=state).order_by("kind", "key")
    return [(one.kind, one.statement_vnd, one.asked_vnd) for one in found]


def shown(bank: StatementProvider, *lines: Any, day: date = DAY) -> None:
    bank.statements[day] = list(lines)


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


# --- Payouts -------------------------------------------------------------------------------------


@pytest.fixture
def payout() -> Payout:
    """A payout of 60,000 VND that is on the way."""
    paid(reference="ORDER-8", shares={"ORDER-8-1": 60_000})
    Operation.objects.update(ended_at=NOW - timedelta(days=1))
    portions = [services.Portion("payable:seller-7", 60_000)]
    services.release(part="ORDER-8-1", portions=portions, release_id=uuid.uuid4(), now=NOW)
    return payout_of(run([CHU]))


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


# --- Again ---------------------------------------------------------------------------------------


def test_running_again_updates_the_same_day_and_closes_what_has_vanished(bank):
    operation = operation_of(start())
    shown(bank, line_of(operation, amount_vnd=25_000))
    reconcile()

    shown(bank, line_of(operation))
    found = reconcile(by="+84889000009")

    assert (found.pk, found.run, found.run_by) == (Reconciliation.objects.get().pk, 2, "+84889000009")
    assert (differences(), differences("gone")) == ([], [("amount_differs", 25_000, 250_000)])
    assert StatementRow.objects.get().amount_vnd == 250_000
    assert found.settled == 1


def test_what_has_vanished_and_comes_back_is_open_again(bank):
    operation = operation_of(start())
    wrong = line_of(operation, amount_vnd=25_000)
    for lines in ([wrong], [], [wrong]):
        shown(bank, *lines)
        reconcile(now=NOW + timedelta(hours=1))

    difference = Difference.objects.get()
    assert (difference.state, difference.closed_at, difference.seen_in_run) == ("open", None, 3)


def test_a_closed_difference_stays_closed_until_its_figures_change(bank):
    operation = operation_of(start())
    shown(bank, line_of(operation, amount_vnd=25_000))
    reconcile()
    difference = Difference.objects.get()

    services.close_difference(
        difference_id=difference.pk, note=" They owe us 225,000. ", by="+84889000009", now=NEXT
    )
    services.close_difference(difference_id=difference.pk, note="Again", by="somebody", now=NEXT)
    reconcile()
    difference.refresh_from_db()
    kept = (difference.state, difference.note, difference.closed_by, difference.closed_at)
    shown(bank, line_of(operation, amount_vnd=26_000))
    reconcile()

    assert kept == ("closed", "They owe us 225,000.", "+84889000009", NEXT)
    assert differences() == [("amount_differs", 26_000, 250_000)]
    assert Difference.objects.get().note == ""


def test_a_difference_that_does_not_exist_cannot_be_closed():
    with pytest.raises(UnknownDifference, match="There is no difference 7"):
        services.close_difference(difference_id=7, note="so", by="somebody", now=NEXT)


def test_a_statement_that_breaks_off_leaves_the_last_comparison(bank):
    operation = operation_of(paid())
    shown(bank, line_of(operation), line_of(operation))
    before = reconcile()
    bank.breaks_off_after = 1

    with pytest.raises(ProviderUnavailable, match="The fake is silent"):
        reconcile(now=NEXT + timedelta(hours=1))

    after = Reconciliation.objects.get()
    assert (after.lines, after.finished_at, after.error) == (2, before.finished_at, "The fake is silent.")
    assert after.running_since is None
    assert StatementRow.objects.count() == 2
    assert differences() == [("twice", 250_000, 250_000)]


def test_two_do_not_compare_the_same_day_at_once_unless_one_has_died(bank):
    shown(bank, line_of(operation_of(paid())))
    reconcile()
    Reconciliation.objects.update(running_since=NEXT)

    with pytest.raises(ReconciliationRunning, match=r"The statement of fake of 2026-03-02 is being compared"):
        reconcile(now=NEXT + timedelta(minutes=29))
    found = reconcile(now=NEXT + timedelta(minutes=30))

    assert (found.run, found.running_since, differences()) == (2, None, [])


def test_a_provider_without_statements_says_so():
    with pytest.raises(NotSupported, match="silent cannot give a statement"):
        reconcile(provider="silent")


# --- Size ----------------------------------------------------------------------------------------


def pay_many(number: int) -> list[Operation]:
    """Make so many payments of one part each, paid, with their bookings, without going through each."""
    intents = Intent.objects.bulk_create(
        Intent(
            reference=f"M-{n:06}", amount_vnd=1_000 + n, provider="fake", state="succeeded", expires_at=NOW,
            created_at=NOW,
        )
        for n in range(number)
    )  # fmt: skip
    return Operation.objects.bulk_create(
        Operation(
            intent=intent, kind="authorize", is_capturing=True, amount_vnd=intent.amount_vnd, provider="fake",
            provider_ref=f"W-{intent.reference}", state="succeeded", created_at=NOW, ended_at=NOW,
        )
        for intent in intents
    )  # fmt: skip


def test_every_further_thousand_lines_costs_the_same_number_of_queries(bank):
    operations = pay_many(3 * LINES)
    costs = []
    for thousands in (1, 2, 3):
        shown(bank, *[line_of(one, provider_ref=one.provider_ref) for one in operations[: thousands * LINES]])
        with CaptureQueriesContext(connection) as queries:
            found = reconcile(now=NOW + timedelta(hours=1))
        costs.append(len(queries))
        assert (found.lines, found.settled) == (thousands * LINES, 0)
        # None of it was booked.
        assert Difference.objects.filter(kind="ledger_differs").count() == thousands * LINES
        StatementRow.objects.all().delete()
        Difference.objects.all().delete()
        found.delete()

    assert costs[2] - costs[1] == costs[1] - costs[0] <= 20


# --- Every day -----------------------------------------------------------------------------------


def test_every_day_each_provider_with_statements_and_what_failed_lately_is_due():
    Reconciliation.objects.create(provider="fake", day=DAY - timedelta(days=3), error="The fake is silent.")
    Reconciliation.objects.create(provider="fake", day=DAY - timedelta(days=4), finished_at=NOW)
    Reconciliation.objects.create(provider="fake", day=DAY - timedelta(days=9), error="The fake is silent.")
    Reconciliation.objects.create(provider="gone", day=DAY - timedelta(days=3), error="It left.")

    assert services.due_reconciliations(now=NEXT) == [
        ("fake", DAY - timedelta(days=3)),
        ("fake", DAY),
        ("other", DAY),
    ]


def test_the_task_compares_one_day_and_may_run_twice(bank):
    shown(bank, line_of(operation_of(paid())))

    tasks.reconcile(provider="fake", day="2026-03-02", by="+84889000009")
    tasks.reconcile(provider="fake", day="2026-03-02")

    found = Reconciliation.objects.get()
    assert (found.run, found.agreed, differences()) == (2, 1, [])


# --- The command ---------------------------------------------------------------------------------


def command(*arguments: str) -> tuple[str, str]:
    out, progress = StringIO(), StringIO()
    call_command("reconcile", *arguments, stdout=out, stderr=progress)
    return out.getvalue(), progress.getvalue()


def test_the_command_names_every_open_difference_with_its_next_step(bank):
    operation = operation_of(paid())
    shown(bank, line_of(operation), line_of(operation, provider_ref="X-1", operation_id=None, reference=""))

    out, progress = command("--provider", "fake", "--day", "2026-03-02")

    assert out == (
        "fake 2026-03-02: 2 lines, 500,000 VND in, 0 VND out. 1 agree, 0 were settled by it.\n"
        "missing_here X-1: statement 250,000 VND\n"
        "  Ask the provider who paid, and for what. If it is one of our orders, have its payment asked "
        "about; if not, have it paid back.\n"
        "1 differences are open.\n"
    )
    assert "2.00line" in progress


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--provider", "fake"], "Give either an order's number, or --provider and --day"),
        (["ORDER-7", "--day", "2026-03-02"], "Give either an order's number, or --provider and --day"),
        (["--provider", "fake", "--day", "2999-01-01"], "2999-01-01 has not begun"),
        (["--provider", "silent", "--day", "2026-03-02"], "silent cannot give a statement"),
        (["--provider", "nobody", "--day", "2026-03-02"], "There is no payment provider 'nobody'"),
    ],
)
def test_a_users_mistake_is_answered_with_what_to_give(arguments, words):
    with pytest.raises(CommandError, match=words):
        command(*arguments)
