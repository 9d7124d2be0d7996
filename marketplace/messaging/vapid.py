"""The key by which makers of browsers know who sends notices to them (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

# The order of P-256 (NIST SP 800-186, 3.2.1.3): a private key is a number between 1 and it.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def private_key() -> ec.EllipticCurvePrivateKey:
    """Return the key of VAPID_PRIVATE_KEY (32 bytes, base64url); without one it is made of SECRET_KEY.

    Another key ends every subscription there is: browsers tie theirs to the public one.
    """
    return _made(settings.VAPID_PRIVATE_KEY, settings.SECRET_KEY)


def public_key() -> str:
    """Return the public key as browsers want it: the uncompressed point, base64url without padding."""
    point = private_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


@lru_cache(maxsize=4)
def _made(given: str, secret: str) -> ec.EllipticCurvePrivateKey:
    if given:
        number = int.from_bytes(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)), "big")
    else:
        digest = hashlib.sha512(b"notices to browsers/" + secret.encode()).digest()
        number = int.from_bytes(digest, "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())
