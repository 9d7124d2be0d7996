"""The switches as every process knows them: a few rows in Valkey, asked for every two seconds at most.

No page asks the database for them. Without Valkey a process goes on with what it knew last; one that never
knew asks the database, and where that is away too, everything is on.
"""

import logging
import time
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.core.cache import cache
from django.db import DatabaseError

from .models import Switch

KEY = "switches"
ASK_AGAIN_S = 2.0

logger = logging.getLogger(__name__)


class Row(NamedTuple):
    """One switch of one place as it is, or will be, from a moment (seconds since 1970) on."""

    name: str
    commune_id: int | None
    is_on: bool
    from_s: float


class _Known:
    """What this process knows, and since when; the threads of a process share it."""

    rows: tuple[Row, ...] | None = None
    asked_s: float = 0.0


def rows() -> tuple[Row, ...]:
    """Return the rows that count from now on, two seconds old at most."""
    now_s = time.monotonic()
    if _Known.rows is None or now_s - _Known.asked_s > ASK_AGAIN_S:
        _Known.asked_s = now_s
        found = cache.get(KEY)
        if found is not None:
            _Known.rows = tuple(Row(*row) for row in found)
        elif _Known.rows is None:
            _Known.rows = _stored()
    return _Known.rows


def publish(*, now: datetime) -> int:
    """Tell every process how the switches stand, and return how many rows count. May be repeated.

    Only what holds at ``now`` and what begins later is told: the history stays in the database.
    """
    counting = _counting(Switch.objects.order_by("from_at", "decided_at"), now=now)
    cache.set(KEY, [tuple(row) for row in counting], None)
    remember(counting)
    return len(counting)


def remember(found: Iterable[Row]) -> None:
    """Let this process know ``found`` from now on."""
    _Known.rows, _Known.asked_s = tuple(found), time.monotonic()


def _stored() -> tuple[Row, ...]:
    try:
        return _counting(Switch.objects.order_by("from_at", "decided_at"), now=None)
    except DatabaseError as error:
        logger.warning("The switches cannot be read, so everything counts as on: %s", error)
        return ()


def _counting(switches: Iterable[Switch], *, now: datetime | None) -> tuple[Row, ...]:
    """Return rows in order of time; without those that a later one of their place had replaced by ``now``."""
    begun: dict[tuple[str, int | None], Row] = {}
    later: list[Row] = []
    for switch in switches:
        row = Row(switch.name, switch.commune_id, switch.is_on, switch.from_at.timestamp())
        if now is not None and switch.from_at <= now:
            begun[row.name, row.commune_id] = row
        else:
            later.append(row)
    return (*begun.values(), *later)
