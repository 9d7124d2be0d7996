"""Phone numbers as people write them, and as the operator stores them."""

import phonenumbers


class NotAPhoneNumber(ValueError):
    def __init__(self, text: str) -> None:
        super().__init__(f"{text[:30]!r} is not a phone number. Write it as 0399000001 or +84399000001.")


def normalise(text: str) -> str:
    """Return ``text`` as E.164. ``0399000001``, ``84399000001`` and ``+84 399 000 001`` are the same number.

    Raises NotAPhoneNumber if it cannot be one.
    """
    # A "+" in a query string arrives as a space, so the country's code may have lost it.
    written = text.strip()
    if written.startswith("84") and len(written) == len("84399000001"):
        written = f"+{written}"
    try:
        number = phonenumbers.parse(written, "VN")
    except phonenumbers.NumberParseException as error:
        raise NotAPhoneNumber(text) from error
    if not phonenumbers.is_possible_number(number):
        raise NotAPhoneNumber(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_same(text: str, msisdn: str) -> bool:
    """Return whether ``text`` is the E.164 number ``msisdn``, however it is written."""
    try:
        return normalise(text) == msisdn
    except NotAPhoneNumber:
        return False


def local(msisdn: str) -> str:
    """Return an E.164 number as its owner reads it: ``0399 000 001``."""
    national = msisdn.replace("+84", "0", 1)
    return f"{national[:4]} {national[4:7]} {national[7:]}" if national.startswith("0") else msisdn
