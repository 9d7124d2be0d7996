"""The keys resellers' programs show: made once, shown once, kept as a digest only."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from .models import Reseller, ResellerKey

PREFIX = "mt_"
SHOWN = 9  # of a key, to tell it from the others


def make(*, reseller: Reseller, now: datetime, secret: str = "") -> str:
    """Make a key for ``reseller`` and return it: it cannot be read again later.

    ``secret`` is for the demonstration, whose key is public. Others are 256 random bits, which is why a
    plain digest is enough to keep.
    """
    secret = secret or PREFIX + secrets.token_urlsafe(32)
    ResellerKey.objects.create(
        reseller=reseller, beginning=secret[:SHOWN], digest=_digest(secret), made_at=now
    )
    return secret


def revoke(*, key_id: int, now: datetime) -> None:
    """Let a key open nothing any more. One that was revoked keeps its day."""
    ResellerKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=now)


def reseller_of(secret: str) -> Reseller | None:
    """Return who shows this key; None if nobody may with it. One query."""
    keys = ResellerKey.objects.filter(digest=_digest(secret), revoked_at=None, reseller__is_active=True)
    key = keys.select_related("reseller").first()
    return key.reseller if key else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
