"""Who published what: canonical JSON, its SHA-256, and an Ed25519 signature anybody can check."""

import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings


def canonical(document: Any) -> str:
    """Return the one JSON text of ``document``: sorted keys, no spaces, whole numbers only (RFC 8785)."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sign(hash_: str) -> tuple[str, str]:
    """Return the signature of a hash and the public key it is checked with, both in hexadecimal."""
    key = _private_key()
    return key.sign(bytes.fromhex(hash_)).hex(), _hex(key.public_key())


def is_signed(hash_: str, *, signature: str, public_key: str) -> bool:
    """Return whether the signature is right and the key is one this market signs or signed with."""
    if public_key not in trusted_keys():
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), bytes.fromhex(hash_))
    except (InvalidSignature, ValueError):
        return False
    return True


def trusted_keys() -> list[str]:
    """Return the public keys, today's first. Former ones stand in RELEASE_FORMER_KEYS."""
    return [_hex(_private_key().public_key()), *settings.RELEASE_FORMER_KEYS]


def _private_key() -> Ed25519PrivateKey:
    """The key of RELEASE_SIGNING_KEY (64 hexadecimal digits); without one it is made of SECRET_KEY."""
    if settings.RELEASE_SIGNING_KEY:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.RELEASE_SIGNING_KEY))
    seed = hashlib.sha256(b"releases of figures/" + settings.SECRET_KEY.encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def _hex(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
