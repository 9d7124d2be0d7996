from decimal import ROUND_DOWN, Decimal


def whole_dong(amount: Decimal, currency: str | None = None) -> Decimal:
    """Round a discount down to whole đồng: there is no smaller coin. Named in OSCAR_OFFER_ROUNDING_FUNCTION.

    Down, because Oscar spreads a discount over several lines and lets the last one make up the rest:
    rounded up, the others could use up more than there is.
    """
    return amount.quantize(Decimal(1), rounding=ROUND_DOWN)
