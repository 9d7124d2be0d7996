"""The cache of this test process. Valkey is shared, and Django's `cache.clear()` would empty all of it."""

import os

import redis


def empty() -> None:
    """Forget what this process has cached, and nothing of anybody else's."""
    with redis.Redis.from_url(f"{os.environ['REDIS_URL'].rstrip('/')}/1") as client:
        keys = list(client.scan_iter(f"{os.environ['CACHE_PREFIX']}:*", count=1000))
        if keys:
            client.delete(*keys)
