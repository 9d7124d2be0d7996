from celery import shared_task
from django.utils import timezone

from . import services


@shared_task
def refund_undecided() -> int:
    """Refund guests of closed communes who have chosen nothing in time; return how many offers ended."""
    return services.refund_undecided(now=timezone.now())
