"""The senders of this process, one for each channel, made when they are first asked for."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.messaging.errors import NoSender

from .base import Sender


def sender_for(channel: str) -> Sender:
    """Return what ``settings.MESSAGE_SENDERS`` names for ``channel``; raises NoSender if it names none."""
    senders: dict[str, dict[str, Any]] = settings.MESSAGE_SENDERS
    entry = senders.get(channel)
    if entry is None:
        raise NoSender(channel)
    return _made(entry["class"], tuple(sorted(entry.get("options", {}).items())))


@lru_cache(maxsize=8)
def _made(path: str, options: tuple[tuple[str, object], ...]) -> Sender:
    sender: Sender = import_string(path)(**dict(options))
    return sender
