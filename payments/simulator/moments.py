"""Moments as callers write them."""

from datetime import datetime

from django.utils.dateparse import parse_datetime

from payments.simulator.errors import MalformedValue


def read_moment(text: str, *, name: str) -> datetime:
    """Return an ISO 8601 moment. Raises MalformedValue, also if it has no time zone."""
    try:
        value = parse_datetime(text)
    except ValueError:
        value = None
    if value is None or value.tzinfo is None:
        raise MalformedValue(name, wanted="a moment with a time zone such as 2026-11-23T03:45:00Z")
    return value
