"""Real threads: what may come at once, comes at once."""

import uuid
from functools import partial

import pytest

from payments.errors import OpenIntentExists, RefundTooLarge
from payments.ledger.selectors import accounts_out_of_balance, available_vnd, balance_vnd, trial_balance
from payments.models import Claim, Event, Intent, Operation
from payments.providers.base import Outcome
from payments.services import ask_due, deliver_due, deliver_event, expire, submit
from tests.payments.making import HOLD, NOW, ask_back, operation_of, paid, report_on, start, tell
from tests.payments.threads import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fake")]


def test_a_callback_eight_times_at_once_is_counted_once():
    operation = operation_of(start())

    results = race([partial(tell, report_on(operation)) for _ in range(8)])

    assert [result.pk for result in results] == [operation.pk] * 8
    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}
    assert Event.objects.count() == 1
    assert Claim.objects.filter(source="callback").count() == 8


def test_of_two_refunds_racing_for_the_last_dong_one_wins():
    intent = paid()

    results = race([partial(ask_back, intent, shares={"ORDER-7-2": 50_000}) for _ in range(2)])

    assert sorted(type(result).__name__ for result in results) == ["Operation", "RefundTooLarge"]
    assert available_vnd("escrow:ORDER-7-2") == 0
    assert Operation.objects.filter(kind="refund").count() == 1


def test_eight_refunds_racing_for_part_of_it_get_what_there_is():
    intent = paid()

    results = race([partial(ask_back, intent, shares={"ORDER-7-2": 20_000}) for _ in range(8)])

    assert sum(isinstance(result, Operation) for result in results) == 2
    assert sum(isinstance(result, RefundTooLarge) for result in results) == 6
    assert available_vnd("escrow:ORDER-7-2") == 10_000
    assert not accounts_out_of_balance().exists()


def test_one_refund_ordered_eight_times_at_once_is_one_refund():
    intent = paid()
    operation_id = uuid.uuid4()

    results = race([partial(ask_back, intent, operation_id=operation_id) for _ in range(8)])

    assert [result.pk for result in results] == [operation_id] * 8
    assert available_vnd("escrow:ORDER-7-2") == 0


def test_a_payment_started_eight_times_at_once_is_asked_for_once(fake):
    results = race([start for _ in range(8)])

    assert len({result.pk for result in results}) == 1
    assert Intent.objects.count() == 1
    assert fake.count("authorize") == 1


def test_a_payment_started_in_two_ways_at_once_is_asked_for_in_one():
    results = race([start, partial(start, provider="other")])

    assert sorted(type(result).__name__ for result in results) == ["Intent", "OpenIntentExists"]
    assert isinstance(results[0], OpenIntentExists) or isinstance(results[1], OpenIntentExists)
    assert Operation.objects.count() == 1


@pytest.mark.parametrize("round_number", range(3))
def test_expiry_and_success_at_once_lead_to_money_that_everybody_hears_of(round_number):
    intent = start()
    operation = operation_of(intent)

    race([partial(expire, intent_id=intent.pk, now=NOW + HOLD), partial(tell, report_on(operation))])

    kinds = list(Event.objects.order_by("pk").values_list("kind", "payload"))
    assert kinds in (
        [("payment.succeeded", {"late": False})],
        [("payment.expired", {}), ("payment.succeeded", {"late": True})],
    )
    assert Intent.objects.get().state == "succeeded"
    assert balance_vnd("escrow:ORDER-7-1") == 200_000


def test_success_and_failure_at_once_end_in_success():
    operation = operation_of(start())

    race(
        [partial(tell, report_on(operation, outcome)) for outcome in (Outcome.SUCCEEDED, Outcome.FAILED)] * 3
    )

    assert operation_of(Intent.objects.get()).state == "succeeded"
    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}
    assert Event.objects.filter(kind="payment.succeeded").count() == 1


def test_payments_of_many_orders_through_one_provider_do_not_deadlock():
    shares = [{f"ORDER-{number}-1": 1_000, f"ORDER-{number}-2": 500} for number in range(8)]
    operations = [
        operation_of(start(reference=f"ORDER-{number}", shares=shares[number])) for number in range(8)
    ]

    results = race([partial(tell, report_on(operation)) for operation in operations])

    assert {type(result).__name__ for result in results} == {"Operation"}
    assert balance_vnd("clearing:fake") == -12_000


def test_four_workers_ask_about_each_operation_once(fake):
    for number in range(6):
        start(reference=f"ORDER-{number}")

    asked = race([partial(ask_due, now=NOW + HOLD / 2) for _ in range(4)])

    assert sum(asked) == 6
    assert fake.count("query") == 6


def test_a_refund_sent_by_two_workers_at_once_is_sent_once(fake):
    intent = paid()
    fake.decide(operation_of(intent).pk, Outcome.SUCCEEDED)
    refund = ask_back(intent)

    sent = race([partial(submit, operation_id=refund.pk, now=NOW) for _ in range(4)])

    assert sorted(sent) == [False, False, False, True]


def test_an_event_delivered_by_six_at_once_is_heard_once(heard):
    paid()
    event = Event.objects.get()

    calls = [partial(deliver_event, event_id=event.pk, now=NOW), partial(deliver_due, now=NOW)] * 3
    delivered = race(calls)

    assert sum(delivered) == 1
    assert heard == [("payment.succeeded", {"late": False})]
