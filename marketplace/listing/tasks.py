from uuid import UUID

from celery import shared_task
from django.utils import timezone

from . import photos


@shared_task(autoretry_for=(OSError,), retry_backoff=True, retry_backoff_max=60, max_retries=5)
def develop_photo(*, photo_id: str) -> None:
    """Make the pictures of one photo."""
    photos.develop(photo_id=UUID(photo_id), now=timezone.now())


@shared_task
def develop_waiting() -> int:
    """Take up photos whose task was lost; return how many."""
    found = photos.waiting(now=timezone.now())
    for photo_id in found:
        photos.develop(photo_id=photo_id, now=timezone.now())
    return len(found)


@shared_task
def forget_unused_photos() -> int:
    """Delete photos no product came of in a month."""
    return photos.forget_unused(now=timezone.now())
