"""Counting wrong guesses, so that a password, a code or a phone number cannot be found by trying."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.cache import cache
from rest_framework.exceptions import Throttled

HOUR_S = 3600


@contextmanager
def limited(what: str, *, most: int, refusal: type[Exception]) -> Iterator[None]:
    """Let the block try once more to guess ``what``; Throttled after ``most`` wrong guesses in an hour.

    A guess is wrong if the block raises ``refusal``. It is counted before it is made, so that many at
    once are no way around; right ones are taken off again. A cache that was emptied meanwhile starts anew.
    """
    now_s = int(time.time())
    key = f"tries:{what}:{now_s // HOUR_S}"
    if _count(key) > most:
        raise Throttled(wait=HOUR_S - now_s % HOUR_S)
    try:
        yield
    except refusal:
        raise
    except BaseException:
        _take_off(key)
        raise
    _take_off(key)


def _count(key: str) -> int:
    cache.add(key, 0, HOUR_S)
    try:
        return cache.incr(key)
    except ValueError:  # emptied between the two
        cache.add(key, 1, HOUR_S)
        return 1


def _take_off(key: str) -> None:
    with suppress(ValueError):
        cache.decr(key)
