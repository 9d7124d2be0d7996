import logging

import pytest
from celery import Signature
from kombu.exceptions import OperationalError

from payments import tasks
from payments.models import Event, Operation
from payments.providers.base import Outcome
from tests.payments.making import ask_back, operation_of, paid, report_on, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]


def long_ago(operation):
    Operation.objects.filter(pk=operation.pk).update(next_ask_at="2026-01-01T00:00Z")


def test_one_event_is_delivered_by_its_task(heard):
    paid()
    event = Event.objects.get()

    assert tasks.deliver_event(event_id=event.pk)
    assert not tasks.deliver_event(event_id=event.pk)

    assert heard == [("payment.succeeded", {"late": False})]


def test_the_sweeps_take_what_is_due(fake, heard):
    operation = operation_of(start())
    long_ago(operation)
    fake.decide(operation.pk, Outcome.SUCCEEDED)

    assert tasks.ask_providers() == 1
    assert tasks.deliver_due_events() == 1

    assert heard == [("payment.succeeded", {"late": False})]


def test_a_recorded_operation_is_sent_by_its_task(fake):
    intent = paid()
    fake.decide(operation_of(intent).pk, Outcome.SUCCEEDED)
    refund = ask_back(intent)

    assert tasks.submit_operation(operation_id=str(refund.pk))
    assert not tasks.submit_operation(operation_id=str(refund.pk))


def test_a_commit_starts_the_tasks_by_name(django_capture_on_commit_callbacks, monkeypatch):
    started = []
    monkeypatch.setattr(
        Signature, "apply_async", lambda self, **options: started.append((self.task, dict(self.kwargs)))
    )

    with django_capture_on_commit_callbacks(execute=True):
        intent = paid()
        refund = ask_back(intent)

    event = Event.objects.get()
    assert started == [
        ("payments.tasks.deliver_event", {"event_id": event.pk}),
        ("payments.tasks.submit_operation", {"operation_id": str(refund.pk)}),
    ]
    assert {task for task, _ in started} <= {tasks.deliver_event.name, tasks.submit_operation.name}


def test_a_broker_that_is_gone_delays_the_news_and_loses_no_fact(
    django_capture_on_commit_callbacks, monkeypatch, caplog, heard
):
    def refuse(self, **options):
        raise OperationalError("Connection refused")

    operation = operation_of(start())
    monkeypatch.setattr(Signature, "apply_async", refuse)
    caplog.set_level(logging.CRITICAL, logger="django.test")

    with django_capture_on_commit_callbacks(execute=True):
        tell(report_on(operation))

    operation.refresh_from_db()
    assert operation.state == "succeeded"
    assert tasks.deliver_due_events() == 1
    assert heard == [("payment.succeeded", {"late": False})]
