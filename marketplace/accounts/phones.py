"""Phone numbers: one spelling inside (E.164), any usual spelling from outside."""

import phonenumbers
from django.utils.translation import gettext as _

from .errors import InvalidPhone


def to_e164(text: str, *, region: str = "VN") -> str:
    """Return ``text`` as E.164, for example ``0399 000 001`` as ``+84399000001``.

    Raises InvalidPhone, whose message can be shown to the person who typed it.
    """
    try:
        number = phonenumbers.parse(str(text), region)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone(str(text)) from error
    # The library reads letters as keys and "x" as an extension: here both are slips of the finger.
    if number.extension or any(letter.isalpha() for letter in str(text)):
        raise InvalidPhone(str(text))
    if not phonenumbers.is_possible_number(number):
        raise InvalidPhone(str(text))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def to_national(e164: str) -> str:
    """Return the number as people write it at home: ``0399 000 001``; foreign ones keep their +."""
    try:
        number = phonenumbers.parse(e164, "VN")
    except phonenumbers.NumberParseException:
        return e164
    form = phonenumbers.PhoneNumberFormat
    home = number.country_code == 84
    return phonenumbers.format_number(number, form.NATIONAL if home else form.INTERNATIONAL)


def masked(e164: str) -> str:
    """Return the number with its middle hidden, for pages other people may see: ``0399 *** 001``."""
    digits = to_national(e164).replace(" ", "")
    return f"{digits[:4]} *** {digits[-3:]}" if len(digits) >= 9 else _("hidden")
