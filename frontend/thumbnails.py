from __future__ import annotations

from typing import Any, NamedTuple

from django.core.files.storage import Storage, default_storage
from oscar.core.thumbnails import AbstractThumbnailer

from .pictures import MASTER_EXTENSION, WIDTHS, delete_renditions, rendition_name


class Thumbnail(NamedTuple):
    url: str


class RenditionThumbnailer(AbstractThumbnailer):
    """Oscar's small pictures: the narrowest WebP that lies beside the master. Nothing is made anew.

    A source is an image field's value, a name in the default storage, or a file not stored yet.
    """

    def generate_thumbnail(self, source: Any, **_wishes: object) -> Thumbnail:
        """Return the rendition of ``source``, or ``source`` itself when it has none, as after an upload."""
        storage, name = _stored(source)
        rendition = rendition_name(name, WIDTHS[0], MASTER_EXTENSION)
        return Thumbnail(storage.url(rendition if storage.exists(rendition) else name))

    def delete_thumbnails(self, source: Any) -> None:
        storage, name = _stored(source)
        delete_renditions(name, storage=storage)


def _stored(source: Any) -> tuple[Storage, str]:
    return getattr(source, "storage", default_storage), getattr(source, "name", source)
