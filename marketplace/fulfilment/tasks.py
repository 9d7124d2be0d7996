from celery import shared_task
from django.utils import timezone

from . import services


@shared_task
def release_ended_holds() -> int:
    """Free what unpaid orders still hold although their time is over."""
    return services.release_ended_holds(now=timezone.now())
