"""Where Oscar's Decimals become whole đồng, and back. The only place that does."""

from decimal import Decimal

# One amount, not a year's turnover: a thousand billion đồng. Sums of millions of these still fit a
# bigint, and every one of them is exact as a JSON number.
AMOUNT_VND_MAX = 1_000_000_000_000


class FractionOfADong(ValueError):
    code = "fraction_of_a_dong"

    def __init__(self, amount: Decimal) -> None:
        super().__init__(
            f"{amount} is not a whole number of đồng. The đồng has no smaller unit: round where the price "
            f"is made (OSCAR_OFFER_ROUNDING_FUNCTION), not where it is paid."
        )


def to_vnd(amount: Decimal) -> int:
    """Return ``amount`` as an int of đồng.

    Raises FractionOfADong if anything but zeros follows the decimal point, or if it is no number.
    """
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise FractionOfADong(amount)
    return int(amount)


def to_decimal(amount_vnd: int) -> Decimal:
    """Return whole đồng as the Decimal Oscar wants."""
    return Decimal(amount_vnd)
