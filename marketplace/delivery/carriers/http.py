"""A carrier spoken to in JSON over HTTP, whose notices are signed with HMAC-SHA256."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import httpx
from django.utils.dateparse import parse_datetime

from payments.tracing import name_request

from .base import KINDS, BadSignature, Carrier, CarrierError, CarrierUnavailable, Consignment, Told

# A notice that was signed longer ago is somebody's copy.
SIGNED_WITHIN_S = 300


class HttpCarrier(Carrier):
    """``POST parcels/`` -> ``{tracking_number}``; ``GET parcels/<number>/`` -> ``{events: [...]}``."""

    def __init__(self, *, base_url: str, secret: str, timeout_s: float) -> None:
        self._secret = secret.encode()
        self._http = httpx.Client(
            base_url=base_url,
            timeout=timeout_s,
            trust_env=False,
            event_hooks={"request": [name_request]},
        )

    def register(self, consignment: Consignment) -> str:
        said = self._call("POST", "parcels/", json=asdict(consignment))
        number = said.get("tracking_number")
        if not isinstance(number, str) or not 0 < len(number) <= 40:
            raise CarrierError(f"The carrier gave no tracking number for {consignment.reference}: {said}")
        return number

    def fetch(self, tracking_number: str) -> list[Told]:
        said = self._call("GET", f"parcels/{tracking_number}/")
        events = said.get("events")
        if not isinstance(events, list):
            raise CarrierError(f"The carrier says nothing of {tracking_number}: {said}")
        return [_told(event) for event in events]

    def read_webhook(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Told:
        at = headers.get("X-Carrier-Timestamp", "")
        wanted = hmac.new(self._secret, at.encode() + b"." + body, hashlib.sha256).hexdigest()
        given = headers.get("X-Carrier-Signature", "")
        if not hmac.compare_digest(wanted.encode(), given.encode()):
            raise BadSignature("Notice of a carrier: X-Carrier-Signature does not match the body.")
        if not at.isascii() or not at.isdigit() or abs(now.timestamp() - int(at)) > SIGNED_WITHIN_S:
            raise BadSignature("Notice of a carrier: it was signed at another time.")
        try:
            read = json.loads(body)
        except ValueError as error:
            raise CarrierError("Notice of a carrier: this is no JSON.") from error
        return _told(read)

    def _call(self, method: str, path: str, **call: Any) -> dict[str, Any]:
        try:
            answer = self._http.request(method, path, **call)
        except httpx.HTTPError as error:
            raise CarrierUnavailable(f"{method} {path}: {type(error).__name__}") from error
        if answer.status_code >= 500:
            raise CarrierUnavailable(f"{method} {path}: {answer.status_code}")
        if not answer.is_success:
            raise CarrierError(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        try:
            said = answer.json()
        except ValueError as error:
            raise CarrierUnavailable(f"{method} {path}: the answer is no JSON") from error
        return said if isinstance(said, dict) else {}


def _told(event: Any) -> Told:
    """Return an event as it was told. Raises CarrierError for what makes no sense."""
    if not isinstance(event, dict):
        raise CarrierError("An event of a carrier is an object.")
    text = {name: str(event.get(name, "")) for name in ("id", "tracking_number", "kind", "place", "at")}
    try:
        at = parse_datetime(text["at"])
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or text["kind"] not in KINDS:
        raise CarrierError(f"An event of a carrier makes no sense: {text['kind']!r} at {text['at']!r}")
    if not 0 < len(text["id"]) <= 60 or not 0 < len(text["tracking_number"]) <= 40:
        raise CarrierError("An event of a carrier names itself and its parcel.")
    return Told(text["id"], text["tracking_number"], text["kind"], text["place"][:120], at)
