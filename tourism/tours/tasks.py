from celery import shared_task
from django.utils import timezone

from . import schedules, seats, waiting


@shared_task
def end_holds() -> int:
    """Free seats that are held too long, and hold what is free for those who wait. Meant for every 3 s."""
    now = timezone.now()
    return seats.end_holds(now=now) + waiting.offer(now=now)


@shared_task
def open_departures() -> int:
    """Open departures for the next eighteen months; return how many were added. Meant for once a day.

    Also forgets who waited for departures of long ago.
    """
    now = timezone.now()
    waiting.forget(now=now)
    return schedules.keep_open(now=now)
