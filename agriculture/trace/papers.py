"""Papers as people send them: a photo from a phone or a PDF, made small and safe to show to others."""

from __future__ import annotations

import io
from typing import Protocol

import pi_heif
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from .errors import PaperUnreadable
from .models import PAPER_BYTES_MAX

PHOTO_BYTES_MAX = 30_000_000
PIXELS_MAX = 60_000_000  # more is no photo of a phone, but a bomb
SIDE_MIN, SIDE_MAX = 400, 2_000  # in pixels: read by eye, sent over a slow line
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
PDF, WEBP = "application/pdf", "image/webp"

pi_heif.register_heif_opener()


class Upload(Protocol):
    size: int

    def read(self) -> bytes: ...


def readable(upload: Upload) -> tuple[bytes, str]:
    """Return the paper as it is kept, and its type: a PDF as it came, a photo upright and without its place.

    Raises PaperUnreadable, with words for whoever sent it.
    """
    if upload.size > PHOTO_BYTES_MAX:
        raise PaperUnreadable(
            _("This file is too large. Take a photo of the paper with the phone, and send that.")
        )
    content = upload.read()
    if content.startswith(b"%PDF-"):
        if len(content) > PAPER_BYTES_MAX:
            raise PaperUnreadable(_("This PDF is larger than 5 MB. Take a photo of the paper instead."))
        return content, PDF
    return _photo(content), WEBP


def _photo(content: bytes) -> bytes:
    unreadable = _("This file is neither a photo nor a PDF. Take a photo of the paper, and send that.")
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise PaperUnreadable(unreadable) from error
    if image.width * image.height > PIXELS_MAX:
        raise PaperUnreadable(
            _("This picture is too large. Take a photo of the paper with the phone, and send that.")
        )
    if min(image.size) < SIDE_MIN:
        raise PaperUnreadable(_("This picture is too small to read. Go nearer, and take the photo again."))
    try:
        image.draft("RGB", (SIDE_MAX, SIDE_MAX))  # a JPEG is then read at the size that is needed
        upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise PaperUnreadable(_("This picture is broken. Take the photo again.")) from error
    upright.thumbnail((SIDE_MAX, SIDE_MAX))
    target = io.BytesIO()
    upright.save(target, "WEBP", quality=80, method=2)
    return target.getvalue()
