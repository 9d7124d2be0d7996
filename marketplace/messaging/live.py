"""Hints to open pages that something changed. The page looks again; losing a hint loses nothing."""

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def hint(group: str, kind: str) -> None:
    """Tell everybody in ``group`` after the transaction commits. ``kind`` is the consumer's handler."""
    transaction.on_commit(lambda: _send(group, kind), robust=True)


def _send(group: str, kind: str) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group, {"type": kind})
    except (RedisError, OSError):
        logger.warning("No hint to %s: Valkey does not answer. Open pages look again by themselves.", group)
