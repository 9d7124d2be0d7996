"""Searching by words, right and wrong ones, in a market of a thousand products and of fifty thousand."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from agriculture.categories import CATEGORIES
from agriculture.models import Produce
from marketplace.demo.reading import ProduceRow, read_produce
from marketplace.places.selectors import communes_at
from marketplace.sellers.models import Origin, Seller
from marketplace.sellers.search import origin_text
from payments.money import to_decimal
from tests.benchmarks.measuring import Result
from tests.factories import Product, SellerFactory, StockRecord, product_class
from tests.sellers.test_queries import queries

SMALL, LARGE = 1_000, 50_000
BATCH = 2_000
SELLERS_PER_COMMUNE = 4
EVERY = 2  # so many of the queries are left out for each that is asked
NAMES = ("Giàng A Páo", "Lò Thị Mật", "Vừ Chứ Dế", "Quàng Văn Sơn", "Sùng A Của", "Lường Thị Hoa")


def search() -> list[Result]:
    """The 95th percentile of the list's page over the typed queries, right and wrong, and its median.

    The large market sells the same kinds of things, each by fifty times as many households: every query
    finds fifty times as much. Goal: the page costs what it costs in the small one, and at most half as
    much again.
    """
    _grow(0, SMALL)
    small = _pages_ms()
    _grow(SMALL, LARGE)
    large = _pages_ms()
    named = f"with {LARGE:,} products against {SMALL:,}"
    return [
        _result(f"search, 95th percentile {named}", _p95(large), _p95(small), goal=1.5),
        _result(f"search, median {named}", statistics.median(large), statistics.median(small), goal=1.5),
    ]


def _result(name: str, ours: float, reference: float, *, goal: float) -> Result:
    ratio = round(ours / reference, 2)
    return Result(name, "ms", round(ours, 2), round(reference, 2), ratio, goal, ratio <= goal)


def _p95(times_ms: list[float]) -> float:
    return statistics.quantiles(times_ms, n=20)[-1]


def _pages_ms() -> list[float]:
    """What the page costs for each query: the faster of two times, as something else may run meanwhile."""
    client = Client()
    asked = [query.typed for query in queries()][::EVERY]
    client.get("/produce/", {"q": asked[0]})  # what a process looks up once
    return [min(_page_ms(client, typed) for _ in range(2)) for typed in asked]


def _page_ms(client: Client, typed: str) -> float:
    begun = time.perf_counter()
    answer = client.get("/produce/", {"q": typed})
    spent_ms = (time.perf_counter() - begun) * 1_000
    assert answer.status_code == 200, (typed, answer.status_code)
    return spent_ms


@cache
def _sellers() -> list[Seller]:
    communes = list(communes_at(timezone.localdate()))
    return [
        SellerFactory(name=f"Hộ {NAMES[number % len(NAMES)]} {number}", commune=commune)
        for number, commune in enumerate(communes * SELLERS_PER_COMMUNE)
    ]


@dataclass(frozen=True)
class _Thing:
    """One product to be: what it is, and who sells it."""

    number: int
    row: ProduceRow
    seller: Seller

    @property
    def search_text(self) -> str:
        return _text(self.row, self.seller)


@cache
def _text(row: ProduceRow, seller: Seller) -> str:
    names = [row.title, row.name_en, CATEGORIES[row.category].title()]
    return origin_text(names=names, seller=seller.name, unit=seller.unit, commune=seller.unit)


def _grow(first: int, last: int) -> None:
    """Put the products numbered ``first`` to ``last`` on sale: the demo's kinds, by ever more households."""
    rows, sellers, kind = read_produce(), _sellers(), product_class("produce")
    things = [_Thing(n, rows[n % len(rows)], sellers[n * 7 % len(sellers)]) for n in range(first, last)]
    products = Product.objects.bulk_create(
        (Product(title=each.row.title, slug=f"thing-{each.number}", product_class=kind) for each in things),
        batch_size=BATCH,
    )
    pairs = list(zip(things, products, strict=True))
    now = timezone.now()
    Origin.objects.bulk_create(
        (_origin(thing, product, now - timedelta(minutes=last - thing.number)) for thing, product in pairs),
        batch_size=BATCH,
    )
    Produce.objects.bulk_create((_produce(thing, product) for thing, product in pairs), batch_size=BATCH)
    StockRecord.objects.bulk_create((_stock(thing, product) for thing, product in pairs), batch_size=BATCH)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the server does by itself a minute after such a load


def _origin(thing: _Thing, product: Any, listed_at: datetime) -> Origin:
    return Origin(
        product=product,
        seller=thing.seller,
        unit=thing.seller.unit,
        commune=thing.seller.unit,
        kind=Origin.Kind.GOODS,
        group=thing.row.category,
        name_en=thing.row.name_en,
        search_text=thing.search_text,
        listed_at=listed_at,
    )


def _produce(thing: _Thing, product: Any) -> Produce:
    return Produce(
        product=product,
        category=thing.row.category,
        unit=thing.row.unit,
        weight_g=thing.row.weight_g,
        season_months=list(thing.row.season_months),
    )


def _stock(thing: _Thing, product: Any) -> Any:
    return StockRecord(
        product=product,
        partner=thing.seller.partner,
        partner_sku=f"S{thing.number}",
        price=to_decimal(thing.row.price_vnd),
        num_in_stock=5,
    )
