from celery import shared_task
from django.utils import timezone

from . import services


@shared_task
def open_due() -> int:
    """Take orders for harvests from today, and no more for those that should have been brought in."""
    return services.open_due(now=timezone.now())
