from celery import shared_task
from django.utils import timezone

from tourism.tours import groups

from . import services
from .services import departures, returns, telling, tracking


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


@shared_task
def refund_missing() -> int:
    """Pay back what recorded harvests did not give of what was ordered beforehand."""
    return services.refund_missing(now=timezone.now())


@shared_task
def tell_paid() -> int:
    """Tell buyers with an account that their money came; return how many orders were new."""
    return telling.tell_paid(now=timezone.now())


@shared_task
def ask_carriers() -> int:
    """Give waiting parcels to the carrier, and ask for what is under way; return how much was new."""
    return tracking.ask_carriers(now=timezone.now())


@shared_task
def return_uncollected() -> int:
    """Send back the parcels that nobody collected in time, with their money."""
    return returns.return_uncollected(now=timezone.now())


@shared_task
def close_weights() -> int:
    """Ask no longer for what goods that were handed over weigh, or for rests that nobody paid in time."""
    return services.close_weights(now=timezone.now())
