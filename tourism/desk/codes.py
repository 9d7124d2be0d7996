"""What guests show at the door: four digits to say, and signed addresses for a page and a QR code."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

DIGITS = 4
_GUEST, _DOOR = "tourism.desk.guest", "tourism.desk.door"


def door_code(booking_id: int) -> str:
    """Return the four digits of a booking. They say who comes, as a name does; they open nothing."""
    digest = salted_hmac(_DOOR, str(booking_id), algorithm="sha256").hexdigest()
    return f"{int(digest, 16) % 10**DIGITS:0{DIGITS}d}"


def guest_key(booking_id: int) -> str:
    """Return what opens the guest's page of a booking. Whoever holds it is the guest."""
    return _signer(_GUEST).sign(str(booking_id))


def booking_of_guest(key: str) -> int | None:
    """Return the booking whose guest's page ``key`` opens, None if it opens none."""
    return _read(key, _GUEST)


def door_key(booking_id: int) -> str:
    """Return what the QR code holds: a host who scans it knows that the guest stands at the door."""
    return _signer(_DOOR).sign(str(booking_id))


def booking_at_door(key: str) -> int | None:
    """Return the booking whose QR code holds ``key``, None if none does."""
    return _read(key, _DOOR)


def _signer(salt: str) -> Signer:
    return Signer(salt=salt, sep=".")


def _read(key: str, salt: str) -> int | None:
    try:
        return int(_signer(salt).unsign(key))
    except (BadSignature, ValueError):
        return None
