"""How Stripe proves that an event is from Stripe."""

import hashlib
import hmac


def signature(body: str, *, secret: str, at: int) -> str:
    """Return the header Stripe-Signature: docs.stripe.com/webhooks, "Verify webhook signatures manually".

    ``at`` is the moment of sending, in seconds since 1970.
    """
    signed = f"{at}.{body}".encode()
    return f"t={at},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
