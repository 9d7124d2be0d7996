"""Pictures as the storefront serves them, encoded: for each width an AVIF, a WebP and a JPEG.

Needs Pillow alone, neither Django nor a file: the worker encodes photos in a process of its own.
"""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import Any

from PIL import Image, ImageOps

WIDTHS = (320, 640, 1024)
HERO_WIDTHS = (640, 1024, 1600)
FORMATS = ("avif", "webp", "jpg")
FALLBACK = "jpg"  # what every browser there is can show

PAPER = "#FBF8F3"  # stands behind pictures that are transparent
MASTER_EXTENSION = "webp"

# One thread per picture: whoever has many pictures encodes them in several processes.
WEBP_OPTIONS: dict[str, Any] = {"quality": 74, "method": 2}
AVIF_OPTIONS: dict[str, Any] = {"quality": 50, "subsampling": "4:2:0", "max_threads": 1}
JPEG_OPTIONS: dict[str, Any] = {"quality": 76, "progressive": True}
# Lists show a dozen cards at a time, so those are packed with more care (speed 8, 10 to 15 % smaller);
# for a wide picture that would cost three times the work of all the other renditions together.
CAREFUL_UP_TO = 320
_ORIENTATION = 0x0112  # the EXIF tag; 5 to 8 swap width and height
_LYING = range(5, 9)

Rendition = tuple[int, str]  # width in pixels, extension


def rendition_name(name: str, width: int, extension: str) -> str:
    """Return the storage name of one rendition of the master ``name``, which has an extension itself."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}-{width}.{extension}"))


def encode_renditions(image: Image.Image, *, widths: tuple[int, ...] = WIDTHS) -> dict[Rendition, bytes]:
    """Return ``image`` encoded in each of ``widths`` and FORMATS. Writes nothing and needs no Django.

    The picture is turned upright as its camera noted, and what else the camera noted (the place, above
    all) is left out. It is never enlarged: the renditions wider than ``image`` are of its own width, so
    that every name a page may ask for exists. The same image gives the same bytes. A JPEG that was only
    opened so far is read no larger than needed.
    """
    assert widths, "at least one width"
    # Phones take pictures in a wider gamut than sRGB: what their numbers mean must go along.
    profile = image.info.get("icc_profile", b"") if image.mode in ("RGB", "RGBA") else b""
    scaled = _upright(image, max(widths))
    encoded: dict[Rendition, bytes] = {}
    for width in sorted(widths, reverse=True):  # each is made from the next larger one: cheaper
        scaled = _narrowed(scaled, width)
        for extension in FORMATS:
            encoded[width, extension] = _encoded(scaled, extension, profile=profile)
    return encoded


def _upright(image: Image.Image, width: int) -> Image.Image:
    """Return the picture as it is looked at, at most ``width`` wide: made small first, then turned."""
    image.draft(None, (2 * width, 2 * width))  # what a JPEG's decoder can leave out costs nothing
    orientation = image.getexif().get(_ORIENTATION, 1)
    is_lying = orientation in _LYING
    final = image.height if is_lying else image.width
    if final > width:
        share = width / final
        size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
        exif = image.info.get("exif")
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        if exif is not None:
            image.info["exif"] = exif
    return _on_paper(ImageOps.exif_transpose(image))


def _on_paper(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")
    opaque = Image.new("RGBA", image.size, PAPER)
    opaque.alpha_composite(image.convert("RGBA"))
    return opaque.convert("RGB")


def _narrowed(image: Image.Image, width: int) -> Image.Image:
    if image.width <= width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _encoded(image: Image.Image, extension: str, *, profile: bytes) -> bytes:
    buffer = io.BytesIO()
    if extension == "avif":
        speed = 8 if image.width <= CAREFUL_UP_TO else 9
        image.save(buffer, format="AVIF", icc_profile=profile, exif=b"", xmp=b"", speed=speed, **AVIF_OPTIONS)
    elif extension == "webp":
        image.save(buffer, format="WEBP", icc_profile=profile, exif=b"", xmp=b"", **WEBP_OPTIONS)
    else:
        image.save(buffer, format="JPEG", icc_profile=profile, exif=b"", **JPEG_OPTIONS)
    return buffer.getvalue()
