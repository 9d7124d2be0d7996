"""Whether a request comes from the phone operator's gateway: anybody can write a phone number into a form.

It signs the moment and the body: HMAC-SHA256 with a secret that both know, over ``<seconds since
1970>.<body>``. What is older than MAX_AGE_S cannot be sent again by whoever overheard it; what is younger
does nothing twice, because messages and sessions have ids.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from .errors import NotFromTheGateway

MAX_AGE_S = 300


def check(*, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Raise NotFromTheGateway unless ``X-Gateway-Signature`` and ``X-Gateway-Timestamp`` are right."""
    secret = settings.PHONE_GATEWAY["secret"]
    if not secret:
        raise NotFromTheGateway("SMS_GATEWAY_SECRET is not set: no phone operator is connected.")
    stamp = headers.get("X-Gateway-Timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise NotFromTheGateway("X-Gateway-Timestamp must be the seconds since 1970.")
    if abs(now.timestamp() - int(stamp)) > MAX_AGE_S:
        raise NotFromTheGateway(f"X-Gateway-Timestamp is more than {MAX_AGE_S} seconds off.")
    expected = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), headers.get("X-Gateway-Signature", "").encode()):
        raise NotFromTheGateway("X-Gateway-Signature does not match the body.")
