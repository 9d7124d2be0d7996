from celery import shared_task
from django.utils import timezone

from .services import register, villages


@shared_task
def share_out_guests() -> int:
    """Give the new guests of villages to their houses. Meant for every half minute."""
    return villages.share_out(now=timezone.now())


@shared_task
def remind_to_report() -> int:
    """Remind the houses whose guests are not reported yet. Meant for every quarter of an hour."""
    return register.remind(now=timezone.now())


@shared_task
def forget_guests() -> int:
    """Empty what the register must no longer know. Meant for once a day."""
    return register.forget(now=timezone.now())
