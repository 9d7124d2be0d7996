"""What stands beside an Oscar product of a farm: its shelf, its class, and the words it is found by."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from oscar.core.loading import get_model

from agriculture.categories import CATEGORIES
from marketplace.places.models import Commune
from marketplace.sellers.models import Seller
from marketplace.sellers.search import origin_text

Category = get_model("catalogue", "Category")
ProductClass = get_model("catalogue", "ProductClass")


def shelf(key: str) -> Any:
    """Return Oscar's category of one of ``agriculture.categories``, made where it is missing."""
    standing = Category.objects.filter(slug=key).order_by("path").first()
    if standing is not None:
        return standing
    with translation.override(settings.LANGUAGE_CODE):
        return Category.add_root(name=str(CATEGORIES[key]), slug=key)


def produce_class() -> Any:
    """Return Oscar's class of goods: their stock is counted and they are sent."""
    defaults = {"name": "Produce", "track_stock": True, "requires_shipping": True}
    return ProductClass.objects.get_or_create(slug="produce", defaults=defaults)[0]


def search_text(*, names: list[str], category: str, seller: Seller, commune: Commune) -> str:
    """Return what ``Origin.search_text`` holds of produce: names, its shelf in every language, places."""
    groups = []
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            groups.append(str(CATEGORIES[category]))
    return origin_text(names=[*names, *groups], seller=seller.name, unit=seller.unit, commune=commune)
