"""Shops whose sellers send nothing for some days: nobody orders goods of them meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from marketplace.errors import ShopClosed
from marketplace.packing.selectors.pauses import closed
from marketplace.sellers.models import Seller


def refuse_closed(sellers: Sequence[Seller], *, today: date) -> None:
    """Raise ShopClosed for the first of the sellers of goods that takes no orders ``today``. One query."""
    found = closed([seller.pk for seller in sellers], today=today)
    for seller in sellers:
        if seller.pk in found:
            raise ShopClosed(seller=seller.name, opens_on=found[seller.pk].opens_on)
