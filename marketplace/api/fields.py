"""Fields as strict as the schema says they are."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.accounts.errors import InvalidPhone
from marketplace.accounts.phones import to_e164
from marketplace.places.selectors import communes_at

ID_MAX = 2**63 - 1  # PostgreSQL's bigint


class WholeNumber(serializers.IntegerField):
    """A JSON number without a fraction. The framework would also take "5", 5.0 and true."""

    default_error_messages = {"invalid": _("A whole number is required.")}

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class Id(WholeNumber):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=ID_MAX, **kwargs)


class Text(serializers.CharField):
    """A JSON string. The framework would also take numbers."""

    default_error_messages = {"invalid": _("A text is required.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class YesNo(serializers.BooleanField):
    """A JSON true or false. The framework would also take numbers and words."""

    default_error_messages = {"invalid": _("True or false is required.")}

    def to_internal_value(self, data: Any) -> bool:
        if type(data) is not bool:
            self.fail("invalid", input=data)
        return data


class Phone(Text):
    """A phone number in any usual spelling; its value is E.164."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return to_e164(text)
        except InvalidPhone as error:
            raise serializers.ValidationError(str(error)) from error


class Day(serializers.DateField):
    """A day as 2026-03-31, of a time this shop can know about: 2000 to 2199."""

    default_error_messages = {
        "invalid": _("This is not a day. Write it like 2026-03-31."),
        "out_of_time": _("This day is too far away. Give one of the years 2000 to 2199."),
    }

    def to_internal_value(self, value: str | date | datetime) -> date:
        day = super().to_internal_value(value)
        if not 2000 <= day.year <= 2199:
            self.fail("out_of_time")
        return day


class CommuneCode(serializers.RegexField):
    """The code of a commune of today; its value is the commune."""

    default_error_messages = {
        "invalid": _("A commune's code has five digits."),
        "unknown": _("No commune of today has this code."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"^[0-9]{5}$", **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        code = super().run_validation(data)
        if not isinstance(code, str):
            return code
        commune = communes_at(timezone.localdate()).filter(code=code).first()
        if commune is None:
            self.fail("unknown")
        return commune


@extend_schema_field({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"})
class Clock(serializers.TimeField):
    """A time of the day as 14:00."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)
