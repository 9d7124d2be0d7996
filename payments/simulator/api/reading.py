"""Reading what merchants send: headers and bodies, checked against GSMA's rules one property at a time."""

import json
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import HttpRequest

from payments.simulator import numbers
from payments.simulator.amounts import read_amount
from payments.simulator.api import fields
from payments.simulator.api.fields import TRANSACTION_EXTRAS, Fields, Reader, choice, required, text
from payments.simulator.calls import Asked
from payments.simulator.errors import (
    LengthError,
    MalformedValue,
    MandatoryValueMissing,
    MerchantNotAuthorised,
    NotIdentified,
)
from payments.simulator.models import MSISDN, ORGANISATION, Merchant
from payments.simulator.moments import read_moment
from payments.simulator.records import Request

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_PATCH = {
    "op": required(choice("replace", "add")),
    "path": required(text()),
    "value": required(text()),
}
_check_url = URLValidator(schemes=["http", "https"])


def read_uuid(text: str, *, name: str) -> uuid.UUID:
    if not _UUID.fullmatch(text):
        raise MalformedValue(name, wanted="a UUID")
    return uuid.UUID(text)


def read_correlation_id(request: HttpRequest) -> uuid.UUID:
    """Return X-CorrelationID. Required here: without one, no request could be repeated safely."""
    text = request.headers.get("X-CorrelationID", "")
    if not text:
        raise MandatoryValueMissing("X-CorrelationID")
    return read_uuid(text, name="X-CorrelationID")


def read_callback_url(request: HttpRequest) -> str:
    """Return X-Callback-URL, or "" if the caller would rather poll."""
    url = request.headers.get("X-Callback-URL", "")
    if not url:
        return ""
    try:
        # Names without a dot are what services inside one network call each other by.
        _check_url(re.sub(r"^(https?://)([a-z0-9-]+)(?=[:/]|$)", r"\1\2.internal", url))
    except ValidationError as error:
        raise MalformedValue("X-Callback-URL", wanted="an absolute http or https URL") from error
    return url


class Body:
    """A request's JSON object. Every reader raises the GSMA error that names the property."""

    def __init__(self, request: HttpRequest) -> None:
        self._values: Mapping[str, Any] = read_object(request)

    @property
    def values(self) -> Mapping[str, Any]:
        return self._values

    def get(self, name: str) -> object:
        return self._values.get(name)

    def read(self, properties: Fields) -> dict[str, Any]:
        """Return the properties that were given, each checked by its reader."""
        return fields.read(self._values, properties)

    def text(self, name: str, *, longest: int = 256) -> str:
        """Return a string, "" if it was left out."""
        value = self._values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or "\x00" in value:
            raise MalformedValue(name, wanted="a string")
        if len(value) > longest:
            raise LengthError(name, length=len(value), longest=longest)
        return value

    def moment(self, name: str) -> datetime | None:
        """Return a date-time, None if it was left out."""
        text = self.text(name, longest=64)
        return read_moment(text, name=name) if text else None

    def pairs(self, name: str, *, most: int) -> list[dict[str, str]]:
        """Return a list of ``{"key": ..., "value": ...}``, empty if it was left out."""
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(_is_pair(item) for item in value):
            raise MalformedValue(name, wanted='a list of {"key": "...", "value": "..."} with text in both')
        if len(value) > most:
            raise LengthError(name, length=len(value), longest=most)
        return [{"key": item["key"], "value": item["value"]} for item in value]

    def party(self, name: str) -> dict[str, str]:
        """Return the identifiers of a party by kind, empty if it was left out."""
        if self._values.get(name) == []:
            raise LengthError(name, length=0, shortest=1, longest=10)
        return {item["key"]: item["value"] for item in self.pairs(name, most=10)}


def read_json(request: HttpRequest) -> object:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise MalformedValue("The body", wanted="JSON") from error


def read_object(request: HttpRequest) -> dict[str, Any]:
    values = read_json(request)
    if not isinstance(values, dict):
        raise MalformedValue("The body", wanted="a JSON object")
    return values


def read_asked(request: HttpRequest, *, merchant: Merchant) -> Asked:
    """Return who asks, and how the answer is to come. Nothing but money needs an X-CorrelationID."""
    has_id = request.headers.get("X-CorrelationID")
    return Asked(
        merchant=merchant,
        correlation_id=read_correlation_id(request) if has_id else None,
        callback_url=read_callback_url(request),
    )


def read_patches(request: HttpRequest, paths: Mapping[str, Reader]) -> dict[str, str]:
    """Return the new values by path. ``paths`` has a reader for each that may be changed."""
    value = read_json(request)
    patches = fields.items(_PATCH, least=1, most=10)("The body", value)
    changes = {}
    for patch in patches:
        path = "/" + patch["path"].removeprefix("/")
        if path not in paths:
            raise MalformedValue("path", wanted=f"one of {', '.join(paths)}")
        changes[path] = paths[path](path, patch["value"])
    return changes


def read_request(
    request: HttpRequest, body: Body, *, merchant: Merchant, amount_vnd: int | None = None
) -> Request:
    """Return what all types of transactions have in common."""
    if amount_vnd is None:
        amount_vnd = read_amount(body.get("amount"), body.get("currency"))
    return Request(
        merchant=merchant,
        correlation_id=read_correlation_id(request),
        amount_vnd=amount_vnd,
        callback_url=read_callback_url(request),
        merchant_reference=body.text("requestingOrganisationTransactionReference"),
        description=body.text("descriptionText", longest=160),
        sub_type=body.text("subType"),
        metadata=body.pairs("metadata", most=20),
        details=body.read(TRANSACTION_EXTRAS),
        requested_at=body.moment("requestDate"),
    )


def read_msisdn(party: Mapping[str, str], *, name: str) -> str:
    """Return the phone number a party names, as E.164. Raises NotIdentified."""
    try:
        return numbers.normalise(party[MSISDN])
    except (KeyError, numbers.NotAPhoneNumber) as error:
        raise NotIdentified(f"{name} names no customer. Name one by key msisdn.", property=name) from error


def check_own(party: Mapping[str, str], *, merchant: Merchant, name: str) -> None:
    """Raise MerchantNotAuthorised unless ``party`` is left out or is the caller."""
    if party and party.get(ORGANISATION) != merchant.identifier:
        raise MerchantNotAuthorised(name)


def _is_pair(item: object) -> bool:
    return isinstance(item, dict) and all(
        isinstance(item.get(name), str) and 0 < len(item[name]) <= 256 and "\x00" not in item[name]
        for name in ("key", "value")
    )
