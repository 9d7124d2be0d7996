from celery import shared_task
from django.utils import timezone

from .services.telling import remind


@shared_task
def remind_to_collect() -> int:
    """Remind buyers whose parcels have waited for some days; return how many wait so long."""
    return remind(now=timezone.now())
