"""What a merchant may be asked to prove of each request: that it is fresh, whole and its own.

A request that changes something carries X-JWS-Signature: a detached JWS (RFC 7515 F, RFC 7797) over the
body, by HS256. Its protected header repeats ``method``, ``uri`` and ``date`` (X-Date), so that what was
signed once serves for nothing else and not for long.
"""

from datetime import datetime, timedelta

import jwt
from django.http import HttpRequest

from payments.simulator.errors import BadRequestSignature, MandatoryValueMissing, RequestTooOld
from payments.simulator.moments import read_moment
from payments.simulator.operators import Credentials

SAFE = ("GET", "HEAD", "OPTIONS")
_jws = jwt.PyJWS()


def check(request: HttpRequest, credentials: Credentials, *, now: datetime) -> None:
    """Raise MandatoryValueMissing, RequestTooOld or BadRequestSignature as ``credentials`` demand it."""
    if credentials.date_window_s:
        _check_date(request, within=timedelta(seconds=credentials.date_window_s), now=now)
    if credentials.signing_secret and request.method not in SAFE:
        _check_signature(request, secret=credentials.signing_secret)


def _check_date(request: HttpRequest, *, within: timedelta, now: datetime) -> None:
    text = request.headers.get("X-Date", "")
    if not text:
        raise MandatoryValueMissing("X-Date")
    if abs(now - read_moment(text, name="X-Date")) > within:
        raise RequestTooOld(text[:40], window_s=int(within.total_seconds()))


def _check_signature(request: HttpRequest, *, secret: str) -> None:
    signature = request.headers.get("X-JWS-Signature", "")
    if not signature:
        raise MandatoryValueMissing("X-JWS-Signature")
    try:
        signed = _jws.decode_complete(signature, secret, ["HS256"], detached_payload=request.body)["header"]
    except jwt.PyJWTError as error:
        raise BadRequestSignature("it is not the one of this body by the secret agreed on") from error
    facts = {
        "method": request.method,
        "uri": request.get_full_path(),
        "date": request.headers.get("X-Date", ""),
    }
    if differing := [name for name, fact in facts.items() if signed.get(name) != fact]:
        raise BadRequestSignature(f"its protected header has another {', '.join(differing)}")
