"""How the network proves to the shop that a message is its own: HMAC-SHA256 over ``<seconds>.<body>``."""

import hashlib
import hmac


def signed_headers(body: bytes, *, secret: str, at: int, kind: str = "application/json") -> dict[str, str]:
    """Return the headers of a POST of ``body``. ``at`` is in seconds since 1970."""
    signature = hmac.new(secret.encode(), str(at).encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Content-Type": kind, "X-Gateway-Timestamp": str(at), "X-Gateway-Signature": signature}
