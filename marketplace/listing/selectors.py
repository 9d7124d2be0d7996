"""What a seller has for sale, and what waits for a look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from oscar.core.loading import get_model

from agriculture.crops import Crop, crops
from agriculture.models import Produce
from marketplace.sellers.models import Seller

from .models import Look, Photo

ProductImage = get_model("catalogue", "ProductImage")


def products_of(sellers: Iterable[Seller]) -> QuerySet[Produce]:
    """The produce of these sellers, newest first, each with ``price``, ``left``, ``set_aside`` and ``image``.

    One query when listed; ``product.listing`` may be missing for what is older than listings.
    """
    stock = "product__stockrecords__"
    image = ProductImage.objects.filter(product=OuterRef("product")).order_by("display_order", "pk")
    waiting = Photo.objects.filter(product=OuterRef("product")).order_by("-uploaded_at")
    set_aside = Coalesce(F(f"{stock}num_allocated"), 0)
    return (
        Produce.objects.filter(product__origin__seller__in=list(sellers))
        .select_related("product__origin__seller", "product__listing")
        .annotate(
            price=F(f"{stock}price"),
            set_aside=set_aside,
            left=F(f"{stock}num_in_stock") - set_aside,
            image=Subquery(image.values("original")[:1], output_field=CharField()),
            photo_state=Subquery(waiting.values("state")[:1], output_field=CharField()),
        )
        .order_by("-product__origin__listed_at", "-product_id")
    )


@dataclass(frozen=True)
class Choice:
    crop: Crop
    is_own: bool
    in_season: bool


def crop_choices(*, seller: Seller, month: int) -> list[Choice]:
    """Return every crop: first what this seller sells already, then what is in season. One query."""
    own = list(
        Produce.objects.filter(product__origin__seller=seller)
        .exclude(crop="")
        .order_by("-product__origin__listed_at")
        .values_list("crop", flat=True)[:60]
    )
    rank = {key: position for position, key in enumerate(dict.fromkeys(own))}
    choices = [Choice(crop, crop.key in rank, crop.in_season(month)) for crop in crops().values()]
    return sorted(choices, key=lambda each: (rank.get(each.crop.key, len(own)), not each.in_season))


def last_price_vnd(*, seller: Seller, crop: str, unit: str) -> Any:
    """Return what the seller asks for a ``unit`` of ``crop`` by now, Oscar's Decimal, or None. One query."""
    rows = Produce.objects.filter(product__origin__seller=seller, crop=crop, unit=unit)
    rows = rows.order_by("-product__origin__listed_at")
    return rows.values_list("product__stockrecords__price", flat=True).first() if crop else None


def looks(*, subject: str = "", is_open: bool = True) -> QuerySet[Look]:
    """What is to be looked at, the oldest first; or what was decided, the newest first. One query."""
    rows = Look.objects.select_related("seller__unit", "product__origin", "photo", "decided_by")
    if subject:
        rows = rows.filter(subject=subject)
    if is_open:
        return rows.filter(verdict=Look.Verdict.OPEN).order_by("asked_at", "pk")
    return rows.exclude(verdict=Look.Verdict.OPEN).order_by("-decided_at", "-pk")
