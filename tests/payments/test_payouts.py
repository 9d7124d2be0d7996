"""Paying people what is theirs, through a provider in memory."""

import uuid
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from celery import Signature

from payments import ledger, services, settled, tasks
from payments.errors import (
    NotPayable,
    PayoutMismatch,
    PayoutNotFailed,
    PayoutSettledOtherwise,
    PayoutUnknown,
    ProviderRefused,
    WrongProvider,
)
from payments.ledger.models import Transfer
from payments.ledger.selectors import accounts_out_of_balance, trial_balance
from payments.models import Claim, Event, Payout, PayoutBatch, PayoutRun
from payments.providers.base import Outcome, Report
from payments.settled import PayeeMoney
from tests.payments.making import NOW
from tests.payments.paying import CHU, MAI, balance, batch_of, earn, in_escrow, install, payout_of, run, sent
from tests.payments.threads import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("payer_out")]

LATER = NOW + timedelta(seconds=12)


@pytest.fixture
def payer_out(settings):
    return install(settings)


def by_hand(payout, **changes):
    wanted = {"payout_id": payout.pk, "evidence": "VCB 20260302-771", "by": "administrator", "now": LATER}
    return services.settle_by_hand(**wanted | changes)


def bounced(payer_out, payee=CHU, *, code="accountError", at=NOW):
    """Let one run end with the payout coming back."""
    made = run([payee], now=at)
    batch = sent(made, now=at)
    payer_out.end(payout_of(made, payee.reference), Outcome.FAILED, code)
    services.ask_due_batches(now=batch.next_ask_at)
    return payout_of(made, payee.reference)


# --- a run ---------------------------------------------------------------------------------------


def test_what_a_run_pays_is_reserved_before_anything_is_sent(payer_out):
    earn("seller-7", 90_000)

    made = run()

    payout = payout_of(made)
    assert (payout.amount_vnd, payout.state, payout.wallet) == (90_000, "on_the_way", CHU.wallet)
    assert settled.money_of("seller-7") == PayeeMoney("seller-7", 0, 90_000, 0)
    assert Transfer.objects.get(pk=payout.pk).state == "pending"
    assert payer_out.count("payout") == 0
    assert batch_of(made).state == "created"


def test_a_payout_that_arrives_is_settled_and_told(payer_out, heard):
    earn("seller-7", 90_000)
    made = run()
    batch = sent(made)
    payer_out.end(payout_of(made), Outcome.SUCCEEDED)

    services.ask_due_batches(now=batch.next_ask_at)
    services.deliver_due(now=LATER)

    payout = payout_of(made)
    assert (payout.state, payout.provider_ref) == ("succeeded", f"P-{payout.pk}")
    assert batch_of(made).state == "ended"
    assert batch_of(made).next_ask_at is None
    assert trial_balance() == {"clearing": 0, "debt": 0, "escrow": 0, "payable": 0}
    assert heard == [
        (
            "payout.succeeded",
            {"payee": "seller-7", "amount_vnd": 90_000, "run": str(made.pk), "late": False},
        )
    ]


def test_a_payout_that_comes_back_frees_the_money_and_is_told(payer_out, heard):
    earn("seller-7", 90_000)

    payout = bounced(payer_out)
    services.deliver_due(now=LATER)

    assert (payout.state, payout.error_code) == ("failed", "accountError")
    assert settled.money_of("seller-7") == PayeeMoney("seller-7", 90_000, 0, 0)
    assert [kind for kind, _ in heard] == ["payout.failed"]
    assert heard[0][1]["error_code"] == "accountError"


