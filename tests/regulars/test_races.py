"""Sweeps, buyers and phones at once, in real threads: everything happens once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.messaging.models import Message
from marketplace.regulars.errors import VoucherRefused
from marketplace.regulars.models import BoxTurn
from marketplace.regulars.services import boxes, following, pooling, reviewing, vouchers
from marketplace.sellers.vocabulary.models import Word
from marketplace.settlement.models import Refund
from tests.factories import ProduceFactory
from tests.payments.threads import race
from tests.regulars.conftest import order_of
from tests.regulars.test_boxes import box_of
from tests.regulars.test_pools import open_pool
from tests.settlement.conftest import deliver
from tests.shop.conftest import check_out, new_basket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

Order = get_model("order", "Order")


def test_four_sweeps_of_a_full_pool_give_the_difference_back_once(member, household, buyer):
    now = timezone.now()
    pool = open_pool(member, household, now=now)
    order_of(buyer, (pool.product.produce, 2))
    order_of(None, (pool.product.produce, 2))

    race([partial(pooling.settle_due, now=pool.closes_at + timedelta(minutes=1))] * 4)
    pooling.settle_due(now=pool.closes_at + timedelta(minutes=2))

    pool.refresh_from_db()
    assert pool.state == "full"
    assert pool.settled_at is not None
    assert sorted(refund.amount_vnd for refund in Refund.objects.all()) == [40_000, 40_000]


def test_four_sweeps_of_a_failed_pool_give_everything_back_once(member, household, buyer):
    pool = open_pool(member, household, now=timezone.now())
    order = order_of(buyer, (pool.product.produce, 1))

    race([partial(pooling.settle_due, now=pool.closes_at + timedelta(minutes=1))] * 4)
    pooling.settle_due(now=pool.closes_at + timedelta(minutes=2))

    assert sum(refund.amount_vnd for refund in Refund.objects.all()) == int(order.total_incl_tax)


def test_a_code_for_one_order_is_used_by_one_of_four_buyers_at_once(member, household):
    rice = ProduceFactory(price_vnd=100_000, stock=50, seller=household)
    today, now = timezone.localdate(), timezone.now()
    days = {"first_day": today, "last_day": today}
    own = vouchers.make_voucher(
        seller=household, code="MOTLAN", percent=10, uses=1, **days, by=member, now=now
    )
    baskets = [new_basket() for _ in range(4)]
    for basket in baskets:
        basket.add_product(rice.product, 1)
        vouchers.use_code(basket=basket, code="MOTLAN", now=now)

    results = race([partial(check_out, basket) for basket in baskets])

    assert all(not isinstance(each, Exception) or isinstance(each, VoucherRefused) for each in results)
    own.voucher.refresh_from_db()
    assert own.voucher.num_orders == 1
    assert Order.objects.filter(discounts__voucher_code="MOTLAN").count() == 1


def test_four_sweeps_remind_of_a_box_and_tell_a_follower_once(buyer, household):
    now = timezone.now()
    box = box_of(buyer, (ProduceFactory(), 1))
    following.follow(seller=household, user=buyer, now=now - timedelta(days=1))
    ProduceFactory(seller=household, listed_at=now - timedelta(hours=1))
    later = now + timedelta(days=9)

    reminded = race([partial(boxes.remind_due, now=later)] * 4)
    told = race([partial(following.tell_followers, now=now)] * 4)

    assert sorted(reminded) == [0, 0, 0, 1]
    assert sorted(told) == [0, 0, 0, 1]
    assert BoxTurn.objects.filter(box=box).count() == 1
    assert Message.objects.filter(key=f"followed/{buyer.pk}/{timezone.localdate(now)}").count() == 1


def test_a_turn_sent_by_four_phones_fills_the_basket_once(buyer):
    rice = ProduceFactory(stock=50)
    box = box_of(buyer, (rice, 2))
    turn = BoxTurn.objects.create(box=box, due_on=timezone.localdate())
    basket = new_basket()
    basket.add_product(ProduceFactory().product, 1)

    race([partial(boxes.fill_basket, turn=turn, basket=basket, now=timezone.now())] * 4)

    assert basket.lines.get(product=rice.product_id).quantity == 2


def test_a_line_is_reviewed_once_by_four_taps(buyer, household):
    order = order_of(buyer, (ProduceFactory(stock=5, seller=household), 1))
    deliver(order.suborders.get())
    line = order.lines.get()
    said = {"line": line, "user": None, "name": "Mai", "stars": 5, "words": ""}

    results = race([partial(reviewing.review, **said)] * 4)

    assert sum(isinstance(each, Exception) for each in results) == 3
    assert line.product.reviews.count() == 1


def test_listings_that_bring_the_same_new_word_at_once_keep_it_once():
    race([partial(ProduceFactory, title=f"Chanh leo {number}") for number in range(4)])

    assert Word.objects.filter(text__in=["chanh", "leo"]).count() == 2
