from celery import shared_task
from django.utils import timezone

from . import bookings, opening


@shared_task
def extend_nights() -> int:
    """Keep a year and a half of nights on sale; return how many were added. Meant for once a day."""
    return opening.keep_open(today=timezone.localdate())


@shared_task
def end_holds() -> int:
    """Free the nights of holds that are over; return how many holds. Meant for every few seconds."""
    return bookings.end_holds(timezone.now())
