"""What others got for the same thing in the last weeks, told only where it reveals nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from agriculture.crops import Crop
from agriculture.units import Unit
from marketplace.sellers.models import Seller
from marketplace.statistics.models import SaleLine

WEEKS = timedelta(weeks=4)
# The rules of the published statistics, for one figure: three sellers at least (Eurostat's Handbook on
# Statistical Disclosure Control, ch. 4.2), and after the two largest something is left that hides them
# from each other (its p% rule, with p = 10). Who asks is not counted: one's own price one knows.
SELLERS_LEAST = 3
P_PERCENT = 10
STEP_VND = 500


@dataclass(frozen=True)
class Hint:
    """About ``price_vnd`` for one ``unit``, by ``sellers`` others of the commune or of the province."""

    price_vnd: int
    unit: Unit
    sellers: int
    is_local: bool

    @property
    def words(self) -> str:
        """The hint as a sentence for the seller."""
        facts = {"price": f"{self.price_vnd:,}".replace(",", "."), "unit": self.unit.label, "n": self.sellers}
        if self.is_local:
            return _("In your commune %(n)d sellers got about %(price)s ₫ for one %(unit)s.") % facts
        return _("In the province %(n)d sellers got about %(price)s ₫ for one %(unit)s.") % facts


def price_hint(*, seller: Seller, crop: Crop, unit: Unit, weight_g: int, today: date) -> Hint | None:
    """Return what others sold ``crop`` for in the last four weeks; None where that would reveal somebody.

    Of the seller's commune, else of the province. The mean of what each seller got for a kilogram, for one
    unit of ``weight_g``, in steps of 500 đồng. One query.
    """
    lines = SaleLine.objects.filter(
        refund_id=None,
        sold_on__gt=today - WEEKS,
        sold_on__lte=today,
        order_line__product__produce__crop=crop.key,
    ).exclude(seller=seller)
    rows = lines.values_list(
        "seller_id", "commune_id", "amount_vnd", "quantity", "order_line__product__produce__weight_g"
    )
    sold = list(rows[:5_000])
    commune_id = seller.unit_id if seller.unit.valid_to is None else seller.unit.became.new_id
    for is_local in (True, False):
        of_seller: dict[int, list[int]] = {}
        for who, commune, amount_vnd, quantity, each_g in sold:
            if (commune == commune_id or not is_local) and quantity > 0 and amount_vnd > 0:
                sums = of_seller.setdefault(who, [0, 0])
                sums[0] += amount_vnd
                sums[1] += quantity * each_g
        if _reveals_nobody([amount_vnd for amount_vnd, _grams in of_seller.values()]):
            means = [amount_vnd * weight_g / grams for amount_vnd, grams in of_seller.values()]
            price_vnd = round(sum(means) / len(means) / STEP_VND) * STEP_VND
            return Hint(max(STEP_VND, price_vnd), unit, len(means), is_local)
    return None


def _reveals_nobody(amounts_vnd: list[int]) -> bool:
    if len(amounts_vnd) < SELLERS_LEAST:
        return False
    largest, _second, *others = sorted(amounts_vnd, reverse=True)
    return sum(others) * 100 >= largest * P_PERCENT
