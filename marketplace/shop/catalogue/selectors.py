"""What stands on the home page and in the lists. Each function runs a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.db.models.functions import Mod

from agriculture.categories import CATEGORIES
from agriculture.models import Produce
from agriculture.selectors import find, in_order, in_stock, number_by_category, number_by_commune, on_sale
from marketplace.places.errors import MapMissing
from marketplace.places.models import Commune, MapSheet
from marketplace.places.selectors import Area, areas_of, boundary_map, find_communes, neighbours_of
from marketplace.places.text import fold
from marketplace.sellers.models import Seller
from tourism.selectors import listed, usual_offers

from .cards import CATEGORY_ICONS, ProduceCard, StayCard, produce_cards, speaks_english, stay_cards

PAGE_SIZE = 24
SHELF = 8  # cards in a row of the home page
SAME_NAMED = 4  # as many rows are read for each card, so that no name stands there twice
STAYS_AT_HOME = 3
NEIGHBOURS_NAMED = 6
COMMUNES_NAMED = 3
# The map's colours are as many as the classes map__c0 to map__c5.
MAP_COLOURS = 6


@dataclass(frozen=True)
class Shelf:
    """One kind of produce, and how many there are of it."""

    key: str
    label: str
    icon: str
    number: int


@dataclass(frozen=True)
class Nearby:
    """A commune one might look in instead, or as well, and how many of the wished things it has."""

    commune: Commune
    number: int


@dataclass(frozen=True)
class Story:
    """One seller in their own words."""

    seller: Seller
    image: str | None


@dataclass(frozen=True)
class Home:
    in_season: list[ProduceCard]
    newest: list[ProduceCard]
    stays: list[StayCard]
    shelves: list[Shelf]
    sheet: MapSheet | None
    areas: list[Area]
    story: Story | None


def home(*, today: date) -> Home:
    """Gather the home page. The story changes from day to day; the map shows where things are for sale."""
    rows = on_sale()
    offers = usual_offers(guests=1)
    # A different few every day, so that no house stands in front for ever.
    turn = today.toordinal() * STAYS_AT_HOME % max(1, len(offers))
    shown = [*offers[turn:], *offers[:turn]][:STAYS_AT_HOME]
    sheet, areas = _where_things_come_from(rows)
    return Home(
        in_season=_in_season(today),
        newest=produce_cards(in_order(in_stock(rows))[:SHELF], today=today),
        stays=stay_cards(listed([offer.stay_id for offer in shown]), shown),
        shelves=shelves_of(number_by_category(rows)),
        sheet=sheet,
        areas=areas,
        story=_story(today),
    )


def _in_season(today: date) -> list[ProduceCard]:
    """Return the newest of what has a season and has it now; of several with one name, one."""
    seasonal = in_stock(on_sale(month=today.month)).filter(season_months__len__lt=12)
    by_name: dict[str, ProduceCard] = {}
    for card in produce_cards(in_order(seasonal)[: SHELF * SAME_NAMED], today=today):
        by_name.setdefault(card.name, card)
    return list(by_name.values())[:SHELF]


def shelves_of(numbers: dict[str, int]) -> list[Shelf]:
    """Return the shelves that have any of these numbers, in the order of the shop."""
    return [
        Shelf(key, str(label), CATEGORY_ICONS.get(key, "leaf"), numbers[key])
        for key, label in CATEGORIES.items()
        if key in numbers
    ]


def _where_things_come_from(rows: QuerySet[Produce]) -> tuple[MapSheet | None, list[Area]]:
    try:
        sheet = boundary_map()
    except MapMissing:
        return None, []
    numbers = number_by_commune(rows)
    most = max(numbers.values(), default=1)
    classes = {
        commune_id: f"map__c{min(MAP_COLOURS - 1, number * MAP_COLOURS // (most + 1))}"
        for commune_id, number in numbers.items()
    }
    empty = dict.fromkeys((shape.commune_id for shape in sheet.shapes.all()), "map__none")
    return sheet, areas_of(sheet, empty | classes)


def _story(today: date) -> Story | None:
    """Return a seller who has something to tell and something to sell; another one every day."""
    tellers = Seller.objects.filter(origins__product__is_public=True, origins__product__produce__isnull=False)
    seller = (
        tellers.exclude(introduction="")
        .select_related("unit", "hamlet")
        .annotate(turn=Mod(F("pk") + today.toordinal(), 31), picture=F("origins__product__images__original"))
        .order_by("turn", "pk", F("picture").asc(nulls_last=True))
        .first()
    )
    return Story(seller, seller.picture) if seller else None


@dataclass(frozen=True)
class ProduceList:
    page: Page
    cards: list[ProduceCard]
    shelves: list[Shelf]
    called_so: Sequence[Commune]  # communes whose name, or old name, was searched for
    nearby: list[Nearby]  # where else there is some, when there is none here
    read_as: str = ""  # the words that were looked for instead of those typed
    is_more: bool = False  # than the total says


def produce_list(
    *,
    today: date,
    page_number: int,
    text: str = "",
    commune: Commune | None = None,
    category: str = "",
    month: int | None = None,
    sort: str = "",
) -> ProduceList:
    """Return one page of the produce list; a page beyond the last one gives the last one.

    Two queries for the page, two more for words and up to four more when nothing was found.
    """
    commune_id = commune.pk if commune else None
    found = find(text, commune_id=commune_id, month=month)
    hits = found
    if found and found.more and category:  # the newest of all kinds are not the newest of this one
        hits = find(text, commune_id=commune_id, month=month, category=category)
    rows = on_sale(hits=hits, commune_id=commune_id, category=category, month=month)
    numbers = number_by_category(on_sale(hits=found, commune_id=commune_id, month=month))
    if category and hits is not found:
        numbers |= number_by_category(rows)
    total = numbers.get(category, 0) if category else sum(numbers.values())
    page = page_of(in_order(rows, sort, hits=hits, english=speaks_english()), total, page_number)
    cards = produce_cards(page.object_list, today=today) if total else []  # type: ignore[arg-type]
    return ProduceList(
        page=page,
        cards=cards,
        shelves=shelves_of(numbers | ({category: total} if category else {})),
        called_so=find_communes(text, today)[:COMMUNES_NAMED] if text and not commune else [],
        nearby=_nearby(commune, text, category=category, month=month) if commune and not total else [],
        read_as=_as_written(hits.read_as, cards) if hits else "",
        is_more=hits.more if hits else False,
    )


def _as_written(read_as: str, cards: Sequence[ProduceCard]) -> str:
    """Return folded words as the names of what was found write them, the first name first."""
    written = {fold(word): word for card in reversed(cards) for word in reversed(card.name.split())}
    return " ".join(written.get(word, word) for word in read_as.split())


def page_of(rows: Any, total: int, number: int) -> Page:
    """Return a page of ``rows``, of which there are ``total``: the last one beyond the end."""
    paginator = Paginator(rows, PAGE_SIZE)
    paginator.count = total  # known already
    return paginator.page(max(1, min(number, paginator.num_pages)))


def _nearby(commune: Commune, text: str, **wish: Any) -> list[Nearby]:
    """Return the neighbours of ``commune`` that have what it lacks, the richest first."""
    neighbours = {each.pk: each for each in neighbours_of(commune)}
    rows = on_sale(hits=find(text, **wish), **wish).filter(product__origin__commune_id__in=neighbours)
    return ranked(number_by_commune(rows), neighbours)


def ranked(numbers: Mapping[int, int], communes: Mapping[int, Commune]) -> list[Nearby]:
    """Return the communes with the largest numbers, at most NEIGHBOURS_NAMED of them."""
    richest = sorted(numbers.items(), key=lambda each: (-each[1], communes[each[0]].name_ascii))
    return [Nearby(communes[pk], number) for pk, number in richest[:NEIGHBOURS_NAMED]]
