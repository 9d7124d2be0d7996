"""Moments as callers write them, and the operator's clock, which a plan of faults may put wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from django.utils.dateparse import parse_datetime

from payments.simulator.errors import MalformedValue

_skew: ContextVar[timedelta] = ContextVar("skew", default=timedelta(0))


@contextmanager
def clock_ahead_by(skew: timedelta) -> Iterator[None]:
    """Let all that is said meanwhile be dated by a clock that is ``skew`` ahead."""
    token = _skew.set(skew)
    try:
        yield
    finally:
        _skew.reset(token)


def shown(value: datetime) -> datetime:
    """Return what the operator's clock says at ``value``."""
    return value + _skew.get()


def meant(value: datetime) -> datetime:
    """Return when it is that the operator's clock says ``value``."""
    return value - _skew.get()


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
