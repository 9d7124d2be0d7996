from celery import shared_task
from django.utils import timezone

from . import services


@shared_task
def keep_closed() -> int:
    """Close again what came on sale in a closed commune; return how many nights and departures."""
    return services.keep_closed(today=timezone.localdate())
