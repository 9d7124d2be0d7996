"""Pictures of what is wrong with goods: read at once, in a process of its own, and kept small."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.signing import BadSignature, TimestampSigner

from frontend import developing
from marketplace.listing.errors import TOO_HEAVY, PhotoRefused

BYTES_MAX = 20 * 1024 * 1024
PHOTOS_MAX = 3
SHOWN = (1024, "webp")
LINK_LIVES_S = 3600
_SALT = "packing.photo"


def evidence(files: Sequence[Any]) -> list[bytes]:
    """Return at most three uploaded photos as WebP, upright and without what the camera noted.

    Raises PhotoRefused for the first that cannot be used.
    """
    return [_small(file) for file in files[:PHOTOS_MAX] if file.size]


def _small(file: Any) -> bytes:
    if file.size > BYTES_MAX:
        raise PhotoRefused(TOO_HEAVY)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo"
        with path.open("wb") as copy:
            for chunk in file.chunks():
                copy.write(chunk)
        try:
            renditions, _size = developing.develop(path)
        except developing.Refused as refused:
            raise PhotoRefused(refused.code) from refused
    return renditions[SHOWN]


def link_key(photo_id: object) -> str:
    """Return what opens a picture for an hour: who sees the page of a complaint sees its pictures."""
    return TimestampSigner(salt=_SALT, sep="~").sign(str(photo_id))


def photo_of(key: str) -> str | None:
    """Return the id of the picture that ``key`` opens, None if it opens none any more."""
    try:
        return TimestampSigner(salt=_SALT, sep="~").unsign(key, max_age=LINK_LIVES_S)
    except BadSignature:
        return None
