"""Many buyers at once, in real threads on the real database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from oscar.core.loading import get_model

from marketplace.errors import ShopError
from marketplace.joining.errors import LimitReached
from marketplace.sellers.identity import LevelLimit
from marketplace.sellers.models import Seller, SubOrder
from marketplace.shop.basket import services as baskets
from marketplace.shop.basket.models import Basket
from payments.ledger.models import Account
from payments.models import Operation
from payments.providers.base import Outcome
from tests.factories import ProduceFactory, RoomTypeFactory, SellerFactory
from tests.shop.conftest import check_out, fill_with_nights, in_days, new_basket
from tests.shop.silent import SilentProvider, tell

Order = get_model("order", "Order")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def at_once(number: int, act: Callable[[int], Any]) -> list[Any]:
    """Run ``act(0) ... act(number - 1)`` from one starting gun; return results, or the ShopError of each."""
    gun = threading.Barrier(number)

    def run(index: int) -> Any:
        try:
            gun.wait(timeout=30)
            return act(index)
        except ShopError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(run, range(number)))


def test_forty_buyers_of_ten_sacks_and_three_rooms_get_exactly_those():
    rice = ProduceFactory(title="Gạo tám", stock=10)
    room = RoomTypeFactory(rooms=3, open_from=in_days(1))
    filled = []
    for index in range(40):
        basket = new_basket()
        if index % 2:
            fill_with_nights(basket, room, first_night=in_days(2))
        else:
            baskets.add_goods(basket, product_id=rice.product_id, quantity=1)
        filled.append(basket)

    results = at_once(40, lambda index: check_out(filled[index]))

    rice_orders = [placed for placed in results[0::2] if not isinstance(placed, ShopError)]
    room_orders = [placed for placed in results[1::2] if not isinstance(placed, ShopError)]
    assert (len(rice_orders), len(room_orders)) == (10, 3)
    refused = [str(error) for error in results if isinstance(error, ShopError)]
    assert len(refused) == 27
    rice.product.stockrecords.get(num_allocated=10)
    assert room.nights.get(night_on=in_days(2)).taken == 3
    for placed in (*rice_orders, *room_orders):
        tell(placed.intent.id, Outcome.SUCCEEDED)
    assert Order.objects.filter(status="paid").count() == 13
    assert sum(Account.objects.values_list("balance_vnd", flat=True)) == 0


def test_eight_orders_at_once_do_not_pass_what_a_seller_may_sell_in_a_month():
    LevelLimit.objects.create(level=0, valid_from=in_days(-1), sold_vnd=300_000, source="test")
    seller = SellerFactory(level=Seller.Level.PHONE)
    goods = [ProduceFactory(seller=seller, price_vnd=100_000, stock=10) for _ in range(8)]
    filled = []
    for produce in goods:
        basket = new_basket()
        baskets.add_goods(basket, product_id=produce.product_id, quantity=1)
        filled.append(basket)

    results = at_once(8, lambda index: check_out(filled[index]))

    refused = [error for error in results if isinstance(error, ShopError)]
    assert [type(error) for error in refused] == [LimitReached] * 5
    assert list(SubOrder.objects.values_list("lines_vnd", flat=True)) == [100_000] * 3


def test_mixed_baskets_of_the_same_things_in_any_order_do_not_deadlock():
    products = [ProduceFactory(stock=100) for _ in range(4)]
    rooms = [RoomTypeFactory(rooms=50, open_from=in_days(1)) for _ in range(3)]
    filled = []
    for index in range(16):
        basket = new_basket()
        for produce in products if index % 2 else reversed(products):
            baskets.add_goods(basket, product_id=produce.product_id, quantity=1)
        for room in reversed(rooms) if index % 3 else rooms:
            fill_with_nights(basket, room, first_night=in_days(2 + index % 3), nights=3)
        filled.append(basket)

    results = at_once(16, lambda index: check_out(filled[index]))

    assert [error for error in results if isinstance(error, ShopError)] == []
    assert Order.objects.count() == 16


def test_eight_clicks_make_one_order_and_one_charge():
    rice = ProduceFactory(stock=10)
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=1)

    def click(_index: int) -> Any:
        same = Basket.objects.get(pk=basket.pk)
        return check_out(same)

    results = at_once(8, click)

    assert {placed.order.pk for placed in results} == {Order.objects.get().pk}
    assert {placed.intent.pk for placed in results} == {Operation.objects.get().intent_id}
    assert len(SilentProvider.asked) == 1
    assert Basket.objects.get(pk=basket.pk).status == Basket.SUBMITTED


def test_nine_additions_at_once_lose_none():
    rice = ProduceFactory(stock=100)
    basket = new_basket()

    def add(_index: int) -> None:
        mine = Basket.objects.get(pk=basket.pk)
        baskets.add_goods(mine, product_id=rice.product_id, quantity=1)

    at_once(9, add)

    assert basket.lines.get().quantity == 9
