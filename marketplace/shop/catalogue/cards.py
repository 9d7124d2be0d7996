"""What a list shows of one thing for sale. Rows of tables become cards here, without a query per card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from oscar.core.loading import get_model

from agriculture.models import Produce
from agriculture.trace.selectors import ocop_stars
from marketplace.packing.selectors.pauses import is_closed
from payments.money import to_vnd
from tourism.models import RoomType, Stay
from tourism.selectors import Offer

ProductImage = get_model("catalogue", "ProductImage")

# Ids in the sprite of icons; categories that are not named show a leaf.
CATEGORY_ICONS = {
    "rice": "rice",
    "fruit": "fruit",
    "meat": "meat",
    "livestock": "buffalo",
    "fish": "fish",
    "honey": "honey",
    "tea": "tea",
    "coffee": "bean",
    "spice": "fire",
    "herb": "flower",
    "processed": "box",
    "spirit": "bottle",
    "craft": "cloth",
    "gift": "heart",
}

# What the price of one night is for.
NIGHT_UNITS = {
    RoomType.Kind.ROOM: gettext_lazy("room, night"),
    RoomType.Kind.FLOOR: gettext_lazy("guest, night"),
    RoomType.Kind.HOUSE: gettext_lazy("house, night"),
}


def speaks_english() -> bool:
    return (translation.get_language() or "").startswith("en")


def name_of(title: str, name_en: str) -> str:
    """Return the name in the language of the page; without an English one the Vietnamese stands for it."""
    return name_en if name_en and speaks_english() else title


def description_of(product: Any) -> str:
    """Return what its seller says of a product, by the same rule as its name. No query if origin is there."""
    return name_of(product.description, product.origin.description_en)


def address_of(slug: str, pk: int) -> str:
    return reverse("catalogue:detail", kwargs={"product_slug": slug, "pk": pk})


@dataclass(frozen=True)
class ProduceCard:
    """One produce in a list, as ``partials/_card_product.html`` and the API want it."""

    id: int
    url: str
    name: str
    image: str | None
    icon: str
    category: str
    price_vnd: int
    unit_price_vnd: int | None
    pack: str
    seller: str
    place: str
    commune_code: str
    stock_left: int
    ocop_stars: int | None
    in_season: bool
    is_sample: bool
    unit: str = "kg"
    closed: bool = False  # its seller takes no orders for some days

    @property
    def sold_out(self) -> bool:
        return self.stock_left <= 0


@dataclass(frozen=True)
class StayCard:
    """One stay in a list, with the cheapest way to sleep there."""

    id: int
    url: str
    name: str
    image: str | None
    village: str
    place: str
    commune_code: str
    people: str
    kind: str
    capacity: int
    offer: Offer
    km: int | None = None  # from the sight it was looked for at

    def at_distance(self, km: int | None) -> StayCard:
        return self if km is None else replace(self, km=km)

    @property
    def price_vnd(self) -> int:
        return self.offer.price_vnd

    @cached_property
    def per(self) -> str:
        return str(NIGHT_UNITS[RoomType.Kind(self.offer.kind)])


_LISTING = {
    "product_slug": F("product__slug"),
    "title": F("product__title"),
    "name_en": F("product__origin__name_en"),
    "seller": F("product__origin__seller__name"),
    "is_sample": F("product__origin__seller__is_sample"),
    "place": F("product__origin__commune__full_name"),
    "commune_code": F("product__origin__commune__code"),
}


def _first_image() -> Subquery:
    images = ProductImage.objects.filter(product=OuterRef("product_id")).order_by("display_order", "pk")
    return Subquery(images.values("original")[:1], output_field=CharField())


def produce_cards(rows: QuerySet[Produce], *, today: date) -> list[ProduceCard]:
    """Return cards for what ``agriculture.selectors.on_sale`` gave (sliced by now). One query."""
    columns = ("product_id", "category", "unit", "unit_size", "weight_g", "season_months")
    annotated = rows.annotate(
        image=_first_image(),
        stars=ocop_stars(today=today),
        closed=is_closed("product__origin__seller_id", today=today),
    )
    found = annotated.values(*columns, "price", "stock_left", "image", "stars", "closed", **_LISTING)
    return [_produce_card(row, today.month) for row in found]


def _produce_card(row: Mapping[str, Any], month: int) -> ProduceCard:
    # An instance without its product: only to ask it about units.
    produce = Produce(
        **{name: row[name] for name in ("category", "unit", "unit_size", "weight_g", "season_months")}
    )
    price_vnd = to_vnd(row["price"])
    return ProduceCard(
        id=row["product_id"],
        url=address_of(row["product_slug"], row["product_id"]),
        name=name_of(row["title"], row["name_en"]),
        image=row["image"] or None,
        icon=CATEGORY_ICONS.get(row["category"], "leaf"),
        category=row["category"],
        price_vnd=price_vnd,
        unit_price_vnd=kilo_price_vnd(produce, price_vnd),
        pack=produce.pack,
        seller=row["seller"],
        place=row["place"],
        commune_code=row["commune_code"],
        stock_left=max(0, row["stock_left"] or 0),
        ocop_stars=row["stars"],
        in_season=seasonal(produce) and month in produce.season_months,
        is_sample=row["is_sample"],
        closed=row["closed"],
    )


def kilo_price_vnd(produce: Produce, price_vnd: int) -> int | None:
    """Return the price per kilogram, or None where it says no more than the price itself does."""
    kilo_vnd = produce.kilo_price_vnd(price_vnd)
    return None if kilo_vnd == price_vnd else kilo_vnd


def seasonal(produce: Produce) -> bool:
    """Whether there is a time of the year without it: what is there always is not in season now."""
    return 0 < len(set(produce.season_months)) < 12


def stay_cards(stays: QuerySet[Stay], offers: Iterable[Offer]) -> list[StayCard]:
    """Return a card for each of ``offers``, in their order. ``stays`` has those stays. One query."""
    columns = ("pk", "product_id", "village", "hosts", "kind", "capacity", "image")
    found = {row["pk"]: row for row in stays.annotate(image=_first_image()).values(*columns, **_LISTING)}
    return [_stay_card(found[offer.stay_id], offer) for offer in offers]


def _stay_card(row: Mapping[str, Any], offer: Offer) -> StayCard:
    return StayCard(
        id=row["product_id"],
        url=address_of(row["product_slug"], row["product_id"]),
        name=name_of(row["title"], row["name_en"]),
        image=row["image"] or None,
        village=row["village"],
        place=row["place"],
        commune_code=row["commune_code"],
        people=row["hosts"],
        kind=str(Stay.Kind(row["kind"]).label),
        capacity=row["capacity"],
        offer=offer,
    )
