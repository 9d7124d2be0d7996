"""Pictures as the storefront serves them: one master and, for each width, an AVIF and a WebP.

The names of the renditions follow from the name of the master, so neither a template nor a table has
to remember them: beside ``products/abc.webp`` lie ``products/abc-320.avif``, ``products/abc-320.webp``,
and so on for each of ``WIDTHS``.
"""

import io
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from PIL import Image, ImageOps

WIDTHS = (320, 640, 1024)
HERO_WIDTHS = (640, 1024, 1600)
FORMATS = ("avif", "webp")

PAPER = "#FBF8F3"  # stands behind pictures that are transparent
MASTER_EXTENSION = "webp"

# One thread per picture: whoever has many pictures encodes them in several processes.
WEBP_OPTIONS: dict[str, Any] = {"quality": 74, "method": 2}
AVIF_OPTIONS: dict[str, Any] = {"quality": 50, "subsampling": "4:2:0", "max_threads": 1}
# Lists show a dozen cards at a time, so those are packed with more care (speed 8, 10 to 15 % smaller);
# for a wide picture that would cost three times the work of all the other renditions together.
CAREFUL_UP_TO = 320

Rendition = tuple[int, str]  # width in pixels, extension


def rendition_name(name: str, width: int, extension: str) -> str:
    """Return the storage name of one rendition of the master ``name``, which has an extension itself."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}-{width}.{extension}"))


def encode_renditions(image: Image.Image, *, widths: tuple[int, ...] = WIDTHS) -> dict[Rendition, bytes]:
    """Return ``image`` encoded in each of ``widths`` and FORMATS. Writes nothing and needs no Django.

    The picture is turned upright as its camera noted, and what else the camera noted (the place, above
    all) is left out. It is never enlarged: the renditions wider than ``image`` are of its own width, so
    that every name a page may ask for exists. The same image gives the same bytes.
    """
    assert widths, "at least one width"
    # Phones take pictures in a wider gamut than sRGB: what their numbers mean must go along.
    profile = image.info.get("icc_profile", b"") if image.mode in ("RGB", "RGBA") else b""
    scaled = _on_paper(ImageOps.exif_transpose(image))
    encoded: dict[Rendition, bytes] = {}
    for width in sorted(widths, reverse=True):  # each is made from the next larger one: cheaper
        scaled = _narrowed(scaled, width)
        for extension in FORMATS:
            encoded[width, extension] = _encoded(scaled, extension, profile=profile)
    return encoded


def store_renditions(
    encoded: Mapping[Rendition, bytes], *, name: str, storage: Storage = default_storage
) -> str:
    """Write what ``encode_renditions`` made, and return the storage name of the master.

    ``name`` has no extension. The master is the widest WebP. Files of these names are replaced, so a
    repeat changes nothing.
    """
    assert not PurePosixPath(name).suffix, f"{name!r} has an extension; give the name without it"
    master_name = f"{name}.{MASTER_EXTENSION}"
    for (width, extension), content in encoded.items():
        _replace(storage, rendition_name(master_name, width, extension), content)
    widest = max(width for width, _ in encoded)
    # Last, so that a master that exists has its renditions.
    _replace(storage, master_name, encoded[widest, MASTER_EXTENSION])
    return master_name


def save_renditions(
    image: Image.Image,
    *,
    name: str,
    storage: Storage = default_storage,
    widths: tuple[int, ...] = WIDTHS,
) -> str:
    """Encode and write ``image`` in all renditions and return the storage name of the master.

    ``name`` has no extension: ``products/abc`` gives ``products/abc.webp``, which goes into an
    ImageField. See ``encode_renditions`` and ``store_renditions``. May be repeated.
    """
    return store_renditions(encode_renditions(image, widths=widths), name=name, storage=storage)


def delete_renditions(
    name: str, *, storage: Storage = default_storage, widths: tuple[int, ...] = WIDTHS
) -> None:
    """Delete the master ``name`` and its renditions. Those that do not exist are passed over."""
    for width in widths:
        for extension in FORMATS:
            storage.delete(rendition_name(name, width, extension))
    storage.delete(name)


def _on_paper(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
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
        image.save(buffer, format="AVIF", icc_profile=profile, speed=speed, **AVIF_OPTIONS)
    else:
        image.save(buffer, format="WEBP", icc_profile=profile, **WEBP_OPTIONS)
    return buffer.getvalue()


def _replace(storage: Storage, name: str, content: bytes) -> None:
    """Write ``content`` under exactly ``name``; Django's storages would rather invent another name."""
    storage.delete(name)
    stored_as = storage.save(name, ContentFile(content))
    if stored_as != name:  # another process wrote the same picture in between: keep its copy
        storage.delete(stored_as)
