"""Papers as phones send them: read, turned upright, made small, and without the place they were taken at."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from agriculture.trace import papers
from agriculture.trace.errors import PaperUnreadable

from .conftest import photo


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("paper", content)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_small_picture(form):
    content, kind = papers.readable(upload(photo(3_000, 2_000, form)))

    assert kind == "image/webp"
    assert Image.open(io.BytesIO(content)).size == (2_000, 1_333)


def test_it_stands_upright_and_says_nothing_of_where_it_was_taken():
    taken = Image.Exif()
    taken[0x0112] = 6  # turned by a quarter
    taken.get_ifd(0x8825)[1] = "N"

    content, _kind = papers.readable(upload(photo(1_200, 900, exif=taken)))

    kept = Image.open(io.BytesIO(content))
    assert kept.size == (900, 1_200)
    assert not kept.getexif()


def test_a_pdf_stays_as_it_is():
    assert papers.readable(upload(b"%PDF-1.7 x")) == (b"%PDF-1.7 x", "application/pdf")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "neither a photo nor a PDF"),
        (b"<script>alert(1)</script>", "neither a photo nor a PDF"),
        (b"%PDF-" + b"x" * 5_000_001, "larger than 5 MB"),
        (photo(100, 100), "too small to read"),
        (photo()[:2_000], "broken"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(content, words):
    with pytest.raises(PaperUnreadable, match=words):
        papers.readable(upload(content))


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_opened():
    bomb = photo(10_000, 10_000, "PNG")

    with pytest.raises(PaperUnreadable, match="too large"):
        papers.readable(upload(bomb))


def test_a_file_of_thirty_megabytes_is_not_even_read():
    big = upload(b"")
    big.size = 30_000_001

    with pytest.raises(PaperUnreadable, match="too large"):
        papers.readable(big)
