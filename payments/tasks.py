"""Celery tasks. Each may run twice; the sweeps in CELERY_BEAT_SCHEDULE find what was lost."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from payments import services


@shared_task
def deliver_event(*, event_id: int) -> bool:
    """Tell the receivers about one event. Returns False if they had already heard of it.

    A failure is tried again by deliver_due_events(), after growing pauses.
    """
    return services.deliver_event(event_id=event_id, now=timezone.now())


@shared_task
def deliver_due_events() -> int:
    """Deliver the events nobody has heard yet; return how many were delivered."""
    return services.deliver_due(now=timezone.now())


@shared_task
def submit_operation(*, operation_id: str) -> bool:
    """Send one recorded operation to its provider. Returns False if it was already sent."""
    return services.submit(operation_id=UUID(operation_id), now=timezone.now())


@shared_task
def ask_providers() -> int:
    """Ask about every operation whose time has come; return how many there were."""
    return services.ask_due(now=timezone.now())


@shared_task
def submit_payout_batch(*, batch_id: str) -> bool:
    """Send one recorded batch of payouts to its provider. Returns False if it was already sent."""
    return services.submit_batch(batch_id=UUID(batch_id), now=timezone.now())


@shared_task
def ask_about_payouts() -> int:
    """Ask about every batch of payouts whose time has come; return how many there were."""
    return services.ask_due_batches(now=timezone.now())
