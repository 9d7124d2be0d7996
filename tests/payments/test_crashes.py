"""The process dies at any line between commit, call and record: asking settles what is left."""

from datetime import timedelta

import pytest

from payments import services
from payments.errors import ProviderUnavailable
from payments.ledger.selectors import accounts_out_of_balance, balance_vnd, trial_balance
from payments.models import Event, Intent, Operation
from payments.providers.base import Outcome
from payments.services import ask_due
from tests.payments.fakes import Killed, nothing
from tests.payments.making import NOW, ask_back, operation_of, paid, report_on, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]

LATER = NOW + timedelta(seconds=12)


def die(charge):
    raise Killed


def time_out(charge):
    raise ProviderUnavailable("ReadTimeout")


def only_operation():
    return Operation.objects.get(intent=Intent.objects.get())


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_death_during_the_call_is_settled_by_asking(fake, moment):
    setattr(fake.script, moment, die)
    with pytest.raises(Killed):
        start()
    setattr(fake.script, moment, nothing)
    operation = only_operation()
    assert (operation.state, operation.next_ask_at) == ("submitted", LATER)

    assert ask_due(now=LATER - timedelta(seconds=1)) == 0
    assert ask_due(now=LATER) == 1

    operation.refresh_from_db()
    assert operation.state == "pending"
    assert fake.count("authorize") == (2 if moment == "before" else 1)
    assert list(fake.known) == [operation.pk]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_time_out_is_settled_by_asking(fake, moment):
    setattr(fake.script, moment, time_out)
    intent = start()
    setattr(fake.script, moment, nothing)
    assert (intent.state, only_operation().state) == ("pending", "unknown")

    ask_due(now=LATER)

    assert only_operation().state == "pending"
    assert fake.count("authorize") == (2 if moment == "before" else 1)
    assert len(fake.known) == 1


def test_a_debit_followed_by_a_time_out_is_found_and_booked_once(fake):
    def debit_and_time_out(charge):
        fake.decide(charge.operation_id, Outcome.SUCCEEDED)
        raise ProviderUnavailable("ReadTimeout")

    fake.script.after = debit_and_time_out
    start()

    ask_due(now=LATER)
    ask_due(now=LATER + timedelta(minutes=1))

    assert only_operation().state == "succeeded"
    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}
    assert Event.objects.count() == 1


def test_a_callback_before_the_answer_is_stored_is_not_undone_by_the_answer(fake):
    def call_back(charge):
        operation = Operation.objects.select_related("intent").get(pk=charge.operation_id)
        tell(report_on(operation))

    fake.script.after = call_back

    intent = start()

    assert (intent.state, only_operation().state) == ("succeeded", "succeeded")
    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}
    assert Event.objects.count() == 1


def test_a_death_before_the_answer_is_stored_loses_nothing(fake, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(services.asking, "record_report", lambda **_: die(None))
        with pytest.raises(Killed):
            start()
    fake.decide(only_operation().pk, Outcome.SUCCEEDED)

    ask_due(now=LATER)

    assert only_operation().state == "succeeded"
    assert fake.count("authorize") == 1


@pytest.mark.parametrize("step", ["captures.settle", "emit", "derive_state", "keep"])
def test_a_death_while_recording_leaves_all_or_nothing(fake, monkeypatch, step):
    operation = operation_of(start())
    fake.decide(operation.pk, Outcome.SUCCEEDED)
    with monkeypatch.context() as patch:
        patch.setattr(f"payments.services.reports.{step}", lambda *args, **kwargs: die(None))
        with pytest.raises(Killed):
            ask_due(now=LATER)
    operation.refresh_from_db()
    assert (operation.state, trial_balance(), Event.objects.count()) == ("pending", {}, 0)

    ask_due(now=LATER + services.asking.LEASE)

    operation.refresh_from_db()
    assert operation.state == "succeeded"
    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}
    assert Event.objects.count() == 1


def test_a_death_while_asking_frees_the_operation_when_the_lease_ends(fake, monkeypatch):
    operation = operation_of(start())
    with monkeypatch.context() as patch:
        patch.setattr(fake, "query", die)
        with pytest.raises(Killed):
            ask_due(now=LATER)
    fake.decide(operation.pk, Outcome.SUCCEEDED)

    assert ask_due(now=LATER + timedelta(seconds=29)) == 0
    assert ask_due(now=LATER + timedelta(seconds=30)) == 1

    operation.refresh_from_db()
    assert operation.state == "succeeded"


@pytest.mark.parametrize("fault", [die, time_out])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_refund_survives_the_same(fake, moment, fault):
    intent = paid()
    charged = operation_of(intent)
    fake.decide(charged.pk, Outcome.SUCCEEDED)
    Operation.objects.filter(pk=charged.pk).update(provider_ref=f"F-{charged.pk}")
    refund = ask_back(intent, shares={"ORDER-7-2": 50_000})
    setattr(fake.script, moment, fault)
    try:
        services.submit(operation_id=refund.pk, now=NOW)
    except Killed:
        assert fault is die
    setattr(fake.script, moment, nothing)

    ask_due(now=LATER)
    fake.decide(refund.pk, Outcome.SUCCEEDED)
    ask_due(now=LATER + timedelta(minutes=1))

    refund.refresh_from_db()
    assert refund.state == "succeeded"
    assert fake.count("refund") == (2 if moment == "before" else 1)
    assert balance_vnd("escrow:ORDER-7-2") == 0
    assert balance_vnd("clearing:fake") == -200_000
    assert not accounts_out_of_balance().exists()
