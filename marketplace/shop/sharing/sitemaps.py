"""What search engines may find: every public page, with the day it changed where we know it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse
from oscar.core.loading import get_model

from marketplace.places.models import Commune
from marketplace.sellers.models import Seller
from marketplace.shop.catalogue.cards import address_of

Product = get_model("catalogue", "Product")


class _Ours(Sitemap):
    """A sitemap of this market's own address, whatever name a request came by.

    Both languages of a page are named with each other: ``?lang=en`` is the English one.
    """

    limit = 5_000

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.PUBLIC_BASE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.PUBLIC_BASE_URL).scheme

    def _urls(self, page: int, protocol: str, domain: str) -> list[dict[str, Any]]:
        found = super()._urls(page, protocol, domain)  # type: ignore[misc]
        for entry in found:
            entry["alternates"] = [
                {"lang_code": "vi", "location": entry["location"]},
                {"lang_code": "en", "location": f"{entry['location']}?lang=en"},
                {"lang_code": "x-default", "location": entry["location"]},
            ]
        return list(found)


class Pages(_Ours):
    """The doors of the market."""

    NAMES = ("home", "produce", "stays", "tours", "communes", "releases", "regulars:season", "regulars:pools")

    def items(self) -> Iterable[str]:
        return self.NAMES

    def location(self, item: str) -> str:
        return reverse(item)


class Products(_Ours):
    """Everything that is for sale: produce, stays and tours."""

    def items(self) -> QuerySet[Any]:
        return Product.objects.filter(is_public=True, parent=None).order_by("pk").only("slug", "date_updated")

    def location(self, item: Any) -> str:
        return address_of(item.slug, item.pk)

    def lastmod(self, item: Any) -> datetime:
        return item.date_updated


class Farmers(_Ours):
    """Sellers of whom something is for sale."""

    def items(self) -> QuerySet[Seller]:
        return Seller.objects.filter(origins__product__is_public=True).distinct().order_by("pk").only("slug")

    def location(self, item: Seller) -> str:
        return reverse("regulars:farmer", kwargs={"slug": item.slug})


class Communes(_Ours):
    """The communes of today."""

    def items(self) -> QuerySet[Commune]:
        return Commune.objects.filter(valid_to=None).order_by("code").only("code")

    def location(self, item: Commune) -> str:
        return reverse("commune", kwargs={"code": item.code})


SITEMAPS: dict[str, type[_Ours]] = {
    "pages": Pages,
    "products": Products,
    "farmers": Farmers,
    "communes": Communes,
}
