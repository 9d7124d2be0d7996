import logging
from datetime import timedelta

import pytest

from payments.models import Event, Intent
from payments.providers.base import Outcome
from payments.services import deliver_due, deliver_event, expire
from payments.signals import payment_event
from tests.payments.making import HOLD, NOW, ask_back, operation_of, paid, report_on, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]


class Receiver:
    """Writes something of its own for every event, and fails as long as it is told to."""

    def __init__(self):
        self.is_failing = True
        self.calls = 0

    def __call__(self, event, **kwargs):
        self.calls += 1
        Intent.objects.filter(pk=event.intent_id).update(description=f"heard {event.kind}")
        if self.is_failing:
            raise RuntimeError("no stock table today")


@pytest.fixture
def receiver():
    listening = Receiver()
    payment_event.connect(listening)
    return listening


def event_of(kind):
    return Event.objects.get(kind=kind)


def test_an_event_is_delivered_once(heard):
    paid()
    event = event_of("payment.succeeded")

    assert deliver_event(event_id=event.pk, now=NOW)
    assert not deliver_event(event_id=event.pk, now=NOW)

    event.refresh_from_db()
    assert event.delivered_at == NOW
    assert heard == [("payment.succeeded", {"late": False})]


def test_the_sweep_delivers_what_no_task_did(heard):
    paid()

    assert deliver_due(now=NOW) == 1
    assert deliver_due(now=NOW) == 0

    assert len(heard) == 1


def test_what_a_failing_receiver_wrote_is_undone_and_the_event_waits(receiver, caplog):
    intent = paid()

    assert deliver_due(now=NOW) == 0

    intent.refresh_from_db()
    event = event_of("payment.succeeded")
    assert intent.description == "ORDER-7 at Mường Then"
    assert (event.delivered_at, event.tries) == (None, 1)
    assert event.next_try_at == NOW + timedelta(seconds=3)
    assert f"Event {event.pk} was not taken" in caplog.text


def test_the_pauses_grow_and_nothing_is_lost(receiver, heard, caplog):
    caplog.set_level(logging.CRITICAL)
    intent = paid()
    tried_at = []
    for second in range(0, 3_000, 3):
        before = receiver.calls
        deliver_due(now=NOW + timedelta(seconds=second))
        if receiver.calls > before:
            tried_at.append(second)
    receiver.is_failing = False

    delivered = deliver_due(now=NOW + timedelta(hours=1))

    assert tried_at == [0, 3, 9, 21, 45, 93, 189, 381, 765, 1_365, 1_965, 2_565]
    assert delivered == 1
    intent.refresh_from_db()
    assert intent.description == "heard payment.succeeded"


def test_a_failing_event_stops_no_other_payments(receiver, heard, caplog):
    def refuse_the_first(event, **kwargs):
        if event.intent.reference == "ORDER-1":
            raise RuntimeError("not this one")

    caplog.set_level(logging.CRITICAL)
    receiver.is_failing = False
    payment_event.connect(refuse_the_first)
    paid(reference="ORDER-1")
    paid(reference="ORDER-2")

    assert deliver_due(now=NOW) == 1

    assert list(Event.objects.filter(delivered_at=None).values_list("intent__reference", flat=True)) == [
        "ORDER-1"
    ]


def test_the_events_of_a_payment_are_told_in_the_order_in_which_they_happened(heard):
    intent = start()
    expire(intent_id=intent.pk, now=NOW + HOLD)
    tell(report_on(operation_of(intent)))
    late = event_of("payment.succeeded")

    assert not deliver_event(event_id=late.pk, now=NOW + HOLD)
    assert heard == []
    assert deliver_due(now=NOW + HOLD) == 2

    assert heard == [("payment.expired", {}), ("payment.succeeded", {"late": True})]


def test_an_event_waits_for_an_earlier_one_that_failed(receiver, heard, caplog):
    caplog.set_level(logging.CRITICAL)
    intent = start()
    expire(intent_id=intent.pk, now=NOW + HOLD)
    deliver_due(now=NOW + HOLD)
    tell(report_on(operation_of(intent)), now=NOW + HOLD)

    assert deliver_due(now=NOW + HOLD) == 0

    receiver.is_failing = False
    assert deliver_due(now=NOW + HOLD + timedelta(seconds=3)) == 2


def test_a_receiver_may_order_a_refund(heard):
    def give_back(event, **kwargs):
        if event.kind == Event.Kind.PAYMENT_SUCCEEDED:
            ask_back(event.intent)

    payment_event.connect(give_back, weak=False)
    intent = paid()

    deliver_due(now=NOW)

    refund = intent.operations.get(kind="refund")
    tell(report_on(refund))
    deliver_due(now=NOW)
    assert [kind for kind, _ in heard] == ["payment.succeeded", "refund.succeeded"]


def test_an_event_that_does_not_exist_is_not_delivered():
    assert not deliver_event(event_id=0, now=NOW)


@pytest.mark.parametrize("outcome", [Outcome.SUCCEEDED, Outcome.FAILED])
def test_the_event_is_written_with_the_fact_and_delivery_starts_after_the_commit(
    outcome, django_capture_on_commit_callbacks
):
    operation = operation_of(start())

    with django_capture_on_commit_callbacks() as callbacks:
        tell(report_on(operation, outcome))
        assert Event.objects.filter(operation=operation).count() == 1

    assert [callback.__qualname__ for callback in callbacks] == [
        "run_later.<locals>.start",
        "hint.<locals>.send",
    ]
