"""Browsers that may show notices: taken on, listed, dropped."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from marketplace.accounts.models import User

from .errors import DeviceRefused
from .models import Device

# Where the makers of browsers take notices. Nothing else is ever asked: the address comes from a stranger.
MAKERS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    ".push.apple.com",
    ".notify.windows.com",
)
DEVICES_MOST = 10
POINT_BYTES, AUTH_BYTES = 65, 16  # RFC 8291, 3.1 and 3.2
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))


@transaction.atomic
def subscribe(*, user: User, endpoint: str, p256dh: str, auth: str, user_agent: str, now: datetime) -> Device:
    """Let a browser show the notices of ``user``; if it showed another's before, no longer those.

    Repeats change nothing. Beyond ten the oldest goes. Raises DeviceRefused for what is no browser's.
    """
    if not is_makers(endpoint) or len(endpoint) > 500:
        raise DeviceRefused
    if (len(_bytes(p256dh)), len(_bytes(auth))) != (POINT_BYTES, AUTH_BYTES):
        raise DeviceRefused
    User.objects.select_for_update().get(pk=user.pk)
    device, _is_new = Device.objects.update_or_create(
        endpoint=endpoint,
        defaults={"user": user, "p256dh": p256dh, "auth": auth, "name": name_of(user_agent)},
        create_defaults={
            "user": user,
            "p256dh": p256dh,
            "auth": auth,
            "name": name_of(user_agent),
            "since_at": now,
        },
    )
    newest = Device.objects.filter(user=user).order_by("-since_at", "-pk").values_list("pk", flat=True)
    Device.objects.filter(user=user).exclude(pk__in=list(newest[:DEVICES_MOST])).delete()
    return device


def drop(*, user: User, pk: int | None = None, endpoint: str = "") -> int:
    """Show no more notices in one browser of ``user``; return how many there were. Repeats return 0."""
    found = Device.objects.filter(user=user)
    found = found.filter(pk=pk) if pk is not None else found.filter(endpoint=endpoint)
    count = len(found)
    found.delete()
    return count


def is_makers(endpoint: str) -> bool:
    """Return whether ``endpoint`` is a browser's maker's, over HTTPS, or a host's of PUSH_HOSTS_TRUSTED."""
    try:
        parts = urlsplit(endpoint)
        host = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    except ValueError:
        return False
    if parts.username or parts.password or not parts.hostname:
        return False
    if host in settings.PUSH_HOSTS_TRUSTED:
        return parts.scheme in ("http", "https")
    known = any(host.endswith(name) if name.startswith(".") else host == name for name in MAKERS)
    return parts.scheme == "https" and known


def name_of(user_agent: str) -> str:
    """Return what a person knows the browser by: "Chrome, Android". "" for one nobody knows."""
    browser = next((name for sign, name in _BROWSERS if f"{sign}/" in user_agent), "")
    system = next((name for name in _SYSTEMS if re.search(rf"\b{name}\b", user_agent)), "")
    return ", ".join(filter(None, [browser, system]))


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
