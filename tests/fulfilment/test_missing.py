"""What a harvest did not give goes back to those who ordered last, and is never sold again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from agriculture.harvests.models import PreOrder
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.books import compare
from marketplace.sellers.models import SubOrder
from marketplace.settlement.models import LineSplit, PartClock
from payments.models import Operation
from tests.agriculture.harvests.growing import announce, pumpkins, record, stock_of
from tests.settlement.conftest import (  # noqa: F401  (fixtures)
    _paying_wallet,
    _silent_wallet,
    pay,
    place,
    post,
    refund_went,
)
from tests.shop.conftest import in_days

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post")]


@pytest.fixture
def produce():
    return pumpkins()


def paid(produce, quantity):
    order = place((produce, quantity))
    pay(order)
    return order


def test_of_the_last_line_the_missing_pieces_go_back_and_of_none_before_it(produce):
    harvest = announce(produce)
    first, second, third = (paid(produce, 3) for _each in range(3))
    record(harvest, 5)

    assert fulfilment.refund_missing(now=timezone.now()) == 2
    assert fulfilment.refund_missing(now=timezone.now()) == 0
    for order in (second, third):
        refund_went(order)

    split = dict(LineSplit.objects.values_list("line__order", "refunded_vnd"))
    assert split == {first.pk: 0, second.pk: 45_000, third.pk: 135_000}
    assert stock_of(produce) == (5, 5)
    third.refresh_from_db()
    assert (third.status, second.suborders.get().status) == ("refunded", SubOrder.Status.PAID)
    assert compare().differences == []


def test_who_pays_after_the_harvest_gets_the_missing_pieces_back_then(produce):
    harvest = announce(produce)
    order = place((produce, 4))
    record(harvest, 3)
    assert fulfilment.refund_missing(now=timezone.now()) == 0

    pay(order)

    assert fulfilment.refund_missing(now=timezone.now()) == 1
    assert Operation.objects.get(kind="refund").amount_vnd == 45_000
    assert stock_of(produce) == (3, 3)


def test_what_was_never_there_is_not_sold_when_who_ordered_it_does_not_pay(produce):
    harvest = announce(produce)
    order = place((produce, 4))
    record(harvest, 3)

    fulfilment.release_ended_holds(now=timezone.now() + timedelta(hours=2))

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert stock_of(produce) == (3, 0)
    assert PreOrder.objects.get().settled_at is not None


def test_a_line_paid_by_weight_is_paid_by_what_the_harvest_gave_of_it(produce):
    produce.is_weighed = True
    produce.save()
    harvest = announce(produce)
    order = paid(produce, 4)
    record(harvest, 3)

    assert fulfilment.refund_missing(now=timezone.now()) == 1

    assert not Operation.objects.filter(kind="refund").exists()
    assert stock_of(produce) == (3, 3)
    assert order.lines.get().num_allocated == 3


def test_before_the_harvest_the_money_stays_in_escrow_however_long_ago_it_came(produce):
    announce(produce)

    paid(produce, 1)

    expected_at = PartClock.objects.get().expected_at
    assert timezone.localdate(expected_at) == in_days(20 + 14)
