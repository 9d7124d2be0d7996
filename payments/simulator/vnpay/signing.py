"""The gateway's signatures: HMAC-SHA512 in hexadecimal, of sorted parameters or of values between bars."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import quote_plus

from django.conf import settings

HASH = "vnp_SecureHash"


def sign(text: str) -> str:
    key = settings.SANDBOX_VNPAY["hash_secret"].encode()
    return hmac.new(key, text.encode(), hashlib.sha512).hexdigest()


def sign_values(values: Iterable[object]) -> str:
    """Return the signature of a request or an answer of the API."""
    return sign("|".join(str(value) for value in values))


def query_of(values: Mapping[str, object]) -> str:
    """Return the text of an address that is signed: by name, without what is empty, form-encoded."""
    kept = {name: str(value) for name, value in values.items() if value not in ("", None)}
    return "&".join(f"{quote_plus(name)}={quote_plus(kept[name])}" for name in sorted(kept))


def signed_query(values: Mapping[str, object]) -> str:
    text = query_of(values)
    return f"{text}&{HASH}={sign(text)}"


def is_signed(given: Mapping[str, str]) -> bool:
    """Return whether the parameters of an address bear our signature."""
    signed = {
        name: value
        for name, value in given.items()
        if name.startswith("vnp_") and name not in (HASH, "vnp_SecureHashType")
    }
    return hmac.compare_digest(sign(query_of(signed)).encode(), given.get(HASH, "").lower().encode())