def test_half_a_batch_may_come_back(payer_out):
    earn("seller-7", 90_000)
    earn("seller-8", 50_000)
    made = run([CHU, MAI])
    batch = sent(made)
    payer_out.end(payout_of(made, "seller-7"), Outcome.SUCCEEDED)

    services.ask_due_batches(now=batch.next_ask_at)
    half = batch_of(made)
    payer_out.end(payout_of(made, "seller-8"), Outcome.FAILED)
    services.ask_due_batches(now=half.next_ask_at)

    assert (half.state, batch_of(made).state) == ("pending", "ended")
    assert [payout_of(made, payee).state for payee in ("seller-7", "seller-8")] == ["succeeded", "failed"]
    assert settled.money_of_all() == [PayeeMoney("seller-8", 50_000, 0, 0)]
    assert payer_out.paid_vnd == {"seller-7": 90_000}


def test_who_has_too_little_waits(payer_out):
    earn("seller-7", 9_999)
    earn("seller-8", 10_000)

    made = run([CHU, MAI])

    assert list(Payout.objects.values_list("payee", "amount_vnd")) == [("seller-8", 10_000)]
    assert made.minimum_vnd == 10_000


def test_a_run_with_nobody_to_pay_is_a_run_without_batches(payer_out):
    made = run([CHU, replace(MAI, provider="cash")])

    assert not PayoutBatch.objects.exists()
    assert settled.runs().get(pk=made.pk).payouts == 0


def test_a_run_id_is_one_run(payer_out):
    earn("seller-7", 90_000)
    run_id = uuid.uuid4()
    run(run_id=run_id)
    earn("seller-7", 20_000)

    again = run(run_id=run_id)

    assert again.pk == run_id
    assert list(Payout.objects.values_list("amount_vnd", flat=True)) == [90_000]
    assert settled.payable_vnd("seller-7") == 20_000


def test_each_provider_gets_batches_of_its_own_and_none_too_long(payer_out, monkeypatch):
    monkeypatch.setattr(services.payouts, "BATCH_MAX", 2)
    payees = [replace(CHU, reference=f"seller-{number}") for number in range(1, 6)]
    payees[4] = replace(payees[4], provider="other")
    for payee in payees:
        earn(payee.reference, 20_000)

    run(payees)

    batches = {
        (batch.provider, tuple(batch.payouts.order_by("payee").values_list("payee", flat=True)))
        for batch in PayoutBatch.objects.all()
    }
    assert batches == {
        ("fake", ("seller-1", "seller-2")),
        ("fake", ("seller-3", "seller-4")),
        ("other", ("seller-5",)),
    }


def test_a_wallet_that_sent_three_back_rests_until_it_changes(payer_out):
    earn("seller-7", 90_000)
    for _ in range(3):
        bounced(payer_out)

    assert not Payout.objects.filter(batch__run=run()).exists()
    moved = run([replace(CHU, wallet="+84398000017")])

    assert payout_of(moved).amount_vnd == 90_000


def test_a_wallet_rests_no_longer_when_one_of_the_three_was_settled_by_hand(payer_out):
    earn("seller-7", 90_000)
    by_hand([bounced(payer_out) for _ in range(3)][1])
    earn("seller-7", 30_000)

    assert payout_of(run()).amount_vnd == 30_000


@pytest.mark.parametrize("code", ["insufficientFunds", "batch:formatError"])
def test_what_is_our_fault_lets_no_wallet_rest(payer_out, code):
    earn("seller-7", 90_000)
    for _ in range(3):
        bounced(payer_out, code=code)

    assert payout_of(run()).amount_vnd == 90_000


def test_an_arrival_between_makes_the_counting_start_again(payer_out):
    earn("seller-7", 90_000)
    for _ in range(2):
        bounced(payer_out)
    made = run(now=NOW + timedelta(days=1))
    batch = sent(made, now=NOW + timedelta(days=1))
    payer_out.end(payout_of(made), Outcome.SUCCEEDED)
    services.ask_due_batches(now=batch.next_ask_at)
    earn("seller-7", 90_000)
    bounced(payer_out, at=NOW + timedelta(days=2))

    assert payout_of(run(now=NOW + timedelta(days=3))).amount_vnd == 90_000


# --- what providers say --------------------------------------------------------------------------


