"""Repeat boxes as their buyer sees them, and what that buyer had before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Prefetch

from agriculture.selectors import in_stock, on_sale
from marketplace.regulars.models import BoxItem, BoxTurn, RepeatBox
from marketplace.shop.catalogue.cards import ProduceCard, produce_cards

from .reviews import received_by

AGAIN = 12


@dataclass(frozen=True)
class BoxLine:
    """One thing in a box. ``card`` is None for what is no longer for sale."""

    item: BoxItem
    card: ProduceCard | None

    @property
    def total_vnd(self) -> int:
        return self.card.price_vnd * self.item.quantity if self.card else 0

    @property
    def lacks(self) -> int:
        """How many packs are not there today."""
        return max(0, self.item.quantity - (self.card.stock_left if self.card else 0))


@dataclass(frozen=True)
class BoxView:
    box: RepeatBox
    lines: list[BoxLine]

    @property
    def total_vnd(self) -> int:
        """What the goods cost today, without delivery."""
        return sum(line.total_vnd for line in self.lines)


def boxes_of(user_id: int, *, today: date) -> list[BoxView]:
    """A person's boxes with today's prices. Three queries."""
    return _views(RepeatBox.objects.filter(user=user_id), today=today)


def box_view(box: RepeatBox, *, today: date) -> BoxView:
    """One box with today's prices. Three queries."""
    return _views(RepeatBox.objects.filter(pk=box.pk), today=today)[0]


def waiting_turns(user_id: int) -> list[BoxTurn]:
    """The boxes that came and were not put into a basket yet, the newest of each. One query."""
    rows = BoxTurn.objects.filter(box__user=user_id, filled_at=None).select_related("box")
    newest = rows.order_by("box", "-due_on").distinct("box")
    return [turn for turn in newest if turn.box.paused_at is None]


def had_before(user_id: int, *, today: date) -> list[ProduceCard]:
    """What a person has received and can have again, the last first. Two queries."""
    rows = received_by(user_id).values("product").annotate(last=Max("order__date_placed"))
    products = [row["product"] for row in rows.order_by("-last", "-product")[:AGAIN]]
    return [card for card in _cards(products, today=today, only_in_stock=True) if card]


def _views(boxes: Any, *, today: date) -> list[BoxView]:
    items = BoxItem.objects.select_related("product").order_by("pk")
    found = list(boxes.prefetch_related(Prefetch("items", queryset=items)).order_by("next_on", "pk"))
    products = [item.product_id for box in found for item in box.items.all()]
    cards = {card.id: card for card in _cards(products, today=today)}
    return [
        BoxView(box, [BoxLine(item, cards.get(item.product_id)) for item in box.items.all()]) for box in found
    ]


def _cards(products: Collection[int], *, today: date, only_in_stock: bool = False) -> list[ProduceCard]:
    """Cards in the order of ``products``. One query."""
    rows = on_sale().filter(product__in=list(products)).order_by()
    cards = produce_cards(in_stock(rows) if only_in_stock else rows, today=today)
    place = {product: number for number, product in enumerate(products)}
    return sorted(cards, key=lambda card: place[card.id])
