"""Codes of sellers, and those in a basket."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.regulars.models import SellerVoucher
from marketplace.sellers.models import Seller
from payments.money import to_vnd


@dataclass(frozen=True)
class OwnVoucher:
    """A code of a seller, how often it was used, and what that cost."""

    own: SellerVoucher
    percent: int
    uses: int
    uses_max: int | None
    cost_vnd: int
    is_active: bool


@dataclass(frozen=True)
class UsedCode:
    """A code in a basket. ``off_vnd`` is 0 where it takes nothing off, as its goods have left the basket."""

    code: str
    off_vnd: int


def vouchers_of(sellers: Collection[Seller], *, now: datetime) -> list[OwnVoucher]:
    """The codes of these sellers, the newest first. Two queries."""
    rows = SellerVoucher.objects.filter(seller__in=sellers).select_related("voucher", "seller")
    rows = rows.prefetch_related("voucher__offers__benefit").order_by("-voucher__start_datetime", "-pk")
    found = []
    for row in rows:
        offer = row.voucher.offers.all()[0]
        found.append(
            OwnVoucher(
                own=row,
                percent=int(offer.benefit.value),
                uses=offer.num_applications,
                uses_max=offer.max_global_applications,
                cost_vnd=to_vnd(row.voucher.total_discount),
                is_active=row.voucher.is_active(now),
            )
        )
    return found


def codes_in(basket: Any) -> list[UsedCode]:
    """The codes in a reckoned basket, with what they take off. One query."""
    if not basket.id:
        return []
    off = {
        each["voucher"].code: to_vnd(each["discount"])
        for each in basket.offer_applications.grouped_voucher_discounts
    }
    codes = basket.vouchers.order_by("code").values_list("code", flat=True)
    return [UsedCode(code, off.get(code, 0)) for code in codes]
