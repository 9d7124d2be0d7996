"""The shop's shelves, and the words by which things on them are found."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from oscar.core.loading import get_model

from agriculture.categories import CATEGORIES
from marketplace.sellers.models import Seller
from marketplace.sellers.search import origin_text

from .atlas import Place

Category = get_model("catalogue", "Category")
ProductClass = get_model("catalogue", "ProductClass")

_CLASSES = {"produce": True, "stay": False, "tour": False}  # whether stock is counted and goods are sent


class Shelves:
    """Oscar's product classes, and its categories by our keys, made where they are missing."""

    def __init__(self) -> None:
        self.produce_class, self.stay_class = product_class("produce"), product_class("stay")
        standing = {category.slug: category for category in Category.objects.filter(slug__in=CATEGORIES)}
        with translation.override(settings.LANGUAGE_CODE):
            self.categories = {
                key: standing.get(key) or Category.add_root(name=str(name), slug=key)
                for key, name in CATEGORIES.items()
            }


def search_text(title: str, name_en: str, group: str, seller: Seller, place: Place) -> str:
    """Return what ``Origin.search_text`` holds: all names of the thing, its seller and its places."""
    names = [title, name_en, *_names_of_group(group)]
    return origin_text(names=names, seller=seller.name, unit=place.unit, commune=place.commune)


def _names_of_group(group: str) -> list[str]:
    if group not in CATEGORIES:
        return []
    names = []
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            names.append(str(CATEGORIES[group]))
    return names


def product_class(slug: str) -> Any:
    """The migrations make them all; only a database that a test has emptied lacks them."""
    is_goods = _CLASSES[slug]
    defaults = {"name": slug.capitalize(), "track_stock": is_goods, "requires_shipping": is_goods}
    return ProductClass.objects.get_or_create(slug=slug, defaults=defaults)[0]
