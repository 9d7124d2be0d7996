from celery import shared_task
from django.utils import timezone

from . import alerts, services


@shared_task
def refund_undecided() -> int:
    """Refund guests of closed communes who have chosen nothing in time; return how many offers ended."""
    return services.refund_undecided(now=timezone.now())


@shared_task
def look_for_alerts() -> int:
    """Look for fallen prices, unsold goods and silent sellers; return how many alerts are new."""
    return alerts.look(now=timezone.now())
