"""The public page of a seller, and what a buyer follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from oscar.core.loading import get_model

from agriculture.selectors import in_order, in_stock, on_sale
from marketplace.regulars.models import Follow
from marketplace.sellers.models import Origin, Seller
from marketplace.shop.catalogue.cards import ProduceCard, address_of, name_of, produce_cards

from .reviews import Reviews, reviews_of_seller

ProductImage = get_model("catalogue", "ProductImage")

SHOWN = 48


@dataclass(frozen=True)
class Other:
    """A stay or a tour of a seller."""

    name: str
    url: str
    kind: str


@dataclass(frozen=True)
class Farmer:
    seller: Seller
    in_season: list[ProduceCard]
    rest: list[ProduceCard]
    others: list[Other]
    picture: str | None
    followers: int
    reviews: Reviews
    follow: Follow | None  # of the person who looks


def seller_of(slug: str) -> Seller | None:
    """Return the seller who has a public page: one who has something public to sell. One query."""
    sellers = Seller.objects.filter(slug=slug, origins__product__is_public=True).distinct()
    return sellers.select_related("unit", "hamlet", "unit__became__new").first()


def farmer_page(seller: Seller, *, user_id: int | None, today: date) -> Farmer:
    """Gather the public page of a seller. At most six queries, five for a stranger."""
    rows = in_stock(on_sale()).filter(product__origin__seller=seller)
    cards = produce_cards(in_order(rows)[:SHOWN], today=today)
    followers = Follow.objects.filter(seller=seller).aggregate(
        all=Count("pk"), own=Count("pk", filter=Q(user=user_id))
    )
    own = Follow.objects.filter(seller=seller, user=user_id).first() if followers["own"] else None
    return Farmer(
        seller=seller,
        in_season=[card for card in cards if card.in_season],
        rest=[card for card in cards if not card.in_season],
        others=_others(seller),
        picture=next((card.image for card in cards if card.image), None),
        followers=followers["all"],
        reviews=reviews_of_seller(seller),
        follow=own,
    )


def followed_by(user_id: int) -> list[Follow]:
    """What a person follows, by name. One query."""
    rows = Follow.objects.filter(user=user_id).select_related("seller__unit")
    return list(rows.order_by("seller__name", "pk"))


def news_for(user_id: int, *, today: date, most: int = 8) -> list[ProduceCard]:
    """The newest produce of the sellers a person follows. One query."""
    rows = in_stock(on_sale()).filter(product__origin__seller__follows__user=user_id)
    return produce_cards(in_order(rows)[:most], today=today)


def _others(seller: Seller) -> list[Other]:
    rows: Any = Origin.objects.filter(seller=seller, product__is_public=True).exclude(kind=Origin.Kind.GOODS)
    return [
        Other(name_of(row.product.title, row.name_en), address_of(row.product.slug, row.product_id), row.kind)
        for row in rows.select_related("product").order_by("-listed_at", "pk")[:SHOWN]
    ]
