"""Pictures as the storefront serves them: one master and, for each width, an AVIF, a WebP and a JPEG.

The names of the renditions follow from the name of the master, so neither a template nor a table has
to remember them: beside ``products/abc.webp`` lie ``products/abc-320.avif``, ``products/abc-320.webp``,
and so on for each of ``WIDTHS``. How they are encoded stands in ``frontend.renditions``.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from PIL import Image

from .renditions import (
    FALLBACK,
    FORMATS,
    HERO_WIDTHS,
    MASTER_EXTENSION,
    WIDTHS,
    Rendition,
    encode_renditions,
    rendition_name,
)

__all__ = [
    "FALLBACK",
    "FORMATS",
    "HERO_WIDTHS",
    "MASTER_EXTENSION",
    "WIDTHS",
    "Rendition",
    "delete_renditions",
    "encode_renditions",
    "rendition_name",
    "save_renditions",
    "store_renditions",
]


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


def _replace(storage: Storage, name: str, content: bytes) -> None:
    """Write ``content`` under exactly ``name``; Django's storages would rather invent another name."""
    storage.delete(name)
    stored_as = storage.save(name, ContentFile(content))
    if stored_as != name:  # another process wrote the same picture in between: keep its copy
        storage.delete(stored_as)
