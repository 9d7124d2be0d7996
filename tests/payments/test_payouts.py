"""Paying people what is theirs: runs, pages and tasks."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from celery import Signature

from payments import ledger, services, settled, tasks
from payments.ledger.models import Transfer
from payments.ledger.selectors import trial_balance
from payments.models import Payout, PayoutBatch
from payments.providers.base import Outcome
from payments.settled import PayeeMoney
from tests.payments.making import NOW
from tests.payments.paying import (
    CHU,
    MAI,
    batch_of,
    bounced,
    earn,
    install,
    payout_of,
    run,
    sent,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("payer_out")]

LATER = NOW + timedelta(seconds=12)


@pytest.fixture
def payer_out(settings):
    return install(settings)


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


def by_hand(payout, **changes):
    wanted = {"payout_id": payout.pk, "evidence": "VCB 20260302-771", "by": "administrator", "now": LATER}
    return services.settle_by_hand(**wanted | changes)


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
