# ruff: noqa: N815 (the names are OCTO's)
"""What a request may say: OCTO's bodies, read as strictly as its description types them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.core.validators import validate_email
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from .errors import (
    BadRequest,
    InvalidAvailability,
    InvalidOption,
    InvalidProduct,
    InvalidUnit,
    OctoError,
    Unprocessable,
)

DAYS_MAX = 400  # of one question
UNITS_MAX = 50  # as many as one booking may have
NUMBER_MAX = 1_000_000
CURRENCY = "VND"
DAYS = ("localDate", "localDateStart", "localDateEnd")


class Text(serializers.CharField):
    """A JSON string. The framework would also take numbers."""

    default_error_messages = {"invalid": gettext_lazy("A text is required.")}

    def __init__(self, max_length: int = 200, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **({"allow_blank": True, "required": False} | kwargs))

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeNumber(serializers.IntegerField):
    """A JSON number without a fraction. The framework would also take "5", 5.0 and true."""

    default_error_messages = {"invalid": gettext_lazy("A whole number is required.")}

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false. The framework would also take "yes"."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Day(serializers.Field):
    """A day as 2027-03-13, of a time this market can know about."""

    default_error_messages = {"not_a_day": gettext_lazy("This is not a day. Write it like 2027-03-13.")}

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_internal_value(self, data: Any) -> date:
        try:
            day = parse_date(data) if isinstance(data, str) else None
        except ValueError:
            day = None
        if day is None or day.isoformat() != data or not 2000 <= day.year <= 2199:
            self.fail("not_a_day")
        return day

    def to_representation(self, value: date) -> str:
        return value.isoformat()


class Uuid(serializers.UUIDField):
    """A UUID as text. The framework would also take a number, and other spellings."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or len(data) != 36:
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Contact(serializers.Serializer):
    fullName = Text(allow_null=True)
    firstName = Text(allow_null=True)
    lastName = Text(allow_null=True)
    emailAddress = Text(254, allow_null=True, allow_blank=False, validators=[validate_email])
    phoneNumber = Text(40, allow_null=True)
    locales = serializers.ListField(child=Text(40), required=False, max_length=50)
    postalCode = Text(40, allow_null=True)
    country = Text(60, allow_null=True)
    notes = Text(2_000, allow_null=True)


class UnitItem(serializers.Serializer):
    uuid = Uuid(required=False)
    unitId = Text(required=True)
    resellerReference = Text(100)
    contact = Contact(required=False)


class UnitQuantity(serializers.Serializer):
    id = Text(required=True)
    quantity = WholeNumber(min_value=0, max_value=NUMBER_MAX)


class _Priced(serializers.Serializer):
    currency = Text(20, allow_null=True)

    def validate_currency(self, currency: str | None) -> str | None:
        if currency not in (None, CURRENCY):
            raise serializers.ValidationError(_("Prices are in VND."))
        return currency


class DaysBody(serializers.Serializer):
    localDate = Day()
    localDateStart = Day()
    localDateEnd = Day()


class CalendarBody(DaysBody, _Priced):
    productId = Text(required=True)
    optionId = Text(required=True)
    units = serializers.ListField(child=UnitQuantity(), required=False, max_length=UNITS_MAX)


class AvailabilityBody(CalendarBody):
    availabilityIds = serializers.ListField(child=Text(), required=False, max_length=DAYS_MAX)


class ReservationBody(_Priced):
    uuid = Uuid(required=False)
    productId = Text(required=True)
    optionId = Text(required=True)
    availabilityId = Text(required=True)
    expirationMinutes = WholeNumber(min_value=1, max_value=NUMBER_MAX, required=False)
    notes = Text(2_000, allow_null=True)
    unitItems = serializers.ListField(child=UnitItem(), min_length=1, max_length=UNITS_MAX)
    resellerReference = Text(100)
    contact = Contact(required=False)


