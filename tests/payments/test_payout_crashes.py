"""The process dies between a run's commit, the call and the record: asking settles what is left."""

from datetime import timedelta

import pytest

from payments import services, settled
from payments.errors import ProviderUnavailable
from payments.ledger.selectors import accounts_out_of_balance, trial_balance
from payments.models import Event, PayoutBatch
from payments.providers.base import Outcome
from tests.payments.fakes import Killed, nothing
from tests.payments.making import NOW
from tests.payments.paying import batch_of, earn, install, payout_of, run, sent

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(seconds=12)


@pytest.fixture
def payer_out(settings):
    return install(settings)


@pytest.fixture
def made(payer_out):
    """A run that pays seller-7 90,000 VND, not sent yet."""
    earn("seller-7", 90_000)
    return run()


def die(*args, **kwargs):
    raise Killed


def time_out(batch):
    raise ProviderUnavailable("ReadTimeout")


def assert_paid_once(payer_out, made):
    payer_out.end(payout_of(made), Outcome.SUCCEEDED)
    services.ask_due_batches(now=batch_of(made).next_ask_at)
    assert payout_of(made).state == "succeeded"
    assert batch_of(made).state == "ended"
    assert payer_out.paid_vnd == {"seller-7": 90_000}
    assert trial_balance() == {"clearing": 0, "debt": 0, "escrow": 0, "payable": 0}
    assert not accounts_out_of_balance().exists()
    assert Event.objects.count() == 1


def test_a_death_between_the_commit_and_the_call_is_made_good_by_the_sweep(payer_out, made):
    assert services.ask_due_batches(now=LATER - timedelta(seconds=1)) == 0
    assert services.ask_due_batches(now=LATER) == 1

    assert payer_out.count("payout") == 1
    assert_paid_once(payer_out, made)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_death_during_the_call_is_settled_by_asking(payer_out, made, moment):
    setattr(payer_out.script, moment, die)
    with pytest.raises(Killed):
        sent(made)
    setattr(payer_out.script, moment, nothing)
    batch = batch_of(made)
    assert (batch.state, batch.next_ask_at) == ("submitted", LATER)

    services.ask_due_batches(now=LATER)

    assert payer_out.count("payout") == (2 if moment == "before" else 1)
    assert list(payer_out.batches) == [batch.pk]
    assert_paid_once(payer_out, made)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_time_out_is_unknown_and_settled_by_asking(payer_out, made, moment):
    setattr(payer_out.script, moment, time_out)
    batch = sent(made)
    setattr(payer_out.script, moment, nothing)
    assert (batch.state, batch.error_message) == ("unknown", "ReadTimeout")
    assert settled.on_the_way_vnd("seller-7") == 90_000

    services.ask_due_batches(now=LATER)

    assert payer_out.count("payout") == (2 if moment == "before" else 1)
    assert_paid_once(payer_out, made)


def test_a_death_before_the_answer_is_stored_loses_nothing(payer_out, made, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(services.payout_asking, "record_batch_report", die)
        with pytest.raises(Killed):
            sent(made)

    services.ask_due_batches(now=LATER)

    assert payer_out.count("payout") == 1
    assert_paid_once(payer_out, made)


@pytest.mark.parametrize("outcome", [Outcome.SUCCEEDED, Outcome.FAILED])
@pytest.mark.parametrize("step", ["_end", "emit", "keep"])
def test_a_death_while_recording_leaves_all_or_nothing(payer_out, made, monkeypatch, step, outcome):
    batch = sent(made)
    payer_out.end(payout_of(made), outcome)
    with monkeypatch.context() as patch:
        patch.setattr(f"payments.services.payout_reports.{step}", die)
        with pytest.raises(Killed):
            services.ask_due_batches(now=batch.next_ask_at)
    assert payout_of(made).state == "on_the_way"
    assert settled.on_the_way_vnd("seller-7") == 90_000
    assert not Event.objects.exists()

    services.ask_due_batches(now=batch.next_ask_at + timedelta(seconds=30))

    assert payout_of(made).state == outcome
    assert settled.payable_vnd("seller-7") == (0 if outcome is Outcome.SUCCEEDED else 90_000)
    assert Event.objects.count() == 1


def test_a_death_while_asking_frees_the_batch_when_the_lease_ends(payer_out, made, monkeypatch):
    asked_at = sent(made).next_ask_at
    with monkeypatch.context() as patch:
        patch.setattr(payer_out, "query_payout", die)
        with pytest.raises(Killed):
            services.ask_due_batches(now=asked_at)

    assert services.ask_due_batches(now=asked_at + timedelta(seconds=29)) == 0
    assert services.ask_due_batches(now=asked_at + timedelta(seconds=30)) == 1

    assert_paid_once(payer_out, made)


def test_a_death_between_the_payouts_of_a_batch_goes_on_where_it_ended(payer_out, made, monkeypatch):
    batch = sent(made)
    payer_out.end(payout_of(made), Outcome.SUCCEEDED)
    with monkeypatch.context() as patch:
        patch.setattr(PayoutBatch, "save", die)  # after the payouts, before the batch
        patch.setattr(services.payout_asking, "_claim_due", claim_once(batch))
        with pytest.raises(Killed):
            services.ask_due_batches(now=batch.next_ask_at)
    assert (payout_of(made).state, batch_of(made).state) == ("succeeded", "pending")

    services.ask_due_batches(now=batch.next_ask_at)

    assert batch_of(made).state == "ended"
    assert Event.objects.count() == 1


def claim_once(batch):
    def claim(**kwargs):
        return batch.pk

    return claim


def test_an_unknown_batch_is_asked_about_for_ever_and_sent_under_its_own_id_only(payer_out, made):
    payer_out.script.is_silent = True
    sent(made)
    for _ in range(40):
        services.ask_due_batches(now=batch_of(made).next_ask_at)
    batch = batch_of(made)
    assert (batch.state, batch.tries) == ("unknown", 40)
    assert batch.next_ask_at - batch.created_at > timedelta(hours=1)
    assert not run().batches.exists()
    assert settled.money_of("seller-7").on_the_way_vnd == 90_000

    payer_out.script.is_silent = False
    services.ask_due_batches(now=NOW + timedelta(days=400))

    assert list(payer_out.batches) == [batch.pk]
    assert_paid_once(payer_out, made)


def test_a_provider_that_does_not_answer_is_left_alone_for_the_rest_of_the_run(payer_out, made):
    earn("seller-7", 50_000)
    run()
    payer_out.script.is_silent = True

    assert services.ask_due_batches(now=LATER) == 2
    assert services.ask_due_batches(now=LATER + timedelta(minutes=5)) == 1

    assert payer_out.count("payout") + payer_out.count("query_payout") == 3