def test_a_batch_refused_as_a_whole_comes_back_as_a_whole(payer_out):
    def refuse(batch):
        raise ProviderRefused("No batches today.", reason="formatError")

    earn("seller-7", 90_000)
    earn("seller-8", 50_000)
    payer_out.script.before = refuse
    made = run([CHU, MAI])

    sent(made)

    assert batch_of(made).state == "ended"
    codes = Payout.objects.values_list("state", "error_code", "error_message").distinct()
    assert list(codes) == [("failed", "batch:formatError", "No batches today.")]
    assert settled.payable_vnd("seller-7") == 90_000


def test_a_claim_that_does_not_fit_changes_nothing_and_is_kept(payer_out):
    earn("seller-7", 90_000)
    payout = payout_of(run())
    said = {"operation_id": payout.pk, "provider_ref": "P-1", "outcome": Outcome.SUCCEEDED}
    wrong = [
        (said | {"amount_vnd": 90_001}, "fake", PayoutMismatch, "expected amount 90,000 VND.*90,001 VND"),
        (said, "fake", PayoutMismatch, "reports no amount"),
        (said | {"amount_vnd": 90_000, "reference": "another"}, "fake", PayoutMismatch, "reference"),
        (said | {"amount_vnd": 90_000}, "other", WrongProvider, "goes through fake, but other"),
        (said | {"amount_vnd": 90_000, "operation_id": uuid.uuid4()}, "fake", PayoutUnknown, "no payout"),
    ]

    for facts, provider, meaning, words in wrong:
        with pytest.raises(meaning, match=words):
            tell(Report(**facts), provider=provider)

    payout.refresh_from_db()
    assert payout.state == "on_the_way"
    assert settled.on_the_way_vnd("seller-7") == 90_000
    refusals = Claim.objects.order_by("pk").values_list("refusal", flat=True)
    assert list(refusals) == ["payout_mismatch"] * 3 + ["wrong_provider", "payout_unknown"]


def tell(report, *, provider="fake"):
    return services.record_payout_report(
        provider=provider, report=report, source=Claim.Source.STATEMENT, now=LATER
    )


def test_a_transaction_counts_for_one_payout_only(payer_out):
    earn("seller-7", 90_000)
    earn("seller-8", 90_000)
    made = run([CHU, MAI])
    first, second = payout_of(made, "seller-7"), payout_of(made, "seller-8")
    tell(Report(first.pk, "P-1", Outcome.SUCCEEDED, amount_vnd=90_000))

    with pytest.raises(PayoutMismatch, match=f"reports P-1, that of payout {first.pk}"):
        tell(Report(second.pk, "P-1", Outcome.SUCCEEDED, amount_vnd=90_000))

    assert settled.on_the_way_vnd("seller-8") == 90_000


def test_what_arrives_after_it_came_back_is_booked_and_what_is_missing_is_owed(payer_out, heard):
    earn("seller-7", 90_000)
    payout = bounced(payer_out)
    services.take_back(
        part=in_part("ORDER-9"),
        portions=[services.Portion("payable:seller-7", 60_000)],
        take_back_id=uuid.uuid4(),
        debt_limit_vnd=0,
        now=NOW,
    )

    for _ in range(2):
        tell(Report(payout.pk, "P-1", Outcome.SUCCEEDED, amount_vnd=90_000))
    services.deliver_due(now=LATER)

    assert settled.money_of("seller-7") == PayeeMoney("seller-7", 0, 0, debt_vnd=60_000)
    assert balance("clearing:fake") == -1
    assert [(kind, said.get("late")) for kind, said in heard] == [
        ("payout.failed", None),
        ("payout.succeeded", True),
    ]
    assert not accounts_out_of_balance().exists()


def in_part(part):
    in_escrow(part, 1)
    return part


def test_a_failure_after_the_success_changes_nothing(payer_out):
    earn("seller-7", 90_000)
    payout = payout_of(run())
    tell(Report(payout.pk, "P-1", Outcome.SUCCEEDED, amount_vnd=90_000))

    tell(Report(payout.pk, "P-1", Outcome.FAILED, error_code="accountError"))

    payout.refresh_from_db()
    assert payout.state == "succeeded"
    assert Event.objects.count() == 1


