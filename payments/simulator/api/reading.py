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
from payments.simulator.errors import (
    LengthError,
    MalformedValue,
    MandatoryValueMissing,
    MerchantNotAuthorised,
    NotIdentified,
)
from payments.simulator.models import MSISDN, ORGANISATION, Merchant, Wallet
from payments.simulator.moments import read_moment
from payments.simulator.records import Request

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
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
        try:
            values = json.loads(request.body)
        except ValueError as error:
            raise MalformedValue("The body", wanted="JSON") from error
        if not isinstance(values, dict):
            raise MalformedValue("The body", wanted="a JSON object")
        self._values: Mapping[str, Any] = values

    def get(self, name: str) -> object:
        return self._values.get(name)

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


def read_request(request: HttpRequest, body: Body, *, merchant: Merchant) -> Request:
    """Return what all types of transactions have in common."""
    return Request(
        merchant=merchant,
        correlation_id=read_correlation_id(request),
        amount_vnd=read_amount(body.get("amount"), body.get("currency")),
        callback_url=read_callback_url(request),
        merchant_reference=body.text("requestingOrganisationTransactionReference"),
        description=body.text("descriptionText", longest=160),
        sub_type=body.text("subType"),
        metadata=body.pairs("metadata", most=20),
        requested_at=body.moment("requestDate"),
    )


def read_payer(party: Mapping[str, str], *, merchant: Merchant, name: str) -> Wallet:
    """Return the wallet a party names. Raises MandatoryValueMissing, NotIdentified."""
    if not party:
        raise MandatoryValueMissing(name)
    wallet = Wallet.objects.filter(operator=merchant.operator, msisdn=read_msisdn(party, name=name)).first()
    if wallet is None:
        raise NotIdentified(f"{name}: this operator has no wallet for that msisdn.", property=name)
    return wallet


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
