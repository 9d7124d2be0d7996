from celery import shared_task
from django.utils import timezone

from . import notices, services


@shared_task
def deliver_message(*, message_id: int) -> bool:
    """Send one message. Returns False if it was not due; a failure is tried again by the sweep."""
    return services.deliver(message_id=message_id, now=timezone.now())


@shared_task
def deliver_due_messages() -> int:
    """Send every message that is due; return how many went out."""
    return services.deliver_due(now=timezone.now())


@shared_task
def forget_texts() -> int:
    """Empty the texts of old messages; return how many. Meant for once a day."""
    return services.forget(now=timezone.now())


@shared_task
def forget_notices() -> int:
    """Drop notices older than half a year; return how many. Meant for once a day."""
    return notices.forget(now=timezone.now())
