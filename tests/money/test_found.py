"""What the machine found, told as a story each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.fulfilment import books as figures
from payments.models import Intent, Operation
from payments.providers.base import Outcome
from tests.money import books
from tests.money.ending import everything_is_as_foreseen
from tests.money.market import PAYERS

pytestmark = pytest.mark.django_db(transaction=True)


def money_comes(market, payment, *, is_heard=True):
    market.decide(payment.operation, Outcome.SUCCEEDED)
    market.call_back(payment.operation)
    if is_heard:
        market.deliver()


def money_goes_back(market):
    for refund in list(market.model.refunds.values()):
        market.send_refund(refund)
        market.decide(refund.operation, Outcome.SUCCEEDED)
        market.call_back(refund.operation)
    market.deliver()


@pytest.fixture
def deposited(market):
    """A room for two nights in eight days; its deposit is paid."""
    order = market.place([], (market.rooms[0], 8, 2), "viettel")
    money_comes(market, order.payment)
    return order


def test_who_pays_again_while_the_money_is_here_is_not_asked_twice(market):
    order = market.place([(market.goods[0], 1)], None, "viettel")
    money_comes(market, order.payment, is_heard=False)

    market.pay_again(order, "vnpt", PAYERS[1])

    assert Intent.objects.count() == 1
    market.deliver()
    assert order.status == "paid"
    everything_is_as_foreseen(market)


def test_who_pays_the_rest_again_while_it_is_here_is_not_asked_twice(market, deposited):
    market.pay_balance(deposited, "viettel", PAYERS[0])
    money_comes(market, deposited.balance_tried, is_heard=False)

    market.pay_balance(deposited, "vnpt", PAYERS[1])

    assert Intent.objects.count() == 2
    market.deliver()
    assert deposited.parts[0].is_balance_paid
    everything_is_as_foreseen(market)


def test_a_deposit_goes_back_out_of_its_own_payment_though_the_rest_has_just_come(market, deposited):
    market.pay_balance(deposited, "vnpt", PAYERS[1])
    money_comes(market, deposited.balance_tried, is_heard=False)

    market.cancel(deposited)
    market.deliver()
    money_goes_back(market)

    refunds = Operation.objects.filter(kind=Operation.Kind.REFUND).order_by("amount_vnd")
    assert [(one.provider, one.amount_vnd) for one in refunds] == [("viettel", 180_000), ("vnpt", 420_002)]
    assert deposited.status == "refunded"
    everything_is_as_foreseen(market)


def test_half_of_a_deposit_goes_back_the_other_half_is_kept_and_the_rest_is_waived(market, deposited):
    market.now += timedelta(days=5)

    market.cancel(deposited)
    money_goes_back(market)
    market.now += timedelta(hours=72)
    market.release_due()

    part = deposited.parts[0]
    assert (part.lines[0].waived_vnd, part.lines[0].refunded_vnd) == (420_002, 90_000)
    assert figures.compare().counted_vnd == 90_000
    assert deposited.status == "paid"
    everything_is_as_foreseen(market)


def test_money_that_comes_when_the_night_is_over_goes_back(market):
    order = market.place([], (market.rooms[0], 0, 1), "viettel")
    market.now += timedelta(days=1)

    money_comes(market, order.payment)

    assert (order.status, order.payment.is_given_back) == ("cancelled", True)
    everything_is_as_foreseen(market)


def test_what_went_back_of_a_deposit_is_not_counted_when_the_rest_makes_a_sale_of_it(market, deposited):
    part = deposited.parts[0]
    market.refund_line(deposited, part, part.lines[0], 10_000)
    money_goes_back(market)

    market.pay_balance(deposited, "vnpt", PAYERS[0])
    money_comes(market, deposited.balance_tried)

    assert figures.compare().differences == []
    assert figures.compare().counted_vnd == 590_002
    everything_is_as_foreseen(market)


def test_after_a_refused_refund_another_can_be_larger(market):
    """What waits in escrow once more is less than what the buyer gets: the rest is taken back."""
    order = market.place([(market.goods[0], 2)], None, "viettel")
    money_comes(market, order.payment)
    part = order.parts[0]
    market.hand_over(part)
    market.now = part.release_at
    market.release_due()
    market.refund_line(order, part, part.lines[0], 50_000)
    refund = next(iter(market.model.refunds.values()))
    market.send_refund(refund)
    market.decide(refund.operation, Outcome.FAILED)
    market.call_back(refund.operation)
    market.deliver()

    market.refund_line(order, part, part.lines[0], 100_000)

    assert books.differences(market.model) == {}


def test_the_rest_of_a_deposit_makes_the_goods_beside_it_no_later(market):
    order = market.place([(market.goods[0], 1)], (market.rooms[0], 10, 1), "viettel")
    money_comes(market, order.payment)
    goods = next(part for part in order.parts if not part.stays)
    due_at = goods.expected_at
    market.now += timedelta(days=5)
    market.pay_balance(order, "viettel", PAYERS[0])
    money_comes(market, order.balance_tried)

    market.now = due_at + timedelta(hours=72)
    market.release_due()  # counts as delivered

    assert goods.released_at == market.now
    assert books.differences(market.model) == {}
