"""A photo from a stranger's phone: taken in at once, made into nine pictures elsewhere, then forgotten."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from oscar.core.loading import get_model
from PIL import Image

from frontend.pictures import FORMATS, WIDTHS, rendition_name
from marketplace.listing import moderation, photos
from marketplace.listing.errors import PhotoRefused
from marketplace.listing.models import Look, Photo
from tests.factories import SellerFactory, UserFactory
from tests.listing.conftest import NOW, jpeg, photo_file

ProductImage = get_model("catalogue", "ProductImage")

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(seller: Any, farmer: Any) -> Any:
    def act(file: Any = None, **facts: Any) -> Photo:
        wish = {"seller": seller, "by": farmer, "photo_id": uuid4(), "now": NOW, "file": file or photo_file()}
        return photos.upload(**wish | facts)

    return act


def in_uploads() -> list[Path]:
    return [path for path in Path(django_settings.UPLOADS_ROOT).rglob("*") if path.is_file()]


def camera_notes() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to look at it
    exif[0x010F] = "Phone"
    exif.get_ifd(0x8825).update({1: "N", 2: (21.0, 23.0, 1.0), 3: "E", 4: (103.0, 1.0, 1.0)})
    return exif


def test_a_photo_becomes_nine_pictures_upright_without_a_place_and_is_deleted(upload):
    photo = upload(photo_file(jpeg((1600, 1200), exif=camera_notes())))

    done = photos.develop(photo_id=photo.pk, now=NOW)

    assert (done.state, done.name) == (Photo.State.READY, f"photos/{photo.pk}.webp")
    for width in WIDTHS:
        for extension in FORMATS:
            with default_storage.open(rendition_name(done.name, width, extension)) as file:
                picture = Image.open(io.BytesIO(file.read()))
            assert picture.size == (width, width * 4 // 3)
            assert dict(picture.getexif()) == {}
            assert not {"exif", "xmp", "comment"} & picture.info.keys()


def test_the_upload_is_deleted_once_the_pictures_are_there(upload, django_capture_on_commit_callbacks):
    photo = upload()
    assert len(in_uploads()) == 1

    with django_capture_on_commit_callbacks(execute=True):
        photos.develop(photo_id=photo.pk, now=NOW)

    assert in_uploads() == []


def test_a_photo_of_an_apple_phone_can_be_used(upload):
    pi_heif = pytest.importorskip("pi_heif")
    sample = Path(__file__).with_name("phone.heic")
    assert pi_heif.is_supported(sample.read_bytes())

    photo = upload(photo_file(sample.read_bytes(), name="IMG_0001.HEIC"))

    assert photos.develop(photo_id=photo.pk, now=NOW).state == Photo.State.READY


def test_the_same_photo_sent_twice_is_one(upload):
    photo_id = uuid4()

    first, second = upload(photo_id=photo_id), upload(photo_id=photo_id)

    assert first == second
    assert len(in_uploads()) == 1


def test_a_photo_of_another_seller_is_not_there(upload, put_up):
    photo_id = uuid4()
    upload(photo_id=photo_id)

    with pytest.raises(PhotoRefused, match="lost on the way"):
        upload(photo_id=photo_id, seller=SellerFactory())


def png_head(width: int, height: int) -> bytes:
    """A PNG that says it is so large; a decompression bomb needs to hold no more than this to be one."""
    body = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    head = struct.pack(">I", len(body)) + b"IHDR" + body + struct.pack(">I", zlib.crc32(b"IHDR" + body))
    return b"\x89PNG\r\n\x1a\n" + head + b"\0\0\0\x01IDAT\0" + struct.pack(">I", zlib.crc32(b"IDAT\0"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "No photo arrived"),
        (b"%PDF-1.7 a list of prices", "not a photo the shop can read"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "not a photo the shop can read"),
        (png_head(60_000, 60_000), "too many points"),
        (jpeg((300, 900)), "too small to show anything"),
        (b"\xff\xd8" + bytes(photos.BYTES_MAX), "too heavy: more than 20 MB"),
    ],
)
def test_what_cannot_be_used_is_refused_at_once_in_plain_words(upload, content, words):
    with pytest.raises(PhotoRefused, match=words):
        upload(photo_file(content))

    assert not Photo.objects.exists()
    assert in_uploads() == []


@pytest.mark.parametrize(
    "content",
    [jpeg()[:9_000], b"\0\0\0\x18ftypheic" + bytes(4_000)],
    ids=["cut off", "only looks like a photo of a phone"],
)
def test_what_only_the_worker_finds_broken_is_marked_with_words(upload, content, phone):
    photo = upload(photo_file(content))

    done = photos.develop(photo_id=photo.pk, now=NOW)

    assert (done.state, done.name) == (Photo.State.REFUSED, "")
    assert done.refusal in ("broken", "not-a-picture")
    assert phone.get(f"/sell/photos/{photo.pk}/").json()["words"]


def test_a_product_shows_its_photo_as_soon_as_it_is_ready(upload, put_up):
    photo = upload()
    product = put_up(photo_id=photo.pk)
    assert not product.images.exists()

    for _ in range(2):
        photos.develop(photo_id=photo.pk, now=NOW)

    assert [image.original.name for image in product.images.all()] == [f"photos/{photo.pk}.webp"]


def test_a_refused_photo_is_taken_off_the_product_and_its_files_are_deleted(
    upload, put_up, django_capture_on_commit_callbacks
):
    product, photo = put_up(), upload()
    photos.develop(photo_id=photo.pk, now=NOW)
    photos.show(photo_id=photo.pk, product=product)
    moderation.ask_about_photo(photo=Photo.objects.get(pk=photo.pk), now=NOW)
    look = Look.objects.get(subject="photo")

    with django_capture_on_commit_callbacks(execute=True):
        moderation.decide(look_id=look.pk, passes=False, words="Có mặt người.", by=UserFactory(), now=NOW)

    assert not product.images.exists()
    assert default_storage.listdir("photos")[1] == []


def test_a_photo_whose_task_was_lost_is_taken_up_again(upload):
    photo = upload()

    assert photos.waiting(now=NOW + timedelta(seconds=80)) == []
    assert photos.waiting(now=NOW + timedelta(seconds=100)) == [photo.pk]


def test_photos_nothing_came_of_are_forgotten_after_a_month(upload, put_up):
    used, unused = upload(), upload()
    put_up(photo_id=used.pk)
    for photo in (used, unused):
        photos.develop(photo_id=photo.pk, now=NOW)

    forgotten = photos.forget_unused(now=NOW + timedelta(days=31))

    assert forgotten == 1
    assert list(Photo.objects.all()) == [used]
    assert {name[:36] for name in default_storage.listdir("photos")[1]} == {str(used.pk)}
