"""What stands on the page of one produce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from agriculture.categories import CATEGORIES
from agriculture.harvests.models import Harvest
from agriculture.harvests.selectors import announced
from agriculture.models import Produce
from agriculture.selectors import in_stock, on_sale
from agriculture.trace.selectors import Badge, badges_of_product
from marketplace.packing.selectors.pauses import Closed, closed
from marketplace.sellers.models import Origin, Seller
from marketplace.settlement.rules import weighing_rule
from payments.money import to_vnd

from .cards import (
    CATEGORY_ICONS,
    ProduceCard,
    description_of,
    kilo_price_vnd,
    name_of,
    produce_cards,
    seasonal,
)
from .forms import MONTHS

Product = get_model("catalogue", "Product")

RELATED = 4
# What one order line may hold, so that the stepper does not offer more.
QUANTITY_MAX = 99


def product_of(pk: int) -> Any | None:
    """Return the public Oscar product ``pk`` with everything its page asks about, or None. One query."""
    return (
        Product.objects.filter(Q(parent=None) | Q(parent__is_public=True), pk=pk, is_public=True)
        .select_related(
            *("parent", "produce", "stay", "room_type", "tour", "pool"),
            *("origin__seller__unit", "origin__seller__hamlet", "origin__unit__district", "origin__commune"),
        )
        .first()
    )


@dataclass(frozen=True)
class MonthMark:
    number: int
    label: str
    in_season: bool
    is_now: bool


@dataclass(frozen=True)
class ProducePage:
    product: Any
    produce: Produce
    origin: Origin
    seller: Seller
    name: str
    other_name: str
    category: str
    icon: str
    images: list[Any]
    price_vnd: int
    unit_price_vnd: int | None
    stock_left: int
    quantity_max: int
    year: list[MonthMark]  # empty for what is there all the year
    in_season: bool
    keeping: str
    badges: list[Badge]
    harvest: Harvest | None  # that is to come
    ceiling_vnd: int  # what one costs at most, of what is paid by weight
    closed: Closed | None  # its seller takes no orders for some days
    related: list[ProduceCard]

    @property
    def words(self) -> str:
        """What its seller says of it, in the reader's language where there is such a text."""
        return description_of(self.product)

    @property
    def sold_out(self) -> bool:
        return self.stock_left <= 0

    @property
    def is_preorder(self) -> bool:
        """Whether it is ordered now and sent after its harvest."""
        return self.harvest is not None and self.harvest.opened_at is not None and not self.sold_out


def produce_page(product: Any, *, today: date) -> ProducePage | None:
    """Gather the page of a produce from ``product_of``; None while it has no price. Six queries,
    one more for what is paid by weight."""
    produce, origin = product.produce, product.origin
    stock = product.stockrecords.order_by("pk").first()
    if stock is None or stock.price is None:
        return None
    price_vnd = to_vnd(stock.price)
    stock_left = max(0, stock.net_stock_level or 0)
    year = _year(produce, today.month)
    return ProducePage(
        product=product,
        produce=produce,
        origin=origin,
        seller=origin.seller,
        name=name_of(product.title, origin.name_en),
        other_name="" if name_of(product.title, origin.name_en) == product.title else product.title,
        category=str(CATEGORIES.get(produce.category, produce.category)),
        icon=CATEGORY_ICONS.get(produce.category, "leaf"),
        images=list(product.images.order_by("display_order", "pk")),
        price_vnd=price_vnd,
        unit_price_vnd=kilo_price_vnd(produce, price_vnd),
        stock_left=stock_left,
        quantity_max=min(stock_left, QUANTITY_MAX),
        year=year,
        in_season=any(mark.in_season and mark.is_now for mark in year),
        keeping=_keeping_advice(produce.keeping),
        harvest=announced(product.pk, today=today),
        closed=closed([origin.seller_id], today=today).get(origin.seller_id),
        ceiling_vnd=_ceiling_vnd(produce, price_vnd, today),
        badges=badges_of_product(product_id=product.pk, seller_id=origin.seller_id, today=today),
        related=_related(origin, today=today),
    )


def _year(produce: Produce, month: int) -> list[MonthMark]:
    if not seasonal(produce):
        return []
    return [
        MonthMark(number, str(label), number in produce.season_months, number == month)
        for number, label in MONTHS
    ]


def _ceiling_vnd(produce: Produce, price_vnd: int, today: date) -> int:
    margin_percent = weighing_rule(today).margin_percent if produce.is_weighed else 0
    return price_vnd * (100 + margin_percent) // 100


def _keeping_advice(keeping: str) -> str:
    return {
        Produce.Keeping.DRY: _("Keeps dry: store it in a cool, dry place, closed."),
        Produce.Keeping.FRESH: _("Fresh: eat it within a few days; it is picked for your order."),
        Produce.Keeping.CHILLED: _("Keep it chilled, at 0 to 4 °C, and use it soon after it arrives."),
        Produce.Keeping.FROZEN: _("Keep it frozen, at −18 °C. Do not freeze it again once it has thawed."),
    }[Produce.Keeping(keeping)]


def _related(origin: Origin, *, today: date) -> list[ProduceCard]:
    """Return other produce of the seller, then of the commune, the newest first. One query."""
    same_seller = Q(product__origin__seller_id=origin.seller_id)
    rows = in_stock(on_sale()).filter(same_seller | Q(product__origin__commune_id=origin.commune_id))
    first = Case(When(same_seller, then=Value(0)), default=Value(1), output_field=IntegerField())
    others = rows.exclude(product_id=origin.product_id).order_by(
        first, "-product__origin__listed_at", "product__origin__id"
    )
    return produce_cards(others[:RELATED], today=today)
