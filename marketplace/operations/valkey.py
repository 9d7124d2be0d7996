"""Small counts that all processes share in Valkey: how often what was answered, who is alive. May be lost."""

from __future__ import annotations

from functools import cache as once
from typing import TYPE_CHECKING

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

if TYPE_CHECKING:
    from redis import Redis

# Nobody waits for a count: a Valkey that answers does so within milliseconds.
PATIENCE_S = 1.0
# What an installation counts is forgotten when it has counted nothing for so long.
KEPT_S = 30 * 24 * 3600


@once
def counts() -> Redis:
    """Return the connections to the counts, beside the cache. Their commands raise RedisError."""
    return redis.Redis.from_url(
        f"{settings.REDIS_URL}/1",
        socket_connect_timeout=PATIENCE_S,
        socket_timeout=PATIENCE_S,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


@once
def broker() -> Redis:
    """Return the connections to the queues of tasks. Their commands raise RedisError."""
    return redis.Redis.from_url(
        f"{settings.REDIS_URL}/0",
        socket_connect_timeout=PATIENCE_S,
        socket_timeout=PATIENCE_S,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


def key(name: str) -> str:
    """Return the name of a key of this installation alone."""
    return f"{settings.CACHE_PREFIX}:operations:{name}"
