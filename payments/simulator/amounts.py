"""GSMA's amounts: strings with at most four decimals. This operator moves whole đồng only."""

import re
from decimal import Decimal

from payments.money import AMOUNT_VND_MAX, FractionOfADong, to_vnd
from payments.simulator.errors import (
    AmountTooLarge,
    AmountTooSmall,
    CurrencyNotSupported,
    MalformedValue,
    MandatoryValueMissing,
    NegativeValue,
)

CURRENCY = "VND"
_WRITTEN = re.compile(r"(0|[1-9][0-9]{0,17})(\.[0-9]{1,4})?")
_NEGATIVE = re.compile(r"-[0-9]+(\.[0-9]+)?")


def read_amount(amount: object, currency: object, *, name: str = "amount") -> int:
    """Return a request's ``amount`` in đồng. ``"120000"`` and ``"120000.00"`` are both 120000.

    Raises the validation error GSMA's table of amounts asks for, AmountTooSmall for zero and
    AmountTooLarge above AMOUNT_VND_MAX.
    """
    for property_name, value in ((name, amount), ("currency", currency)):
        if value is None or value == "":
            raise MandatoryValueMissing(property_name)
    if not isinstance(amount, str):
        raise MalformedValue(name, wanted='a string such as "120000"')
    if currency != CURRENCY:
        raise CurrencyNotSupported(str(currency)[:10])
    if _NEGATIVE.fullmatch(amount):
        raise NegativeValue(amount[:30], name=name)
    if not _WRITTEN.fullmatch(amount):
        raise MalformedValue(name, wanted="1 to 18 digits with no leading zero and at most 4 decimals")
    try:
        amount_vnd = to_vnd(Decimal(amount))
    except FractionOfADong as error:
        raise MalformedValue(name, wanted="a whole number of đồng") from error
    if amount_vnd == 0:
        raise AmountTooSmall(name)
    if amount_vnd > AMOUNT_VND_MAX:
        raise AmountTooLarge(name, most_vnd=AMOUNT_VND_MAX)
    return amount_vnd


def write_amount(amount_vnd: int) -> str:
    """Return đồng as GSMA writes them."""
    return str(amount_vnd)
