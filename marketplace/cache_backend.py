"""The cache in Valkey, without which pages go on: what is not there is read from the database.

While Valkey does not answer, nothing is found, nothing is kept, and counts of tries are kept by each process
for itself, so that guessing stays limited. No request waits for it: after the first failure nobody asks until
a thread of this process has heard from it again. A write that was lost may have replaced or removed something
(a session that ended, a price), so that thread then forgets everything below this installation's prefix.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

ASK_AGAIN_S = 0.5
# A Valkey that answers does so within milliseconds; one that hangs must not keep a page waiting.
PATIENCE_S = 1.0
FORGOTTEN_AT_ONCE = 1_000

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class ForgivingRedisCache(RedisCache):
    """Django's cache in Valkey; where that is away, one that has nothing but counts of its own."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        patience = {
            "socket_connect_timeout": PATIENCE_S,
            "socket_timeout": PATIENCE_S,
            # Once more at once: a connection that was left alone for long may have been closed.
            "retry": Retry(NoBackoff(), 1),
        }
        super().__init__(server, params | {"OPTIONS": patience | params.get("OPTIONS", {})})
        self._presence = _presence_of(f"{server} {self.key_prefix}")

    # --- reading: nothing is found ---------------------------------------------------------------------

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        keys = list(keys)
        return self._ask(lambda: super(ForgivingRedisCache, self).get_many(keys, version), {})

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return self._ask(lambda: super(ForgivingRedisCache, self).has_key(key, version), False)

    # --- writing: lost, and everything is forgotten afterwards -----------------------------------------

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._tell(lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version), None)

    def set_many(
        self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        if not data:
            return []
        return self._tell(
            lambda: super(ForgivingRedisCache, self).set_many(data, timeout, version), list(data)
        )

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._tell(lambda: super(ForgivingRedisCache, self).touch(key, timeout, version), False)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._tell(lambda: super(ForgivingRedisCache, self).delete(key, version), False)

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        wanted = list(keys)
        self._tell(lambda: super(ForgivingRedisCache, self).delete_many(wanted, version), None)

    def clear(self) -> None:
        self._tell(super().clear, None)

    # --- counting: by this process alone ---------------------------------------------------------------

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        # A key that is new replaces nothing: losing it leaves nothing stale.
        return self._ask(
            lambda: super(ForgivingRedisCache, self).add(key, value, timeout, version),
            lambda: self._presence.counts.add(key, value, timeout, version),
        )

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add ``delta`` and return the sum. A count that Valkey took away with it begins anew."""

        def count_here() -> int:
            self._presence.counts.add(key, 0, version=version)
            return int(self._presence.counts.incr(key, delta, version))

        return self._ask(lambda: super(ForgivingRedisCache, self).incr(key, delta, version), count_here)

    # --- there or away -----------------------------------------------------------------------------------

    def _ask(self, act: Callable[[], Answer], otherwise: Any) -> Answer:
        if not self._presence.is_away:
            try:
                return act()
            except (RedisError, OSError) as error:
                self._presence.leave(self, error)
        answer: Answer = otherwise() if callable(otherwise) else otherwise
        return answer

    def _tell(self, act: Callable[[], Answer], otherwise: Any) -> Answer:
        def lose() -> Any:
            self._presence.has_lost_a_write = True
            return otherwise

        return self._ask(act, lose)

    def answers(self) -> bool:
        """Return whether Valkey is there, having forgotten what may be stale since it was away."""
        try:
            client = self._cache.get_client(None, write=True)
            client.ping()
            if self._presence.has_lost_a_write:
                self._forget_all(client)
        except (RedisError, OSError):
            return False
        return True

    def _forget_all(self, client: Any) -> None:
        """Remove every key of this installation. Others in the same Valkey keep theirs."""
        keys: list[bytes] = []
        for key in client.scan_iter(f"{self.key_prefix}:*", count=FORGOTTEN_AT_ONCE):
            keys.append(key)
            if len(keys) == FORGOTTEN_AT_ONCE:
                client.unlink(*keys)
                keys = []
        if keys:
            client.unlink(*keys)


class _Presence:
    """Whether one Valkey is there, as far as this process knows. Django makes a cache for every thread."""

    def __init__(self, name: str) -> None:
        self.is_away = False
        self.has_lost_a_write = False
        self.counts = LocMemCache(f"counts {name}", {"OPTIONS": {"MAX_ENTRIES": 100_000}})
        self._lock = threading.Lock()

    def leave(self, cache: ForgivingRedisCache, error: Exception) -> None:
        """Ask nobody any more until ``cache`` answers again; a thread sees to that."""
        with self._lock:
            if self.is_away:
                return
            self.is_away = True
        logger.warning("Valkey does not answer: nothing is cached until it does. %s", error)
        threading.Thread(target=self._wait, args=[cache], name="valkey", daemon=True).start()

    def _wait(self, cache: ForgivingRedisCache) -> None:
        pause = threading.Event()
        while not cache.answers():
            pause.wait(ASK_AGAIN_S)
        with self._lock:
            self.has_lost_a_write = self.is_away = False
        self.counts.clear()
        logger.warning("Valkey answers again.")


_known: dict[str, _Presence] = {}
_known_lock = threading.Lock()


def _presence_of(name: str) -> _Presence:
    with _known_lock:
        return _known.setdefault(name, _Presence(name))
