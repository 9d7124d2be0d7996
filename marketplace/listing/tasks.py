from uuid import UUID

from celery import shared_task
from django.utils import timezone

from . import imports, photos


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


@shared_task
def work_at_import(*, import_id: str) -> None:
    """Read one file of goods, or list its next rows."""
    imports.work(import_id=UUID(import_id), now=timezone.now())


@shared_task
def take_up_imports() -> int:
    """Go on with files whose task was lost; return how many."""
    found = imports.waiting(now=timezone.now())
    for import_id in found:
        work_at_import.delay(import_id=str(import_id))
    return len(found)
