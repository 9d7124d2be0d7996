"""Has the broker deliver everything two or three times, and in another order: what Celery may do any day."""

from __future__ import annotations

import json
import random
import uuid

import redis

QUEUES = ("money", "celery", "slow")


def double_and_mix(broker_url: str, *, prefix: str, chance: random.Random) -> int:
    """Replace what waits in the queues by two or three of each, mixed, and return how many were added."""
    added = 0
    with redis.Redis.from_url(broker_url) as broker:
        for queue in QUEUES:
            name = f"{prefix}:{queue}"
            with broker.pipeline(transaction=True) as pipe:
                pipe.lrange(name, 0, -1)
                pipe.delete(name)
                waiting, _ = pipe.execute()
            copies = [again for one in waiting for again in _copies(one, chance)]
            chance.shuffle(copies)
            if copies:
                broker.rpush(name, *copies)
            added += len(copies) - len(waiting)
    return added


def _copies(message: bytes, chance: random.Random) -> list[str]:
    """Return the message two or three times, each to be acknowledged by itself."""
    read = json.loads(message)
    copies = []
    for _ in range(chance.randint(2, 3)):
        read["properties"]["delivery_tag"] = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        copies.append(json.dumps(read))
    return copies
