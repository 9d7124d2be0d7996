"""A day compared again, every day, at any size, and by the command."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments import services, tasks
from payments.errors import NotSupported, ProviderUnavailable, ReconciliationRunning, UnknownDifference
from payments.models import Difference, Intent, Operation, Reconciliation, StatementRow
from payments.services.reconciling import LINES
from tests.payments.making import NOW, operation_of, paid, start
from tests.payments.statements import line_of

from .comparing import DAY, NEXT, differences, reconcile, shown

pytestmark = pytest.mark.django_db(transaction=True)


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
