"""Oscar's offers in whole đồng, and in as many queries for fifty offers as for one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from oscar.apps.offer import applicator
from oscar.apps.offer.results import BasketDiscount, OfferApplications
from oscar.core.loading import get_model

from payments.compiled import compiled

from . import membership
from .models import Range

ConditionalOffer = get_model("offer", "ConditionalOffer")
Voucher = get_model("voucher", "Voucher")


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
        for voucher in _vouchers(basket.pk):
            if voucher.is_active() and voucher.is_available_to_user(user=user or AnonymousUser())[0]:
                own = voucher.offers.select_related("condition__range", "benefit__range")
                for offer in own.prefetch_related("combinations"):
                    offer.set_voucher(voucher)
                    offers.append(offer)
        return offers

    def get_site_offers(self) -> Any:
        offers = _site_offers(timezone.now())
        prefetch_related_objects(offers, "combinations")
        return offers


@compiled
def _vouchers(basket_id: int) -> QuerySet[Any]:
    return Voucher.objects.filter(basket=basket_id).order_by("-date_created")


@compiled
def _site_offers(now: datetime) -> QuerySet[Any]:
    """The open offers to everybody, as Oscar's manager ``active`` has them."""
    open_ones = ConditionalOffer.objects.filter(
        Q(end_datetime=None) | Q(end_datetime__gte=now),
        Q(start_datetime=None) | Q(start_datetime__lte=now),
        status=ConditionalOffer.OPEN,
        offer_type=ConditionalOffer.SITE,
    )
    return open_ones.select_related("condition__range", "benefit__range").order_by("pk")


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
