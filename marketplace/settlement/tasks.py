from celery import shared_task
from django.utils import timezone

from . import services


@shared_task
def release_due() -> int:
    """Release the money of every part whose dispute window has ended; return how many there were."""
    return services.release_due(now=timezone.now())


@shared_task
def pay_out() -> str:
    """Start the payout run of the day, once; return its id."""
    now = timezone.now()
    run = services.pay_out(run_id=services.run_id_of(timezone.localdate(now)), now=now, by="schedule")
    return str(run.pk)


@shared_task
def escalate_disputes() -> int:
    """Hand on every dispute that nobody answered in time; return how many there were."""
    return services.escalate_due(now=timezone.now())
