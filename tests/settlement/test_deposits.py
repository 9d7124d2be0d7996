"""A stay that asks for 30 % with the order: what was not paid is neither released nor refunded."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from marketplace.fulfilment import services as fulfilment
from marketplace.settlement import selectors
from marketplace.settlement import services as settlement
from marketplace.settlement.errors import RefundTooLarge
from marketplace.settlement.models import LineSplit, PartClock
from payments.providers.base import Outcome
from tests.factories import RoomTypeFactory, StayFactory
from tests.settlement.conftest import balances, pay, place, refund_went, release
from tests.shop.conftest import PHONE, in_days
from tests.shop.silent import tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


@pytest.fixture
def night():
    """A night of 1.000.000 ₫, of which 300.000 ₫ are paid."""
    stay = StayFactory(deposit_percent=30)
    room = RoomTypeFactory(stay=stay, price_vnd=1_000_000, rooms=1, open_from=in_days(0))
    order = place(room=room)
    pay(order)
    return order.suborders.select_related("order", "seller").get()


def own(part):
    return f"payable:seller-{part.seller_id}"


def pay_balance(part):
    intent = fulfilment.pay_balance(
        number=part.order.number, provider="vnpt", payer=PHONE, now=timezone.now()
    )
    tell(intent.pk, Outcome.SUCCEEDED)


def test_of_a_deposit_that_is_paid_its_shares_are_released(night):
    assert selectors.money_of(night.seller, now=timezone.now()).held_vnd == 255_000

    release(night)

    assert balances(own(night)) == {
        "revenue:commission": 24_000,
        "tax:vat": 15_000,
        "tax:pit": 6_000,
        own(night): 255_000,
    }


def test_with_the_rest_everything_is_released(night):
    pay_balance(night)

    release(night)

    assert balances(own(night))[own(night)] == 850_000
    assert selectors.split_of_order(night.order).seller_vnd == 850_000


def test_no_more_than_the_deposit_goes_back_while_the_rest_is_unpaid(night):
    assert settlement.left_to_refund(night).total_vnd == 300_000
    with pytest.raises(RefundTooLarge, match=r"300\.000 ₫ are left"):
        settlement.refund_part(
            part=night, amount_vnd=300_001, reason="", refund_id=uuid.uuid4(), now=timezone.now()
        )

    settlement.refund_part(part=night, reason="", refund_id=uuid.uuid4(), now=timezone.now())

    assert settlement.left_to_refund(night).total_vnd == 0
    assert LineSplit.objects.get().refunded_vnd == 300_000


def test_a_refund_of_both_payments_takes_from_each_what_it_paid(night):
    pay_balance(night)
    night.refresh_from_db()
    release(night)

    refunds = settlement.refund_part(
        part=night, amount_vnd=800_000, reason="", refund_id=uuid.uuid4(), now=timezone.now()
    )

    assert [refund.amount_vnd for refund in refunds] == [700_000, 100_000]
    refund_went(night.order)
    assert balances(own(night))[own(night)] == 170_000


def test_the_rest_paid_after_the_deposit_was_released_is_released_too(night):
    release(night)
    pay_balance(night)
    settlement.paid(order_number=night.order.number, at=timezone.now())

    settlement.release_due(now=PartClock.objects.get().release_at)

    assert balances(own(night))[own(night)] == 850_000
