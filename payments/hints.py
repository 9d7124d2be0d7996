"""Hints to whoever watches that there is something new to see. Losing one loses nothing."""

import asyncio
import logging
import os
import threading
from functools import cache

from channels.layers import get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)


def hint(group: str, kind: str) -> None:
    """Tell everybody in ``group`` after the transaction commits. ``kind`` is the consumer's handler.

    Nobody waits for it: what was committed must not become slower, or fail, because of a hint.
    """

    def send() -> None:
        asyncio.run_coroutine_threadsafe(_send(group, kind), _loop(os.getpid()))

    # Not a partial: to log a failure Django wants a function with a name.
    transaction.on_commit(send, robust=True)


@cache
def _loop(pid: int) -> asyncio.AbstractEventLoop:
    """Return the one event loop of the process ``pid`` that sends hints, over one connection.

    A loop made for each hint would connect to Valkey for each. Threads do not survive a fork, hence the pid.
    """
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="hints", daemon=True).start()
    return loop


async def _send(group: str, kind: str) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await layer.group_send(group, {"type": kind})
    except Exception:
        logger.warning("No hint to %s: open pages look again by themselves.", group, exc_info=True)
