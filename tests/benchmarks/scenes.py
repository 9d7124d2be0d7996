"""What is measured. Each scene says what its reference is and why the goal is what it is."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone
from oscar.apps.order.utils import OrderCreator
from oscar.core.loading import get_model
from oscar.core.prices import Price

from marketplace.delivery.models import Province, Rate
from marketplace.places.selectors import communes_at
from marketplace.shop.basket import services as baskets
from marketplace.shop.basket.models import Basket
from marketplace.shop.checkout import services as checkout
from marketplace.shop.partner.strategy import Strategy
from tests.benchmarks.measuring import Result, compare
from tests.factories import ProduceFactory, RoomTypeFactory
from tests.shop.catalogue.crowd import fill
from tourism import nights
from tourism.models import RoomNight

Order = get_model("order", "Order")
FIRST = date(2027, 1, 4)


def shop() -> list[Result]:
    """Pages, orders and nights, the small shop first and then the same with 10,000 products."""
    communes = list(communes_at(timezone.localdate()))
    fill(produce=100, stays=40, communes=communes, nights_from=FIRST, nights=30)
    few = _pages()
    products = [ProduceFactory(stock=1_000) for _ in range(3)]
    results = [_placing(products), _taking_nights()]
    fill(produce=9_900, stays=0, communes=communes, nights_from=FIRST, nights=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [*_growth(few), *results]


PAGES = {
    "produce list": "/produce/",
    "produce list, by season and category": "/produce/?category=rice&season=9",
    "search with a hundred hits": "/produce/?q=gao+tam+77",
    "last page of the list": "/produce/?page=4",
}


def _get(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 200, (path, answer.status_code)


def _pages() -> dict[str, float]:
    """What the pages cost in the small shop, in ms: the reference for the large one."""
    return {
        name: compare(name, lambda path=path: _get(path), lambda: None, goal=0).ours
        for name, path in PAGES.items()
    }


def _growth(few: dict[str, float]) -> list[Result]:
    """The lists with 10,000 products against the same with 100. Goal: the cost stays."""
    results = []
    for name, path in PAGES.items():
        many = compare(name, lambda path=path: _get(path), lambda: None, goal=0).ours
        ratio = round(many / few[name], 2)
        results.append(
            Result(f"{name}: 10,000 products against 100", "ms", many, few[name], ratio, 2.0, ratio <= 2.0)
        )
    return results


def _placing(products: list[Any]) -> Result:
    """Placing an order of three sellers, against Oscar's own placing of the same basket.

    Ours also makes the parts, takes delivery into account, checks every price and sets stock aside
    conditionally. Goal: at most three times as much.
    """
    Province.objects.get_or_create(code="01", defaults={"name": "Hà Nội", "zone": "Z5"})
    Rate.objects.get_or_create(
        zone="Z5",
        valid_from=date(2025, 1, 1),
        defaults={"first_g": 500, "first_vnd": 32_000, "step_g": 500, "step_vnd": 6_500, "days": 4},
    )
    wish = checkout.delivery.Wish(method="home", province_code="01", detail="Số 5")
    ready = [_basket(products) for _ in range(34)]

    def ours() -> None:
        checkout.place_order(
            basket=ready.pop(),
            buyer=checkout.Buyer("+84399000001", "Lò Thị Mai"),
            wish=wish,
            provider="viettel",
            payer="+84399000001",
            agreed_total_vnd=None,
            now=timezone.now(),
        )

    def oscars() -> None:
        basket = ready.pop()
        with transaction.atomic():
            total = Price(
                currency="VND",
                excl_tax=Decimal(basket.total_incl_tax),
                incl_tax=Decimal(basket.total_incl_tax),
            )
            OrderCreator().place_order(
                basket=basket,
                total=total,
                shipping_method=checkout._PostalDelivery,
                shipping_charge=Price(currency="VND", excl_tax=Decimal(0), incl_tax=Decimal(0)),
                order_number=str(uuid.uuid4()),
            )
            basket.freeze()
            basket.submit()

    return compare("placing an order against Oscar's own", ours, oscars, goal=3.0)


def _basket(products: list[Any]) -> Basket:
    basket = Basket.objects.create()
    basket.strategy = Strategy()
    for produce in products[:3]:
        baskets.add_goods(basket, product_id=produce.product_id, quantity=1)
    return basket


def _taking_nights() -> Result:
    """Taking three nights, against one bare conditional UPDATE of the same rows. Goal: at most six times."""
    room = RoomTypeFactory(rooms=1_000, open_from=FIRST, open_to=FIRST + timedelta(days=9))

    def ours() -> None:
        with transaction.atomic():
            nights.take([nights.Wanted(room.pk, FIRST, 3, 1)])

    def bare() -> None:
        with transaction.atomic():
            free = RoomNight.objects.filter(
                room_type=room, night_on__range=(FIRST, FIRST + timedelta(days=2))
            )
            assert free.filter(taken__lt=F("capacity")).update(taken=F("taken") + 1) == 3

    return compare("taking three nights against one bare UPDATE", ours, bare, goal=6.0, rounds=60)
