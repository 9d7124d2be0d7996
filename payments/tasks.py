"""Celery tasks. Each may run twice; the sweeps in CELERY_BEAT_SCHEDULE find what was lost."""

from datetime import date
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from payments import services
from payments.errors import ProviderUnavailable
from payments.ledger import months


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


@shared_task(autoretry_for=(ProviderUnavailable,), retry_backoff=60, retry_backoff_max=1800, max_retries=8)
def reconcile(*, provider: str, day: str, by: str = "") -> int:
    """Compare one provider's statement of one day; return how many lines it had. ``by`` asked for it."""
    found = services.reconcile(provider=provider, day=date.fromisoformat(day), by=by, now=timezone.now())
    return found.lines


@shared_task
def reconcile_yesterday() -> int:
    """Have yesterday's statements compared, and those that could not be had lately; return how many."""
    due = services.due_reconciliations(now=timezone.now())
    for provider, day in due:
        reconcile.delay(provider=provider, day=day.isoformat())
    return len(due)


@shared_task
def make_months() -> int:
    """Make the parts of the ledger for the coming months; return how many were missing."""
    return months.make_ahead("ledger_entry", today=timezone.localdate())
