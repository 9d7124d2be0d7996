"""Amounts as a Vietnamese reader expects them: whole đồng, thousands parted by a point."""

from decimal import Decimal

from django import template

from payments.money import to_vnd

register = template.Library()

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"


@register.filter
def vnd(amount: int | Decimal) -> str:
    """``{{ 120000|vnd }}`` -> ``120.000 ₫``, with a space that does not break.

    Takes an int or a whole Decimal. Raises FractionOfADong for a Decimal with a fraction
    and TypeError for anything else: a missing amount must not look like a price.
    """
    return f"{whole_number(amount)}{NO_BREAK_SPACE}₫"


@register.filter
def unit_price(amount: int | Decimal, unit: str) -> str:
    """``{{ 35000|unit_price:"kg" }}`` -> ``35.000 ₫/kg``. Errors as ``vnd``."""
    return f"{vnd(amount)}/{unit}"


@register.filter
def whole_number(number: int | Decimal) -> str:
    """``{{ 1250000|whole_number }}`` -> ``1.250.000``. Errors as ``vnd``."""
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        raise TypeError(
            f"Cannot show {number!r} ({type(number).__name__}) as an amount: pass an int or a whole Decimal."
        )
    whole = number if isinstance(number, int) else to_vnd(number)
    sign = MINUS if whole < 0 else ""
    return sign + f"{abs(whole):,}".replace(",", ".")
