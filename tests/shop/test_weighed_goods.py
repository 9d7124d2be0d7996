"""What a buyer reads of goods that are paid by weight, and of those that wait for their harvest."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from marketplace.fulfilment import services as fulfilment
from marketplace.shop.basket import services as baskets
from marketplace.shop.checkout import services as checkout
from payments.providers.base import Outcome
from tests.agriculture.harvests.growing import announce, pumpkins, record
from tests.factories import ProduceFactory
from tests.shop.conftest import WISH, check_out, in_days, new_basket
from tests.shop.silent import tell
from tests.shop.test_checkout_pages import DETAILS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post")]


@pytest.fixture
def duck():
    return ProduceFactory(
        title="Vịt bầu", category="livestock", unit="head", unit_size="", weight_g=2_500,
        price_vnd=250_000, stock=10, is_weighed=True,
    )  # fmt: skip


def ordered(produce, quantity):
    basket = new_basket()
    baskets.add_goods(basket, product_id=produce.product_id, quantity=quantity)
    order = check_out(basket).order
    tell(order.placement.payment_id, Outcome.SUCCEEDED)
    order.refresh_from_db()
    return order


def weigh(order, weight_g):
    line = order.lines.get()
    call = {"line_id": line.pk, "weight_g": weight_g, "weighing_id": uuid4(), "by": None}
    return fulfilment.weigh_line(**call, now=timezone.now())


def page_of(visitor, order):
    address = reverse("order", args=[order.number])
    return visitor.get(f"{address}?key={order.placement.secret}").content.decode()


def test_the_page_of_a_duck_says_what_is_paid_now_and_what_it_costs_at_most(visitor, duck):
    page = visitor.get(duck.product.get_absolute_url()).content.decode()

    assert "About 2,5\u00a0kg, you pay what it weighs" in page
    assert "You pay 250.000\u00a0₫ now." in page
    assert "it never costs more than 275.000\u00a0₫." in page


def test_the_offer_asks_for_the_estimate_and_shows_the_margin_apart(duck):
    basket = new_basket()
    baskets.add_goods(basket, product_id=duck.product_id, quantity=2)

    offer = checkout.make_offer(basket=basket, wish=WISH, now=timezone.now())

    assert offer.summary.lines_vnd == 550_000
    assert (offer.due_now_vnd - offer.delivery_vnd, offer.rest_vnd, offer.balance_due_on) == (
        500_000,
        0,
        None,
    )
    assert offer.summary.margin_vnd == 50_000


def test_before_ordering_the_buyer_agrees_to_what_is_paid_now_and_to_the_most_it_may_cost(visitor, duck):
    visitor.post(reverse("basket:add", args=[duck.product_id]), {"quantity": 2})
    basket = visitor.get("/basket/").content.decode()
    assert "About 5\u00a0kg: 500.000\u00a0₫ now, and at most 550.000\u00a0₫ when it is weighed" in basket
    assert "Of it, only if it weighs more" in basket

    page = visitor.post("/checkout/", DETAILS, follow=True).content.decode()

    assert "Later, only if it weighs more: at most</span><span>50.000\u00a0₫" in page
    assert "By ordering you agree to pay what it weighs, up to this total." in page
    assert "Deposit, now" not in page


def test_the_order_shows_the_estimate_before_and_the_weight_after(visitor, duck):
    order = ordered(duck, 2)
    page = page_of(visitor, order)
    assert "About 5\u00a0kg, you pay what it weighs: about 500.000\u00a0₫, at most 550.000\u00a0₫" in page
    assert "Total at most" in page
    assert "Still to pay" not in page

    weigh(order, 4_800)

    page = page_of(visitor, order)
    assert "Weighed: 4,8\u00a0kg, so it costs 480.000\u00a0₫" in page
    assert "Total at most" not in page
    assert "Still to pay" not in page


def test_what_weighs_more_can_be_paid_on_the_page_of_the_order(visitor, duck):
    order = ordered(duck, 2)

    weigh(order, 5_200)

    page = page_of(visitor, order)
    assert "Pay 20.000\u00a0₫" in page
    assert "Your goods weigh more than was estimated." in page


def test_a_product_ordered_before_its_harvest_says_when_it_comes(visitor):
    produce = pumpkins()
    announce(produce)

    page = visitor.get(produce.product.get_absolute_url()).content.decode()

    assert f"Harvest from {in_days(10):%d/%m} to {in_days(20):%d/%m/%Y}" in page
    assert "You order and pay now; it is sent after the harvest." in page


def test_the_order_says_what_the_harvest_gave(visitor):
    produce = pumpkins()
    harvest = announce(produce)
    order = ordered(produce, 3)
    assert f"Harvested from {in_days(10):%d/%m} to {in_days(20):%d/%m}" in page_of(visitor, order)

    record(harvest, 2)

    assert "The harvest gave too little: 1 of 3 are paid back to you." in page_of(visitor, order)
