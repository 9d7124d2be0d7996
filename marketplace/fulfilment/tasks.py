from celery import shared_task
from django.utils import timezone

from tourism.tours import groups

from . import services
from .services import departures


@shared_task
def release_ended_holds() -> int:
    """Free what unpaid orders still hold although their time is over."""
    return services.release_ended_holds(now=timezone.now())


@shared_task
def decide_departures() -> int:
    """Let departures go, or refund everybody, once it is too late to book; return how many bookings ended."""
    now = timezone.now()
    groups.decide(now=now)
    return departures.refund_cancelled(now=now)
