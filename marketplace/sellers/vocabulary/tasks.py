from celery import shared_task

from . import services


@shared_task
def forget_unused_words() -> int:
    """Forget the words of listings that are gone. Runs at night."""
    return services.forget_unused_words()
