"""What seller and buyer say or show when a parcel changes hands: four digits, or a signed address as QR.

The seller's digits and the buyer's differ, and neither sees the other's: who has the buyer's digits has
heard them from the buyer. They are derived from the secret of the shop, so nothing need be stored.
"""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

DIGITS = 4
_SELLER, _BUYER, _MANIFEST = "delivery.seller", "delivery.buyer", "delivery.manifest"
_LABEL = "delivery.label"


def seller_code(part_id: int) -> str:
    """Return the four digits with which the seller of a part hands its parcel over, or takes it back."""
    return _digits(_SELLER, part_id)


def buyer_code(part_id: int) -> str:
    """Return the four digits with which the buyer receives the parcel of a part."""
    return _digits(_BUYER, part_id)


def manifest_code(manifest_id: int) -> str:
    """Return the four digits with which a manifest is received: they stand on its paper alone."""
    return _digits(_MANIFEST, manifest_id)


def label_key(part_id: int) -> str:
    """Return what the QR code on a parcel's label holds: whoever scans it has the parcel before them."""
    return _sign(_LABEL, part_id)


def part_of_label(key: str) -> int | None:
    """Return the part whose label holds ``key``, None if none does."""
    return _read(_LABEL, key)


def buyer_key(part_id: int) -> str:
    """Return what the QR code on the buyer's page holds: whoever scans it has the buyer before them."""
    return _sign(_BUYER, part_id)


def part_of_buyer(key: str) -> int | None:
    """Return the part whose buyer shows ``key``, None if none does."""
    return _read(_BUYER, key)


def _digits(salt: str, pk: int) -> str:
    digest = salted_hmac(salt, str(pk), algorithm="sha256").hexdigest()
    return f"{int(digest, 16) % 10**DIGITS:0{DIGITS}d}"


def _sign(salt: str, pk: int) -> str:
    return Signer(salt=salt, sep=".").sign(str(pk))


def _read(salt: str, key: str) -> int | None:
    try:
        return int(Signer(salt=salt, sep=".").unsign(key))
    except (BadSignature, ValueError):
        return None
