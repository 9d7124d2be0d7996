from decimal import ROUND_HALF_UP, Decimal


def whole_dong(amount: Decimal, currency: str | None = None) -> Decimal:
    """Round a discount to whole đồng: there is no smaller coin. Named in OSCAR_OFFER_ROUNDING_FUNCTION."""
    return amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)
