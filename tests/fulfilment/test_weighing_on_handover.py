"""Goods paid in cash when they are collected cost what they weigh, at the counter and in the books."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from marketplace.counter import selectors as at_the_counter
from marketplace.delivery import services as delivery
from marketplace.delivery.errors import Unpaid
from marketplace.delivery.models import HandOver
from marketplace.delivery.services import Wish
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.books import compare
from marketplace.fulfilment.models import Placement
from marketplace.settlement.models import LineSplit
from marketplace.shop.basket import services as baskets
from payments.models import Intent
from payments.providers.base import Outcome
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
from tests.shop.conftest import check_out, in_days, new_basket
from tests.shop.silent import hear, tell

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def placement(office):  # noqa: F811
    return placed_at(office, provider="cash")


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


def test_what_paid_goods_weigh_more_may_be_paid_in_cash_where_the_parcel_is_handed_over(office, agent):  # noqa: F811
    placement = placed_at(office, provider="viettel")
    tell(placement.payment_id, Outcome.SUCCEEDED)
    weigh(placement, 1_060)
    number, now = placement.order.number, timezone.now()

    intents = {fulfilment.pay_balance(number=number, provider="cash", payer="", now=now) for _ in range(2)}

    placement = fresh(placement)
    part = placement.order.suborders.get()
    assert waiting(placement).amount_vnd == 12_000
    assert [one.placement for one in at_the_counter.waiting_at(office)] == [placement]
    assert part.balance_due_on == part.promise.reaches_on + timedelta(days=10)
    assert len(intents) == 1
    with pytest.raises(Unpaid):
        hand_to_buyer(part, office, agent)
    count(placement, office, agent)
    hear()
    part.refresh_from_db()
    assert (part.status, part.balance_vnd) == ("paid", 0)
    assert at_the_counter.waiting_at(office) == []
    hand_to_buyer(part, office, agent)
    assert LineSplit.objects.get().net_vnd == 212_000
    assert compare().differences == []


def test_cash_nobody_brought_for_the_rest_is_let_go_after_its_day(office):  # noqa: F811
    placement = placed_at(office, provider="viettel")
    tell(placement.payment_id, Outcome.SUCCEEDED)
    weigh(placement, 1_060)
    fulfilment.pay_balance(number=placement.order.number, provider="cash", payer="", now=timezone.now())
    due_on = placement.order.suborders.get().balance_due_on

    early = fulfilment.close_weights(now=timezone.now() + (due_on - in_days(0)))
    late = fulfilment.close_weights(now=timezone.now() + (due_on - in_days(0)) + timedelta(days=1))

    assert (early, late) == (0, 1)
    assert at_the_counter.waiting_at(office) == []
    assert placement.order.suborders.get().balance_vnd == 0


def placed_at(office, *, provider):  # noqa: F811
    """Two fish of about 500 g, 100.000 ₫ each and 17.000 ₫ for the post, collected at ``office``."""
    fish = ProduceFactory(
        seller=SellerFactory(commune=office.commune), title="Cá trắm", category="fish", price_vnd=100_000,
        weight_g=500, stock=5, is_weighed=True,
    )  # fmt: skip
    basket = new_basket()
    baskets.add_goods(basket, product_id=fish.product_id, quantity=2)
    wish = Wish(method="post-office", post_office_code=office.code)
    placed = check_out(basket, wish=wish, provider=provider)
    return Placement.objects.select_related("order").get(order=placed.order)


def hand_to_buyer(part, office, agent):  # noqa: F811
    given = delivery.Act(
        id=uuid4(), part_id=part.pk, kind=HandOver.Kind.TO_BUYER, happened_at=timezone.now(), office=office,
        code=delivery.buyer_code_for(part),
    )  # fmt: skip
    fulfilment.hand_over(given, by=agent, now=timezone.now())
