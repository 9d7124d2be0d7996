from celery import shared_task
from django.utils import timezone

from .services import boxes, following, pooling


@shared_task
def tell_followers() -> int:
    """Tell followers what is new. Once a day; a second run tells nobody twice."""
    return following.tell_followers(now=timezone.now())


@shared_task
def remind_of_boxes() -> int:
    """Remind buyers of the boxes that are due. A second run reminds nobody twice."""
    return boxes.remind_due(now=timezone.now())


@shared_task
def settle_pools() -> int:
    """Close and settle the pooled orders whose time is over."""
    return pooling.settle_due(now=timezone.now())
