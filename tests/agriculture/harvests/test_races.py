"""Many buyers of one harvest at once, and its recording between them, in real threads."""

from __future__ import annotations

import pytest
from django.db.models import Sum

from agriculture.harvests.models import Harvest, PreOrder
from marketplace.errors import ShopError
from marketplace.shop.basket import services as baskets
from tests.shop.conftest import _silent_wallet, check_out, new_basket, post  # noqa: F401  (fixtures)
from tests.shop.test_races import at_once

from .growing import announce, pumpkins, record, stock_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post")]


def filled(produce, number):
    found = [new_basket() for _each in range(number)]
    for basket in found:
        baskets.add_goods(basket, product_id=produce.product_id, quantity=1)
    return found


def test_of_a_harvest_of_six_twelve_buyers_get_exactly_six():
    produce = pumpkins()
    harvest = announce(produce, forecast=6)
    wishes = filled(produce, 12)

    results = at_once(12, lambda index: check_out(wishes[index]))

    assert sum(isinstance(result, ShopError) for result in results) == 6
    assert stock_of(produce) == (6, 6)
    assert PreOrder.objects.filter(harvest=harvest).count() == 6


def test_recorded_while_people_order_everybody_is_served_or_knows_what_is_missing():
    produce = pumpkins()
    harvest = announce(produce, forecast=8)
    wishes = filled(produce, 8)

    def act(index):
        return record(harvest, 3) if index == 8 else check_out(wishes[index])

    results = at_once(9, act)

    bought = sum(not isinstance(result, ShopError | Harvest) for result in results)
    missing = PreOrder.objects.aggregate(sum=Sum("missing"))["sum"] or 0
    in_stock, set_aside = stock_of(produce)
    # Of three that are there, nobody is promised a fourth: what is set aside beyond them is to be paid back.
    assert set_aside == bought
    assert set_aside - missing <= 3
    assert in_stock - missing == 3


def test_recorded_twice_at_once_it_is_recorded_once():
    produce = pumpkins()
    harvest = announce(produce)

    results = at_once(4, lambda index: record(harvest, 5 + index % 2))

    recorded = [result.actual for result in results if isinstance(result, Harvest)]
    assert len(set(recorded)) == 1
    assert stock_of(produce) == (recorded[0], 0)
