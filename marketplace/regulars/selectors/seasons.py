"""What grows when: the produce that is in season in a month, and the year at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page
from django.db.models import Count, F, Func, IntegerField, QuerySet

from agriculture.models import Produce
from agriculture.selectors import in_order, in_stock, number_by_category, on_sale
from marketplace.shop.catalogue.cards import ProduceCard, produce_cards
from marketplace.shop.catalogue.forms import MONTHS
from marketplace.shop.catalogue.selectors import Shelf, page_of, shelves_of


@dataclass(frozen=True)
class Month:
    number: int
    label: str
    products: int
    is_shown: bool
    is_now: bool


@dataclass(frozen=True)
class Season:
    months: list[Month]
    shown: Month
    shelves: list[Shelf]
    page: Page
    cards: list[ProduceCard]


def season(*, month: int, today: date, category: str = "", page_number: int = 1) -> Season:
    """Return one page of what is in season in ``month``, the newest first. Three queries.

    What is there all the year has no season, and is not among it; nor is what is sold out.
    """
    assert 1 <= month <= 12, month
    seasonal = in_stock(on_sale()).filter(season_months__len__range=(1, 11))
    numbers = _number_by_month(seasonal)
    months = [
        Month(number, str(label), numbers.get(number, 0), number == month, number == today.month)
        for number, label in MONTHS
    ]
    now = seasonal.filter(season_months__contains=[month])
    by_shelf = number_by_category(now)
    rows = now.filter(category=category) if category else now
    total = by_shelf.get(category, 0) if category else sum(by_shelf.values())
    page = page_of(in_order(rows), total, page_number)
    cards = produce_cards(page.object_list, today=today) if total else []  # type: ignore[arg-type]
    return Season(months, months[month - 1], shelves_of(by_shelf), page, cards)


def _number_by_month(rows: QuerySet[Produce]) -> dict[int, int]:
    month = Func(F("season_months"), function="unnest", output_field=IntegerField())
    counted = rows.order_by().annotate(month=month).values("month").annotate(number=Count("pk"))
    return {row["month"]: row["number"] for row in counted}
