"""GSMA's properties, each a function that checks a value and returns it, and objects made of them.

``read(values, FIELDS)`` checks one JSON object and returns its known properties that were given. Every
reader raises the GSMA error that names the property.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from payments.simulator.amounts import CURRENCY, read_amount
from payments.simulator.errors import (
    CurrencyNotSupported,
    LengthError,
    MalformedValue,
    MandatoryValueMissing,
)
from payments.simulator.moments import read_moment

Reader = Callable[[str, Any], Any]
Fields = Mapping[str, Reader]
_REQUIRED = "is_required"
_LEI = re.compile(r"[A-Z0-9]{4}00[A-Z0-9]{12}\d{2}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}")
_GEO = re.compile(r"-?(90|(\d|[1-8]\d)(\.\d{1,6})?),-?(180|(\d|\d\d|1[0-7]\d)(\.\d{1,6})?)", re.ASCII)


def read(values: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """Return the properties of ``values`` that ``fields`` knows, checked. Null is the same as left out."""
    checked = {}
    for name, reader in fields.items():
        value = values.get(name)
        if value is not None:
            checked[name] = reader(name, value)
        elif hasattr(reader, _REQUIRED):
            raise MandatoryValueMissing(name)
    return checked


def required(reader: Reader) -> Reader:
    def read_required(name: str, value: Any) -> Any:
        return reader(name, value)

    setattr(read_required, _REQUIRED, True)
    return read_required


def text(longest: int = 256, shortest: int = 0) -> Reader:
    def read_text(name: str, value: Any) -> str:
        if not isinstance(value, str) or "\x00" in value:
            raise MalformedValue(name, wanted="a string")
        if not shortest <= len(value) <= longest:
            raise LengthError(name, length=len(value), shortest=shortest, longest=longest)
        return value

    return read_text


def choice(*allowed: str) -> Reader:
    def read_choice(name: str, value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise MalformedValue(name, wanted=f"one of {', '.join(allowed)}")
        return value

    return read_choice


def matching(pattern: re.Pattern[str], wanted: str) -> Reader:
    def read_matching(name: str, value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise MalformedValue(name, wanted=wanted)
        return value

    return read_matching


def boolean(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise MalformedValue(name, wanted="true or false")
    return value


def whole(least: int = 0, most: int = 2**31 - 1) -> Reader:
    def read_whole(name: str, value: Any) -> int:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
            value = int(value)  # GSMA's own examples write numbers as strings
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or value != value // 1 or not least <= value <= most:
            raise MalformedValue(name, wanted=f"a whole number from {least} to {most}")
        return int(value)

    return read_whole


def day(name: str, value: Any) -> str:
    if isinstance(value, str) and "T" in value:  # as public clients write days
        value = read_moment(value, name=name).date().isoformat()
    try:
        if len(value) != len("2026-11-23"):
            raise ValueError
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise MalformedValue(name, wanted="a day such as 2026-11-23") from error


def moment(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise MalformedValue(name, wanted="a moment such as 2026-11-23T03:45:00Z")
    return read_moment(value, name=name).isoformat().replace("+00:00", "Z")


def amount(name: str, value: Any) -> str:
    """Read whole đồng above zero, as GSMA writes them."""
    return str(read_amount(value, CURRENCY, name=name))


def currency(name: str, value: Any) -> str:
    if value != CURRENCY:
        raise CurrencyNotSupported(str(value)[:10], name=name)
    return CURRENCY


def items(fields: Fields, *, most: int, least: int = 0) -> Reader:
    """Read a list of objects."""

    def read_items(name: str, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise MalformedValue(name, wanted="a list of objects")
        if not least <= len(value) <= most:
            raise LengthError(name, length=len(value), shortest=least, longest=most)
        return [read(item, fields) for item in value]

    return read_items


def thing(fields: Fields) -> Reader:
    """Read an object."""

    def read_thing(name: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise MalformedValue(name, wanted="an object")
        return read(value, fields)

    return read_thing


COUNTRY = matching(_COUNTRY, "a country of two capital letters such as VN")
LEI = matching(_LEI, "a legal entity identifier of 20 characters")
PAIR: Fields = {"key": required(text(shortest=1)), "value": required(text(shortest=1))}
PARTY = items(PAIR, least=1, most=10)
PAIRS = items(PAIR, most=20)
SHORT = text()
TYPES = (
    "billpay", "deposit", "disbursement", "transfer", "merchantpay", "inttransfer", "adjustment", "reversal",
    "withdrawal",
)  # fmt: skip
DELIVERY = choice("directtoaccount", "agent", "personaldelivery")
ID_TYPES = (
    "passport", "nationalregistration", "otherId", "drivinglicence", "socialsecurity", "alienregistration",
    "nationalidcard", "employer", "taxid", "seniorcitizenscard", "marriagecertificate", "birthcertificate",
    "healthcard", "votersid", "villageelderLetter", "pancard", "officialletter",
)  # fmt: skip
ID_DOCUMENT: Fields = {
    "idType": required(choice(*ID_TYPES)),
    "idNumber": SHORT,
    "issueDate": day,
    "expiryDate": day,
    "issuer": SHORT,
    "issuerPlace": SHORT,
    "issuerCountry": COUNTRY,
    "otherIddescription": SHORT,
}
ADDRESS: Fields = {
    **dict.fromkeys(
        ("addressLine1", "addressLine2", "addressLine3", "city", "stateProvince", "postalCode"), SHORT
    ),
    "country": required(COUNTRY),
}
SUBJECT_NAME: Fields = dict.fromkeys(
    ("title", "firstName", "middleName", "lastName", "fullName", "nativeName"), SHORT
)
KYC: Fields = {
    "birthCountry": COUNTRY,
    "contactPhone": SHORT,
    "dateOfBirth": day,
    "emailAddress": SHORT,
    "employerName": SHORT,
    "gender": choice("m", "f", "u"),
    "idDocument": items(ID_DOCUMENT, most=10),
    "nationality": COUNTRY,
    "occupation": SHORT,
    "postalAddress": thing(ADDRESS),
    "subjectName": thing(SUBJECT_NAME),
}
FEE: Fields = {
    "feeType": required(text(shortest=1)),
    "feeAmount": required(amount),
    "feeCurrency": required(currency),
}
ORGANISATION_ASKING: Fields = {
    "requestingOrganisationIdentifierType": required(choice("lei", "swiftbic", "organisationid")),
    "requestingOrganisationIdentifier": required(text(shortest=1)),
}
# What most requests may also say; it is only repeated in the answers.
EXTRAS: Fields = {
    "requestingOrganisation": thing(ORGANISATION_ASKING),
    "requestDate": moment,
    "customData": PAIRS,
}
ACROSS_BORDERS: Fields = {
    "quotationReference": text(shortest=1),
    "quoteId": text(shortest=1),
    "originCountry": required(COUNTRY),
    "deliveryMethod": DELIVERY,
    "receivingCountry": COUNTRY,
    "relationshipSender": SHORT,
    "remittancePurpose": SHORT,
    "sendingServiceProviderCountry": COUNTRY,
}
TRANSACTION_EXTRAS: Fields = {
    "fees": items(FEE, least=1, most=20),
    "geoCode": matching(_GEO, "a latitude and a longitude such as 21.386,103.016"),
    "internationalTransferInformation": thing(ACROSS_BORDERS),
    "oneTimeCode": SHORT,
    "recipientKyc": thing(KYC),
    "senderKyc": thing(KYC),
    "requestingOrganisation": thing(ORGANISATION_ASKING),
    "servicingIdentity": SHORT,
    "customData": PAIRS,
    "receivingLei": LEI,
    "requestingLei": LEI,
}