def test_what_came_back_repays_what_is_owed_meanwhile(payer_out):
    earn("seller-7", 90_000)
    made = run()
    batch = sent(made)
    services.take_back(
        part=in_part("ORDER-9"),
        portions=[services.Portion("payable:seller-7", 40_000)],
        take_back_id=uuid.uuid4(),
        debt_limit_vnd=50_000,
        now=NOW,
    )
    assert settled.money_of("seller-7") == PayeeMoney("seller-7", 0, 90_000, debt_vnd=40_000)
    payer_out.end(payout_of(made), Outcome.FAILED)

    services.ask_due_batches(now=batch.next_ask_at)

    assert settled.money_of("seller-7") == PayeeMoney("seller-7", 50_000, 0, 0)


# --- by hand -------------------------------------------------------------------------------------


def test_what_came_back_can_be_paid_in_another_way_once(payer_out):
    earn("seller-7", 90_000)
    payout = bounced(payer_out)

    for _ in range(2):
        settled_payout = by_hand(payout)
    with pytest.raises(PayoutSettledOtherwise, match="already settled by administrator with the evidence"):
        by_hand(payout, evidence="another")

    assert (settled_payout.state, settled_payout.evidence) == ("by_hand", "VCB 20260302-771")
    assert balance("bank:settlement") == 90_000
    assert settled.money_of("seller-7") == PayeeMoney("seller-7", 0, 0, 0)
    assert not settled.payouts_that_came_back().exists()


def test_what_may_still_arrive_is_not_paid_by_hand(payer_out):
    earn("seller-7", 90_000)
    payout = payout_of(run())

    with pytest.raises(PayoutNotFailed, match="is on the way"):
        by_hand(payout)
    with pytest.raises(PayoutUnknown):
        by_hand(payout, payout_id=uuid.uuid4())

    assert balance("bank:settlement") == 0


def test_what_a_later_payout_took_along_is_not_paid_by_hand_as_well(payer_out):
    earn("seller-7", 90_000)
    payout = bounced(payer_out)
    run()

    with pytest.raises(NotPayable, match="seller-7 has 0 VND to be paid, not 90,000 VND"):
        by_hand(payout)

    payout.refresh_from_db()
    assert payout.state == "failed"
    assert balance("bank:settlement") == 0


def test_an_arrival_after_settling_by_hand_is_owed(payer_out):
    earn("seller-7", 90_000)
    payout = by_hand(bounced(payer_out))

    tell(Report(payout.pk, "P-1", Outcome.SUCCEEDED, amount_vnd=90_000))

    assert settled.debt_vnd("seller-7") == 90_000
    assert payout_of(payout.batch.run).state == "succeeded"


# --- pages and tasks -----------------------------------------------------------------------------


def test_the_pages_of_runs_and_payees_need_few_queries(payer_out, django_assert_num_queries):
    earn("seller-7", 90_000)
    earn("seller-8", 50_000)
    made = run([CHU, MAI])
    batch = sent(made)
    payer_out.end(payout_of(made, "seller-7"), Outcome.SUCCEEDED)
    payer_out.end(payout_of(made, "seller-8"), Outcome.FAILED)
    services.ask_due_batches(now=batch.next_ask_at)

    with django_assert_num_queries(1):
        row = settled.runs().get()
    with django_assert_num_queries(2):
        found = [[payout.payee for payout in batch.payouts.all()] for batch in settled.batches_of(made.pk)]
    with django_assert_num_queries(1):
        payouts = [(payout.amount_vnd, payout.batch.state) for payout in settled.payouts_of("seller-7")]

    assert (row.payouts, row.total_vnd, row.arrived, row.came_back) == (2, 140_000, 1, 1)
    assert (row.on_the_way, row.by_hand) == (0, 0)
    assert found == [["seller-7", "seller-8"]]
    assert payouts == [(90_000, "ended")]
    assert [payout.payee for payout in settled.payouts_that_came_back()] == ["seller-8"]
    assert [claim.outcome for claim in settled.claims_about(payout_of(made))] == ["succeeded"]


