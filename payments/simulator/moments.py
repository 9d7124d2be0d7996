"""Moments as callers write them."""

from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime

from payments.simulator.errors import MalformedValue


def read_moment(text: str, *, name: str) -> datetime:
    """Return an ISO 8601 moment, in UTC. Raises MalformedValue, also if it has no time zone."""
    wanted = "a moment with a time zone such as 2026-11-23T03:45:00Z"
    try:
        value = parse_datetime(text)
        if value is None or value.tzinfo is None:
            raise MalformedValue(name, wanted=wanted)
        # Databases know fewer time zones than ISO 8601 can write.
        return value.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedValue(name, wanted=wanted) from error
