"""Oscar's offers in whole đồng, and in as many queries for fifty offers as for one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from oscar.apps.offer import applicator
from oscar.apps.offer.results import BasketDiscount, OfferApplications
from oscar.core.loading import get_model

from . import membership
from .models import Range

ConditionalOffer = get_model("offer", "ConditionalOffer")


class Applicator(applicator.Applicator):
    def apply(self, basket: Any, user: Any = None, request: Any = None) -> None:
        """Reckon the discounts of ``basket``. Nine queries however many offers there are, save for those
        limited per person: each asks how often this person has had it."""
        offers = self.get_offers(basket, user, request)
        if offers:
            membership.look_up(_prepared(offers), [line.product for line in basket.all_lines()])
        self.apply_offers(basket, offers)

    def apply_offers(self, basket: Any, offers: list[Any]) -> None:
        """Apply ``offers`` until they have no effect, and note what each took off the lines: no other sum
        of an order's discounts agrees with the prices of its lines to the đồng."""
        applications = OfferApplications()
        for offer in offers:
            for _number in range(offer.get_max_applications(basket.owner)):
                before = _taken_off(basket)
                result = offer.apply_benefit(basket)
                if result.affects_basket:
                    result = BasketDiscount(_taken_off(basket) - before)
                if not result.is_successful:
                    break
                applications.add(offer, result)
                if result.is_final:
                    break
        basket.offer_applications = applications

    def get_basket_offers(self, basket: Any, user: Any = None) -> list[Any]:
        """Return the offers of the basket's codes that work now. Oscar has none for guests. One query, three
        with a code."""
        if not basket.id:
            return []
        offers = []
        for voucher in basket.vouchers.all():
            if voucher.is_active() and voucher.is_available_to_user(user=user or AnonymousUser())[0]:
                own = voucher.offers.select_related("condition__range", "benefit__range")
                for offer in own.prefetch_related("combinations"):
                    offer.set_voucher(voucher)
                    offers.append(offer)
        return offers

    def get_site_offers(self) -> Any:
        rows = ConditionalOffer.active.filter(offer_type=ConditionalOffer.SITE).order_by()
        rows = rows.select_related("condition__range", "benefit__range").prefetch_related("combinations")
        # get_offers() sorts by priority. Django takes longer to say ORDER BY than this does for fifty.
        return sorted(rows, key=lambda offer: offer.pk)


def _taken_off(basket: Any) -> Decimal:
    return sum((line.discount_value for line in basket.all_lines()), Decimal(0))


def _prepared(offers: list[Any]) -> list[Range]:
    """Make the conditions and benefits what they are, and let them share one object per range.

    Oscar makes them anew for every question it asks, and fetches their ranges every time.
    """
    ranges: dict[int, Range] = {}
    for offer in offers:
        for name in ("condition", "benefit"):
            stored = getattr(offer, name)
            made = stored.proxy()
            if stored.range_id is not None:
                made.range = ranges.setdefault(stored.range_id, stored.range)
            setattr(offer, name, made)
    return list(ranges.values())
