"""Photos of what is for sale: taken in at once, made into pictures by the worker, which forgets the photo."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from oscar.core.loading import get_model

from frontend import developing
from frontend.pictures import MASTER_EXTENSION, delete_renditions, store_renditions
from marketplace.accounts.models import User
from marketplace.sellers.models import Seller
from payments.services.outbox import run_later

from .errors import EMPTY, GONE, TOO_HEAVY, PhotoRefused
from .models import Photo

ProductImage = get_model("catalogue", "ProductImage")

BYTES_MAX = 20 * 1024 * 1024
FOLDER = "photos"
# A photo the worker did not get to, or died over, is taken up again after this.
AGAIN_AFTER = timedelta(seconds=90)
_HEIF_HEAD = slice(4, 8), b"ftyp"


def upload(*, seller: Seller, file: Any, photo_id: UUID, by: User, now: datetime) -> Photo:
    """Keep a photo and have the worker make pictures of it. Reads its head alone, so it answers at once.

    ``photo_id`` is made with the form: sent again, the photo that is there stays. Raises PhotoRefused for
    what is seen to be no photo, too heavy, too small or a trap; what is broken further in the worker finds.
    """
    known = Photo.objects.filter(pk=photo_id).first()
    if known is not None:
        if known.seller_id != seller.pk:
            raise PhotoRefused(GONE)
        return known
    _look_at(file)
    try:
        return _keep(seller, file, photo_id, by, now)
    except IntegrityError:  # the same photo came twice at once
        return Photo.objects.get(pk=photo_id, seller=seller)


def _keep(seller: Seller, file: Any, photo_id: UUID, by: User, now: datetime) -> Photo:
    with transaction.atomic():
        photo = Photo(pk=photo_id, seller=seller, uploaded_by=by, uploaded_at=now)
        photo.upload.save(f"{photo_id}", file, save=False)
        photo.save(force_insert=True)
        run_later("marketplace.listing.tasks.develop_photo", photo_id=str(photo_id))
    return photo


def _look_at(file: Any) -> None:
    """Raise PhotoRefused for what the first bytes tell already."""
    if not file.size:
        raise PhotoRefused(EMPTY)
    if file.size > BYTES_MAX:
        raise PhotoRefused(TOO_HEAVY)
    head = file.read(12)
    file.seek(0)
    if head[_HEIF_HEAD[0]] == _HEIF_HEAD[1]:
        return  # the library that reads it is loaded by the worker alone
    try:
        developing.opened(file)
    except developing.Refused as refused:
        raise PhotoRefused(refused.code) from refused
    finally:
        file.seek(0)


def develop(*, photo_id: UUID, now: datetime) -> Photo:
    """Make the pictures of a photo that waits for them, and forget the photo. Repeats change nothing.

    Takes about a second of another process; no transaction is open meanwhile. A photo that cannot be used is
    marked so, with the reason, and its file is deleted all the same.
    """
    photo = Photo.objects.get(pk=photo_id)
    if photo.state != Photo.State.WAITING:
        return photo
    name = f"{FOLDER}/{photo_id}"
    facts: dict[str, Any]
    try:
        renditions, (width, height) = _developed(photo)
    except developing.Refused as refused:
        facts = {"state": Photo.State.REFUSED, "refusal": refused.code}
    else:
        master = store_renditions(renditions, name=name)
        facts = {"state": Photo.State.READY, "name": master, "width": width, "height": height}
    return _record(photo_id, facts, now=now)


def _developed(photo: Photo) -> Any:
    """The library wants a path, and a storage may have none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo"
        try:
            with photo.upload.open("rb") as file, path.open("wb") as copy:
                for chunk in file.chunks():
                    copy.write(chunk)
        except (FileNotFoundError, ValueError):
            raise developing.Refused(GONE) from None
        return developing.develop(path)


@transaction.atomic
def _record(photo_id: UUID, facts: dict[str, Any], *, now: datetime) -> Photo:
    photo = Photo.objects.select_for_update(of=["self"]).get(pk=photo_id)
    if photo.state != Photo.State.WAITING:
        return photo
    upload = photo.upload.name
    for field, value in facts.items():
        setattr(photo, field, value)
    photo.upload, photo.done_at = "", now
    photo.save()
    if photo.state == Photo.State.READY and photo.product_id is not None:
        _add_picture(photo)
    if upload:
        transaction.on_commit(partial(photo.upload.storage.delete, upload))
    return photo


@transaction.atomic
def show(*, photo_id: UUID, product: Any) -> None:
    """Let a photo of the same seller be a picture of ``product``, once it is ready. Repeats change nothing.

    Raises PhotoRefused if there is no such photo, or it cannot be used.
    """
    photo = Photo.objects.select_for_update().filter(pk=photo_id, seller=product.origin.seller).first()
    if photo is None or photo.state == Photo.State.REFUSED:
        raise PhotoRefused(photo.refusal if photo else GONE)
    if photo.product_id is None:
        photo.product = product
        photo.save(update_fields=["product"])
    if photo.state == Photo.State.READY:
        _add_picture(photo)


def _add_picture(photo: Photo) -> None:
    """Write that the product of a ready photo shows it. Repeats change nothing."""
    if not ProductImage.objects.filter(product=photo.product, original=photo.name).exists():
        order = ProductImage.objects.filter(product=photo.product).count()
        ProductImage.objects.create(product=photo.product, original=photo.name, display_order=order)


def waiting(*, now: datetime) -> list[UUID]:
    """Return the photos the worker should have done by now, oldest first. One query."""
    late = Photo.objects.filter(state=Photo.State.WAITING, uploaded_at__lt=now - AGAIN_AFTER)
    return list(late.order_by("uploaded_at").values_list("pk", flat=True)[:50])


def forget_unused(*, now: datetime, after: timedelta = timedelta(days=30)) -> int:
    """Delete photos no product came of, with their pictures; return how many."""
    old = list(Photo.objects.filter(product=None, uploaded_at__lt=now - after).order_by("uploaded_at")[:200])
    for photo in old:
        if photo.upload:
            photo.upload.storage.delete(str(photo.upload.name))
        if photo.name:
            delete_renditions(f"{FOLDER}/{photo.pk}.{MASTER_EXTENSION}", storage=default_storage)
    Photo.objects.filter(pk__in=[photo.pk for photo in old]).delete()
    return len(old)
