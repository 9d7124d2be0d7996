from dataclasses import replace
from datetime import timedelta

import pytest

from payments import providers
from payments.errors import ProviderRefused
from payments.ledger.selectors import trial_balance
from payments.models import Claim, Event, Operation
from payments.providers.base import Outcome
from payments.services import ask_due, expire
from tests.payments.making import HOLD, NOW, ask_back, operation_of, paid, report_on, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]


def after(**time):
    return NOW + timedelta(**time)


def kinds():
    return list(Event.objects.order_by("pk").values_list("kind", "payload"))


def test_a_lost_callback_is_made_good_by_asking(fake):
    operation = operation_of(start())
    fake.decide(operation.pk, Outcome.SUCCEEDED)

    assert ask_due(now=after(seconds=3)) == 0
    assert ask_due(now=after(seconds=4)) == 1

    operation.refresh_from_db()
    assert operation.state == "succeeded"
    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}
    assert kinds() == [("payment.succeeded", {"late": False})]
    assert Claim.objects.last().source == "query"


def test_asking_goes_on_with_growing_pauses_until_there_is_an_answer(fake):
    operation = operation_of(start())
    asked_at = []

    for second in range(250):
        if ask_due(now=after(seconds=second)):
            asked_at.append(second)

    assert asked_at == [4, 12, 27, 57, 117, 177, 237]
    operation.refresh_from_db()
    assert (operation.state, operation.tries) == ("pending", 7)


def test_a_refusal_is_heard_by_asking(fake):
    operation = operation_of(start())
    fake.decide(operation.pk, Outcome.FAILED, "insufficientFunds")

    ask_due(now=after(seconds=4))

    operation.refresh_from_db()
    assert (operation.state, operation.error_code, operation.next_ask_at) == (
        "failed",
        "insufficientFunds",
        None,
    )
    assert [kind for kind, _ in kinds()] == ["payment.failed"]


def test_a_silent_provider_is_left_alone_for_the_rest_of_the_run_and_asked_again_later(fake):
    for number in range(3):
        start(reference=f"ORDER-{number}")
    heard_of = start(reference="ORDER-9", provider="other")
    providers.get("other").decide(operation_of(heard_of).pk, Outcome.SUCCEEDED)
    fake.script.is_silent = True

    asked = ask_due(now=after(seconds=5))

    assert (fake.count("query"), asked) == (1, 2)
    assert operation_of(heard_of).state == "succeeded"
    assert set(Operation.objects.filter(provider="fake").values_list("state", flat=True)) == {"pending"}
    fake.script.is_silent = False
    assert ask_due(now=after(seconds=40)) == 3


def test_what_never_arrived_is_sent_again_with_the_same_id(fake):
    operation = operation_of(start())
    fake.known.clear()

    ask_due(now=after(seconds=4))

    assert [called for called in fake.script.calls if called[0] == "authorize"] == [
        ("authorize", operation.pk),
        ("authorize", operation.pk),
    ]
    operation.refresh_from_db()
    assert operation.state == "pending"


def test_what_never_arrived_is_not_sent_again_after_the_hold(fake):
    operation = operation_of(start())
    fake.known.clear()

    ask_due(now=NOW + HOLD)

    assert fake.count("authorize") == 1
    operation.refresh_from_db()
    assert operation.state == "pending"


def test_what_had_not_arrived_half_a_minute_after_the_hold_has_failed(fake):
    operation = operation_of(start())
    fake.known.clear()

    ask_due(now=NOW + HOLD + timedelta(seconds=30))

    operation.refresh_from_db()
    assert (operation.state, operation.error_code) == ("failed", "never_arrived")


def test_a_refusal_of_the_second_attempt_ends_it(fake):
    def refuse(charge):
        raise ProviderRefused("The wallet is locked.", reason="requestDeclined")

    operation = operation_of(start())
    fake.known.clear()
    fake.script.before = refuse

    ask_due(now=after(seconds=4))

    operation.refresh_from_db()
    assert (operation.state, operation.error_code) == ("failed", "requestDeclined")


def test_an_expired_payment_is_looked_at_once_more_so_that_no_money_is_overlooked(fake):
    intent = start()
    operation = operation_of(intent)
    fake.decide(operation.pk, Outcome.SUCCEEDED)
    expire(intent_id=intent.pk, now=NOW + HOLD)

    ask_due(now=NOW + HOLD)

    assert kinds() == [("payment.expired", {}), ("payment.succeeded", {"late": True})]
    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}


def test_an_expired_payment_the_provider_has_ended_is_not_asked_about_again(fake):
    intent = start()
    expire(intent_id=intent.pk, now=NOW + HOLD)
    ask_due(now=NOW + HOLD)
    fake.decide(operation_of(intent).pk, Outcome.FAILED, "expired")

    assert ask_due(now=NOW + HOLD + timedelta(minutes=1)) == 1
    assert ask_due(now=NOW + HOLD + timedelta(days=9)) == 0
    assert operation_of(intent).state == "expired"


def test_a_refund_the_task_lost_is_sent_by_the_sweep(fake):
    intent = paid()
    charged = operation_of(intent)
    fake.decide(charged.pk, Outcome.SUCCEEDED)
    Operation.objects.filter(pk=charged.pk).update(provider_ref=f"F-{charged.pk}")
    refund = ask_back(intent)

    ask_due(now=after(seconds=12))

    refund.refresh_from_db()
    assert (refund.state, fake.count("refund")) == ("pending", 1)


def test_a_claim_that_does_not_fit_leaves_the_payment_waiting_for_a_person(fake, caplog):
    operation = operation_of(start())
    fake.decide(operation.pk, Outcome.SUCCEEDED)
    fake.known[operation.pk].charge = fake.known[operation.pk].charge.__class__(
        **vars(fake.known[operation.pk].charge) | {"amount_vnd": 1}
    )

    ask_due(now=after(seconds=4))

    operation.refresh_from_db()
    assert operation.state == "pending"
    assert trial_balance() == {}
    assert Claim.objects.get(source="query").refusal == "amount_mismatch"
    assert f"What fake says of operation {operation.pk} is not believed" in caplog.text


def test_a_provider_that_keeps_claiming_what_does_not_fit_is_asked_ever_less_and_at_last_no_more(fake):
    operation = operation_of(start())
    fake.decide(operation.pk, Outcome.SUCCEEDED)
    fake.known[operation.pk].charge = replace(fake.known[operation.pk].charge, amount_vnd=1)

    for minute in range(0, 26 * 60, 5):
        ask_due(now=after(minutes=minute))

    operation.refresh_from_db()
    assert (operation.state, operation.next_ask_at) == ("pending", None)
    assert Claim.objects.filter(refusal="amount_mismatch").count() < 110


def test_a_provider_that_is_gone_from_the_settings_stops_nobody_elses_answers(fake, settings):
    gone = operation_of(start(reference="ORDER-1", provider="other"))
    kept = operation_of(start(reference="ORDER-2"))
    settings.PAYMENT_PROVIDERS = {"fake": settings.PAYMENT_PROVIDERS["fake"]}
    now_here = providers.get("fake")
    now_here.known = fake.known
    now_here.decide(kept.pk, Outcome.SUCCEEDED)

    ask_due(now=after(seconds=5))

    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.state, gone.state) == ("succeeded", "pending")


def test_nothing_is_asked_when_nothing_is_due(fake, django_assert_num_queries):
    tell(report_on(operation_of(start())))
    fake.script.calls.clear()

    with django_assert_num_queries(3):  # the savepoint and one look
        assert ask_due(now=NOW + timedelta(days=1)) == 0

    assert fake.script.calls == []
