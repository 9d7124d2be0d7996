"""Telling the rest of the house: events written with the facts, delivered after them, until heard."""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from celery import signature
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from payments.compiled import compiled
from payments.hints import hint
from payments.models import Event, Operation, Payout
from payments.signals import payment_event

FIRST_PAUSE = timedelta(seconds=3)
LONGEST_PAUSE = timedelta(minutes=10)

logger = logging.getLogger(__name__)


def emit(about: Operation | Payout, kind: Event.Kind, payload: dict[str, Any], *, now: datetime) -> Event:
    """Write an event into the caller's transaction and have it delivered as soon as that is committed."""
    subject: dict[str, Any] = {"payout": about}
    if isinstance(about, Operation):
        subject = {"operation": about, "intent": about.intent}
    event = Event.objects.create(
        **subject,
        kind=kind,
        payload=payload,
        created_at=now,
        next_try_at=now,
    )
    run_later("payments.tasks.deliver_event", event_id=event.pk)
    return event


def announce(intent_id: UUID) -> None:
    """After the commit, hint to whoever watches the intent that there is something new to see."""
    hint(f"intent.{intent_id}", "intent.changed")


def run_later(task: str, **arguments: Any) -> None:
    """After the commit, start the Celery task named ``task``.

    If the broker cannot be reached this is logged and left to the sweeps, which look every few seconds.
    """

    def start() -> None:
        signature(task, kwargs=arguments).apply_async(retry=False)

    # Not a partial: to log a failure Django wants a function with a name.
    transaction.on_commit(start, robust=True)


def deliver_event(*, event_id: int, now: datetime) -> bool:
    """Tell the receivers about one event; what they write is committed with the mark that they heard it.

    Returns False if they already had, if somebody else is telling them now, or if an earlier event of the
    same intent or payout has to be told first. A receiver's exception undoes all of it and is raised again,
    after the next try has been put off.
    """
    try:
        with transaction.atomic():
            waiting = _waiting(event_id)
            if not waiting:
                return False
            (event,) = waiting
            payment_event.send(sender=Event, event=event, now=now)
            event.delivered_at = now
            event.save(update_fields=["delivered_at"])
    except Exception:
        _put_off(event_id, now=now)
        raise
    return True


def deliver_due(*, now: datetime) -> int:
    """Deliver every event whose time has come and return how many were.

    Failures are logged with the event's id and tried again after growing pauses.
    """
    delivered = 0
    due = Event.objects.filter(delivered_at=None, next_try_at__lte=now).order_by("id")
    while ids := list(_in_order(due).values_list("pk", flat=True)[:100]):
        before = delivered
        for event_id in ids:
            try:
                delivered += deliver_event(event_id=event_id, now=now)
            except Exception:
                logger.exception("Event %s was not taken; it is tried again later", event_id)
        if delivered == before:
            break  # what is left is being delivered by somebody else
    return delivered


def _in_order(events: QuerySet[Event]) -> QuerySet[Event]:
    """Leave out events that must wait for an earlier one of the same intent or payout."""
    same = Q(intent=OuterRef("intent")) | Q(payout=OuterRef("payout"))
    earlier = Event.objects.filter(same, delivered_at=None, pk__lt=OuterRef("pk"))
    return events.filter(~Exists(earlier))


@compiled
def _waiting(event_id: int) -> QuerySet[Event]:
    undelivered = Event.objects.select_for_update(skip_locked=True, of=("self",))
    waiting = _in_order(undelivered.filter(delivered_at=None, pk=event_id))
    return waiting.select_related("intent", "operation", "payout")


def _put_off(event_id: int, *, now: datetime) -> None:
    with transaction.atomic():
        event = Event.objects.select_for_update().filter(pk=event_id, delivered_at=None).first()
        if event is None:
            return
        event.next_try_at = now + min(FIRST_PAUSE * 2 ** min(event.tries, 10), LONGEST_PAUSE)
        event.tries += 1
        event.save(update_fields=["tries", "next_try_at"])