def test_a_commit_has_the_batch_sent_and_a_sweep_asks(
    payer_out, django_capture_on_commit_callbacks, monkeypatch
):
    started = []
    monkeypatch.setattr(
        Signature, "apply_async", lambda self, **options: started.append((self.task, dict(self.kwargs)))
    )
    earn("seller-7", 90_000)
    with django_capture_on_commit_callbacks(execute=True):
        made = run()
    batch = batch_of(made)

    assert started == [("payments.tasks.submit_payout_batch", {"batch_id": str(batch.pk)})]
    assert tasks.submit_payout_batch.name == "payments.tasks.submit_payout_batch"
    assert tasks.submit_payout_batch(batch_id=str(batch.pk))
    assert not tasks.submit_payout_batch(batch_id=str(batch.pk))
    PayoutBatch.objects.update(next_ask_at="2026-01-01T00:00Z")
    payer_out.end(payout_of(made), Outcome.SUCCEEDED)
    assert tasks.ask_about_payouts() == 1
    assert payout_of(made).state == "succeeded"


# --- at once -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_eight_runs_at_once_pay_every_dong_once(payer_out):
    for payee, amount_vnd in (("seller-7", 90_000), ("seller-8", 50_000)):
        earn(payee, amount_vnd)

    results = race([partial(run, [CHU, MAI] if turn % 2 else [MAI, CHU]) for turn in range(8)])

    assert all(isinstance(result, PayoutRun) for result in results), results
    paid = Payout.objects.order_by("payee").values_list("payee", "amount_vnd")
    assert list(paid) == [("seller-7", 90_000), ("seller-8", 50_000)]
    assert not accounts_out_of_balance().exists()


@pytest.mark.django_db(transaction=True)
def test_one_run_started_eight_times_at_once_is_one_run(payer_out):
    earn("seller-7", 90_000)
    run_id = uuid.uuid4()

    results = race([partial(run, run_id=run_id) for _ in range(8)])

    assert [result.pk for result in results] == [run_id] * 8
    assert Payout.objects.count() == PayoutBatch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_batch_sent_eight_times_at_once_is_sent_once(payer_out):
    earn("seller-7", 90_000)
    batch = batch_of(run())

    results = race([partial(services.submit_batch, batch_id=batch.pk, now=NOW) for _ in range(8)])

    assert sorted(results) == [False] * 7 + [True]
    assert payer_out.count("payout") == 1


@pytest.mark.django_db(transaction=True)
def test_a_report_eight_times_at_once_is_booked_once(payer_out):
    earn("seller-7", 90_000)
    payout = payout_of(run())
    report = Report(payout.pk, "P-1", Outcome.SUCCEEDED, amount_vnd=90_000)

    results = race([partial(tell, report) for _ in range(8)])

    assert [result.state for result in results] == ["succeeded"] * 8
    assert balance("clearing:fake") == 0
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_payout_by_hand_racing_the_next_run_pays_once(payer_out):
    earn("seller-7", 90_000)
    payout = bounced(payer_out)

    results = race([partial(by_hand, payout), run] * 4)

    on_the_way_vnd = settled.on_the_way_vnd("seller-7")
    assert on_the_way_vnd + balance("bank:settlement") == 90_000
    assert not [result for result in results if not isinstance(result, Payout | PayoutRun | NotPayable)]
    assert not accounts_out_of_balance().exists()


def test_a_hold_of_anybody_else_is_not_paid_out(payer_out):
    earn("seller-7", 90_000)
    ledger.open_account(code="elsewhere", kind="outside", may_overdraw=True)
    ledger.hold(
        transfer_id=uuid.uuid4(),
        debit="payable:seller-7",
        credit="elsewhere",
        amount_vnd=30_000,
        purpose="test",
    )

    assert payout_of(run()).amount_vnd == 60_000
