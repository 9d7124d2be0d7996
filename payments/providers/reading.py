"""Reading what somebody else sent as JSON: nothing in it is what it should be until it was looked at."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID


def json_object(body: bytes) -> dict[str, Any] | None:
    """Return a JSON object, or None if it is none that a database could keep."""
    try:
        shape = json.loads(body)
    except ValueError:
        return None
    is_kept = isinstance(shape, dict) and b"\\u0000" not in body
    return shape if is_kept else None


def text_in(shape: Mapping[str, Any], name: str) -> str:
    """Return the text of that name, "" if there is none or something else."""
    value = shape.get(name)
    return value if isinstance(value, str) else ""


def uuid_of(words: str) -> UUID | None:
    """Return the UUID that ``words`` are, or None."""
    try:
        return UUID(words)
    except ValueError:
        return None
