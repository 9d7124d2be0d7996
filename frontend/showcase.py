"""Sample data for /design/: nothing here is read from a table, and nothing of it is sold."""

from typing import Any


def samples() -> dict[str, Any]:
    return {}
