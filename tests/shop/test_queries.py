"""What the basket and checkout pages cost: pinned, and the same in a shop of 100 and of 10,000 products."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone

from marketplace.places.selectors import communes_at
from marketplace.shop.basket import services as baskets
from tests.factories import ProduceFactory, RoomTypeFactory, load_province
from tests.shop.catalogue.crowd import fill
from tests.shop.conftest import fill_with_nights, in_days, new_basket

pytestmark = pytest.mark.django_db

BASKET, DETAILS, PREVIEW = 12, 14, 18


@pytest.fixture(params=[100, 10_000])
def buyer(request: Any, post: None, stay_options: None) -> Client:
    """A guest with three kinds of goods and one stay in the basket, in a shop of some size."""
    load_province()
    fill(
        produce=request.param,
        stays=0,
        communes=list(communes_at(timezone.localdate())),
        nights_from=date(2027, 1, 1),
        nights=0,
    )
    basket = new_basket()
    for _ in range(3):
        baskets.add_goods(basket, product_id=ProduceFactory().product_id, quantity=1)
    fill_with_nights(basket, RoomTypeFactory(open_from=in_days(1)), first_night=in_days(3), nights=2)
    client = Client()
    client.cookies["oscar_open_basket"] = Signer().sign(basket.pk)
    return client


def test_the_basket_page_costs_the_same_whatever_the_shop(buyer, django_assert_num_queries):
    with django_assert_num_queries(BASKET):
        answer = buyer.get("/basket/")

    assert answer.status_code == 200


def test_the_checkout_pages_cost_the_same_whatever_the_shop(buyer, django_assert_num_queries):
    with django_assert_num_queries(DETAILS):
        answer = buyer.get("/checkout/")
    assert answer.status_code == 200
    details = {
        "name": "Lò Thị Mai",
        "phone": "0399000001",
        "method": "home",
        "province": "01",
        "detail": "Số 5",
    }
    assert buyer.post("/checkout/", details).status_code == 302

    with django_assert_num_queries(PREVIEW):
        answer = buyer.get("/checkout/preview/")

    assert answer.status_code == 200
    assert "agreed" in answer.content.decode()
