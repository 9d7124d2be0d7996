from celery import shared_task
from django.utils import timezone

from . import services


@shared_task
def forget_strangers() -> int:
    """Remove numbers whose code never came back; return how many. Meant for once a day."""
    return services.forget_strangers(now=timezone.now())
