"""Doing the same with each of many rows, so that one that fails keeps none of the others waiting."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

logger = logging.getLogger(__name__)

Key = TypeVar("Key")


def each(keys: Iterable[Key], act: Callable[[Key], int], *, failure: str) -> int:
    """Do ``act`` with each of ``keys`` and return the sum of what it returned; True counts as one.

    ``act`` opens a transaction of its own. Whatever it raises is logged, with ``failure`` in front, which
    names the key by its ``%s``; the others are done, and the next sweep tries that one again.
    """
    done = 0
    for key in list(keys):  # before the first act changes which rows are due
        try:
            done += act(key)
        except Exception:
            logger.exception("%s; the next sweep tries again", failure % (key,))
    return done
