"""Goods paid in cash when they are collected cost what they weigh, at the counter and in the books."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from marketplace.delivery.services import Wish
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.books import compare
from marketplace.fulfilment.models import Placement
from marketplace.settlement.models import LineSplit
from marketplace.shop.basket import services as baskets
from payments.models import Intent
from tests.counter.conftest import (  # noqa: F401  (fixtures)
    _cash,
    _no_tries_yet,
    agent,
    count,
    fresh,
    office,
    waiting,
)
from tests.factories import ProduceFactory, SellerFactory
from tests.shop.conftest import check_out, new_basket
from tests.shop.silent import hear

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def placement(office):  # noqa: F811
    """Two fish of about 500 g, 100.000 ₫ each and 17.000 ₫ for the post, to be paid in cash."""
    fish = ProduceFactory(
        seller=SellerFactory(commune=office.commune), title="Cá trắm", category="fish", price_vnd=100_000,
        weight_g=500, stock=5, is_weighed=True,
    )  # fmt: skip
    basket = new_basket()
    baskets.add_goods(basket, product_id=fish.product_id, quantity=2)
    wish = Wish(method="post-office", post_office_code=office.code)
    placed = check_out(basket, wish=wish, provider="cash")
    return Placement.objects.select_related("order").get(order=placed.order)


def weigh(placement, weight_g, weighing_id=None):
    return fulfilment.weigh_line(
        line_id=placement.order.lines.get().pk,
        weight_g=weight_g,
        weighing_id=weighing_id or uuid4(),
        by=None,
        now=timezone.now(),
    )


@pytest.mark.parametrize(
    ("weight_g", "price_vnd"), [(900, 180_000), (1_000, 200_000), (1_060, 212_000), (1_300, 220_000)]
)
def test_the_counter_asks_for_what_it_weighs(placement, office, agent, weight_g, price_vnd):  # noqa: F811
    assert waiting(placement).amount_vnd == 217_000
    before = placement.payment_id

    weigh(placement, weight_g)

    placement = fresh(placement)
    assert waiting(placement).amount_vnd == price_vnd + 17_000
    assert Intent.objects.get(pk=before).state == Intent.State.EXPIRED
    hear()
    assert fresh(placement).order.status == "on-handover"
    count(placement, office, agent)
    hear()
    part = fresh(placement).order.suborders.get()
    assert (part.status, part.balance_vnd) == ("paid", 0)
    assert LineSplit.objects.get().net_vnd == price_vnd
    assert compare().differences == []


def test_before_it_is_paid_a_weight_may_be_corrected_upwards_as_well(placement):
    weighing_id = uuid4()
    weigh(placement, 900, weighing_id)
    weigh(placement, 900, weighing_id)

    weigh(fresh(placement), 1_040)

    assert waiting(fresh(placement)).amount_vnd == 208_000 + 17_000


def test_collected_without_being_weighed_the_estimate_is_the_price(placement, office, agent):  # noqa: F811
    count(placement, office, agent)
    hear()

    assert fulfilment.close_weights(now=timezone.now()) == 1

    assert LineSplit.objects.get().net_vnd == 200_000
    assert compare().differences == []
