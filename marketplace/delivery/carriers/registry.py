"""The carriers of ``settings.CARRIERS``, by their codes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from .base import Carrier


def carrier(code: str) -> Carrier | None:
    """Return the carrier with this code, None if there is none."""
    entry: dict[str, Any] | None = settings.CARRIERS.get(code)
    return import_string(entry["class"])(**entry["options"]) if entry else None


def default_code() -> str:
    """Return the code of the carrier that takes our parcels, "" if there is none: then it is done by hand."""
    return next(iter(settings.CARRIERS), "")
