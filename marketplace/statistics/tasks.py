from celery import shared_task

from . import summaries


@shared_task
def keep_summaries() -> int:
    """Make the summaries of every day and unit with new sales again; return how many there were."""
    return summaries.keep()
