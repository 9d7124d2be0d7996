from celery import shared_task
from django.utils import timezone

from . import idempotency


@shared_task
def forget_idempotency_keys() -> int:
    """Delete the keys nobody will send again; return how many there were."""
    return idempotency.forget_old(now=timezone.now())
