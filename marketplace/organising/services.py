"""What an organiser writes: tours with their Oscar products, and their schedules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from marketplace.errors import Invalid
from marketplace.places.text import fold
from marketplace.sellers.models import Origin, Seller
from marketplace.sellers.search import origin_text
from payments.money import to_decimal
from tourism.tours import schedules
from tourism.tours.models import Schedule, Tour

Product = get_model("catalogue", "Product")
ProductClass = get_model("catalogue", "ProductClass")
StockRecord = get_model("partner", "StockRecord")

GROUP = "tour"
SCHEDULES_MAX = 20
_OF_PRODUCT = ("seller", "title", "name_en", "description", "is_public")


@transaction.atomic
def create_tour(*, facts: dict[str, Any], now: datetime) -> Tour:
    """Offer a new tour. ``facts`` is what TourForm cleaned. Each call makes one."""
    seller: Seller = facts["seller"]
    unit = seller.unit
    today = unit if unit.valid_to is None else unit.became.new
    product = Product.objects.create(
        title=facts["title"],
        slug=slugify(fold(facts["title"])) or "tour",
        description=facts["description"],
        is_public=facts["is_public"],
        product_class=ProductClass.objects.get(slug=GROUP),
    )
    Origin.objects.create(
        product=product,
        seller=seller,
        unit=unit,
        commune=today,
        kind=Origin.Kind.SEATS,
        group=GROUP,
        name_en=facts["name_en"],
        search_text=_search_text(facts, seller, unit, today),
        listed_at=now,
    )
    StockRecord.objects.create(
        product=product,
        partner=seller.partner,
        partner_sku=f"tour-{product.pk}",
        price_currency="VND",
        price=to_decimal(facts["adult_vnd"]),
    )
    return Tour.objects.create(product=product, **_of_tour(facts))


@transaction.atomic
def change_tour(tour: Tour, *, facts: dict[str, Any]) -> None:
    """Change a tour. Its seller stays; departures on sale keep what guests were told."""
    product, origin = tour.product, tour.product.origin
    product.title, product.description = facts["title"], facts["description"]
    product.is_public = facts["is_public"]
    product.save(update_fields=["title", "description", "is_public", "date_updated"])
    origin.name_en = facts["name_en"]
    origin.search_text = _search_text(facts, origin.seller, origin.unit, origin.commune)
    origin.save(update_fields=["name_en", "search_text"])
    StockRecord.objects.filter(product=product).update(price=to_decimal(facts["adult_vnd"]))
    Tour.objects.filter(pk=tour.pk).update(**_of_tour(facts))


@transaction.atomic
def add_schedule(tour: Tour, *, facts: dict[str, Any], now: datetime) -> int:
    """Let a tour go by a rule, and open its departures; return how many.

    Raises Invalid when the rule leads to none, or there are too many schedules already.
    """
    if Schedule.objects.filter(tour=tour).count() >= SCHEDULES_MAX:
        raise Invalid(
            "rule", _("A tour has at most %(max)d schedules. End one first.") % {"max": SCHEDULES_MAX}
        )
    schedule = Schedule.objects.create(tour=tour, **facts)
    opened = schedules.open_departures(schedule, now=now)
    if not opened:
        transaction.set_rollback(True)
        raise Invalid("rule", _("By this rule it never goes, or only when it goes already."))
    return opened


def _of_tour(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in _OF_PRODUCT}


def _search_text(facts: dict[str, Any], seller: Seller, unit: Any, commune: Any) -> str:
    names = [facts["title"], facts["name_en"], *facts["stops"]]
    return origin_text(names=names, seller=seller.name, unit=unit, commune=commune)