class ConfirmationBody(serializers.Serializer):
    emailReceipt = Flag(required=False)
    resellerReference = Text(100)
    contact = Contact()
    unitItems = serializers.ListField(child=UnitItem(), min_length=1, max_length=UNITS_MAX, required=False)


class UpdateBody(serializers.Serializer):
    productId = Text()
    optionId = Text()
    availabilityId = Text()
    expirationMinutes = WholeNumber(min_value=1, max_value=NUMBER_MAX, required=False)
    notes = Text(2_000, allow_null=True)
    emailReceipt = Flag(required=False)
    resellerReference = Text(100)
    contact = Contact(required=False)
    unitItems = serializers.ListField(child=UnitItem(), min_length=1, max_length=UNITS_MAX, required=False)


class ExtensionBody(serializers.Serializer):
    expirationMinutes = WholeNumber(min_value=1, max_value=NUMBER_MAX, required=False)


class CancellationBody(serializers.Serializer):
    reason = Text(300, allow_null=True)
    force = Flag(required=False)


_OF_IDS: dict[str, type[OctoError]] = {
    "productId": InvalidProduct,
    "optionId": InvalidOption,
    "availabilityId": InvalidAvailability,
}


def read(shape: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    """Return what a body says. Raises the OctoError of the first thing that is wrong with it."""
    if not isinstance(data, Mapping):
        raise BadRequest(_("The body cannot be read. Send a JSON object."))
    body = shape(data=data)
    if body.is_valid():
        return dict(body.validated_data)
    errors = body.errors
    for name, error in _OF_IDS.items():
        if name in errors:
            raise error(_text_of(data, name))
    if "unitItems" in errors and (error_of_unit := _unit_error(errors["unitItems"], data)):
        raise error_of_unit
    raise BadRequest(" ".join(_sentences(errors)))


def days_of(body: Mapping[str, Any]) -> tuple[date, date] | None:
    """Return the first and the last day that are asked about; None if no days are named.

    Raises BadRequest for half a range, one that ends before it begins, and one of more than DAYS_MAX days.
    """
    if "localDate" in body:
        return body["localDate"], body["localDate"]
    first, last = body.get("localDateStart"), body.get("localDateEnd")
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise BadRequest(_("localDateStart and localDateEnd go together."))
    if last < first:
        raise BadRequest(_("localDateEnd is before localDateStart."))
    if (last - first).days >= DAYS_MAX:
        raise BadRequest(_("Ask about at most %(days)d days at once.") % {"days": DAYS_MAX})
    return first, last


def quantities_of(body: Mapping[str, Any]) -> Counter[str]:
    """Return how many of each unit an availability is asked for."""
    wanted: Counter[str] = Counter()
    for unit in body.get("units", []):
        wanted[unit["id"]] += unit["quantity"]
    return wanted


def _unit_error(errors: Any, data: Mapping[str, Any]) -> OctoError | None:
    """No units at all is a wish that cannot be met; a unit without its id is a wrong id."""
    if not isinstance(data.get("unitItems"), list) or not data["unitItems"]:
        if "unitItems" in data and data["unitItems"] != []:
            return None
        return Unprocessable(_("Name at least one unit in unitItems."))
    by_place = errors if isinstance(errors, Mapping) else {}
    for place, wrong in by_place.items():
        if isinstance(wrong, Mapping) and "unitId" in wrong:
            return InvalidUnit(_text_of(data["unitItems"][int(place)], "unitId"))
    return None


def _text_of(data: Any, name: str) -> str:
    value = data.get(name, "") if isinstance(data, Mapping) else ""
    return value if isinstance(value, str) else ""


def _sentences(errors: Any, field: str = "") -> list[str]:
    if isinstance(errors, Mapping):
        return [
            sentence
            for name, each in errors.items()
            for sentence in _sentences(each, f"{field}.{name}".lstrip("."))
        ]
    if isinstance(errors, list):
        return [sentence for each in errors for sentence in _sentences(each, field)]
    return [f"{field}: {errors}"]
