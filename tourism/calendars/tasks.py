from celery import shared_task
from django.utils import timezone

from . import feeds, requests


@shared_task
def read_due() -> int:
    """Have the calendars read whose quarter of an hour is over; return how many. Meant for every minute."""
    due = feeds.due(now=timezone.now())
    for feed_id in due:
        read_feed.delay(feed_id)
    return len(due)


@shared_task
def read_feed(feed_id: int) -> None:
    """Read one calendar. One that was removed meanwhile is nobody's."""
    if feeds.Feed.objects.filter(pk=feed_id).exists():
        feeds.read(feed_id=feed_id, now=timezone.now())


@shared_task
def close_unanswered() -> int:
    """Close the requests that no host has answered in time; return how many."""
    return requests.close_unanswered(now=timezone.now())
