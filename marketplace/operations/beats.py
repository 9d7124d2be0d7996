"""Signs of life: workers tell every ten seconds that they are there, and so does what the scheduler starts.

A sign that cannot be given, or read, is as one that was not given: without Valkey there is no work to be done
either.
"""

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis.exceptions import RedisError

from . import valkey

EVERY_S = 10.0
# Who gave no sign for so long is not there; who gave none for a day is forgotten.
SILENT_S = 45.0
FORGOTTEN_S = 24 * 3600.0
WORKERS, SCHEDULER, FAILURES = "workers", "scheduler", "task-failures"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sign:
    """When somebody gave a sign of life, and whether that is so long ago that they are not there."""

    name: str
    seen_at: datetime
    is_silent: bool


class _Told:
    at_s = float("-inf")


def worker_lives(name: str) -> None:
    """Tell that the worker ``name``, which is this process, is there. Does so every ten seconds at most."""
    if time.monotonic() - _Told.at_s < EVERY_S:
        return
    _Told.at_s = time.monotonic()
    try:
        valkey.counts().hset(valkey.key(WORKERS), name, str(time.time()))
    except (RedisError, OSError) as error:
        logger.warning("No sign of life can be given: %s", error)


def scheduler_lives(*, now: datetime) -> None:
    """Tell that the scheduler started a task and a worker did it. Raises RedisError."""
    valkey.counts().set(valkey.key(SCHEDULER), str(now.timestamp()), ex=int(FORGOTTEN_S))


def count_failure(task: str) -> None:
    """Count that a task raised. What cannot be counted is in the log."""
    try:
        valkey.counts().hincrby(valkey.key(FAILURES), task, 1)
    except (RedisError, OSError) as error:
        logger.warning("The failure of %s is not counted: %s", task, error)


def failures() -> dict[str, int]:
    """Return how often each task raised so far. Raises RedisError."""
    found: Any = valkey.counts().hgetall(valkey.key(FAILURES))
    return {task: int(number) for task, number in sorted(found.items())}


def workers(*, now: datetime) -> list[Sign]:
    """Return the workers that gave a sign in the last day, by name; older ones are forgotten. RedisError."""
    counts = valkey.counts()
    found: Any = counts.hgetall(valkey.key(WORKERS))
    signs = []
    for name, told in sorted(found.items()):
        if now.timestamp() - float(told) > FORGOTTEN_S:
            counts.hdel(valkey.key(WORKERS), name)
        else:
            signs.append(_sign(name, float(told), now))
    return signs


def scheduler(*, now: datetime) -> Sign | None:
    """Return the last sign of the scheduler, None if there is none of the last day. Raises RedisError."""
    told: Any = valkey.counts().get(valkey.key(SCHEDULER))
    return _sign("scheduler", float(told), now) if told else None


def _sign(name: str, told_s: float, now: datetime) -> Sign:
    return Sign(name, datetime.fromtimestamp(told_s, UTC), now.timestamp() - told_s > SILENT_S)
