"""Cancelling lines of a paid order: what is free again, and what goes back to whom."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.fulfilment import books
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.errors import CannotCancel, CannotPay
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from marketplace.settlement.models import Refund
from marketplace.shop.basket import services as baskets
from marketplace.shop.checkout import services as checkout
from marketplace.statistics.models import SaleLine
from payments import services as payments
from payments.ledger.selectors import balance_vnd, balances_vnd
from payments.models import Operation
from payments.providers.base import Outcome
from tests.factories import ProduceFactory, RoomTypeFactory, StayFactory
from tests.shop.conftest import check_out, fill_with_nights, in_days, new_basket
from tests.shop.silent import hear, tell
from tourism.models import Booking

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def room_of(policy: str, *, seller: Any = None, deposit_percent: int = 100) -> Any:
    stay = StayFactory(
        policy=policy, deposit_percent=deposit_percent, **({"seller": seller} if seller else {})
    )
    return RoomTypeFactory(stay=stay, price_vnd=300_000, rooms=1, open_from=in_days(0), open_to=in_days(40))


def booked(room: Any, *, in_so_many_days: int = 10) -> checkout.Placed:
    """Two nights, 600.000 ₫, paid."""
    basket = new_basket()
    fill_with_nights(basket, room, first_night=in_days(in_so_many_days), nights=2)
    placed = check_out(basket, wish=None)
    tell(placed.intent.pk, Outcome.SUCCEEDED)
    return placed


def check_in(placed: checkout.Placed) -> datetime:
    first_night = Booking.objects.get(order_line__order=placed.order).first_night
    return timezone.make_aware(datetime.combine(first_night, time(14)))


def pay_refunds_back() -> None:
    hear()
    for refund in Operation.objects.filter(kind=Operation.Kind.REFUND, state=Operation.State.CREATED):
        payments.submit(operation_id=refund.pk, now=timezone.now())
        tell(refund.intent_id, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)


def asked_back() -> list[int]:
    return sorted(Refund.objects.values_list("amount_vnd", flat=True))


def line_ids(placed: checkout.Placed) -> list[int]:
    return list(placed.order.lines.order_by("pk").values_list("pk", flat=True))


def status(placed: checkout.Placed) -> str:
    placed.order.refresh_from_db()
    return placed.order.status


# --- By the buyer --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "before", "back_vnd"),
    [
        ("flexible", timedelta(hours=25), [600_000]),
        ("flexible", timedelta(hours=1), [300_000]),
        ("moderate", timedelta(hours=25), [300_000]),
        ("moderate", timedelta(hours=23), []),
        ("strict", timedelta(days=9), []),
    ],
)
def test_a_buyer_who_cancels_gets_back_what_the_policy_says(policy, before, back_vnd):
    placed = booked(room_of(policy))

    fulfilment.cancel(number=placed.order.number, now=check_in(placed) - before)

    assert asked_back() == back_vnd
    assert Booking.objects.get().state == "released"
    assert Booking.objects.get().room_type.nights.filter(taken__gt=0).count() == 0


def test_who_gets_everything_back_has_a_refunded_order():
    placed = booked(room_of("flexible"))

    fulfilment.cancel(number=placed.order.number, now=timezone.now())
    pay_refunds_back()

    assert status(placed) == "refunded"
    assert sum(SaleLine.objects.values_list("amount_vnd", flat=True)) == 0
    assert books.compare().differences == []


def test_what_the_policy_keeps_goes_to_the_seller_after_the_time_to_complain():
    placed = booked(room_of("moderate"))
    at = check_in(placed) - timedelta(hours=30)

    fulfilment.cancel(number=placed.order.number, now=at)
    pay_refunds_back()
    part = placed.order.suborders.get()
    payee = part.seller.payee
    settlement.release_due(now=at + timedelta(hours=71))
    too_early = balances_vnd([f"payable:{payee}"])
    settlement.release_due(now=at + timedelta(hours=73))

    assert too_early == {}
    # Of 300.000 ₫: 8 % commission, 5 % VAT, 2 % income tax.
    assert balance_vnd(f"payable:{payee}") == 255_000
    assert balance_vnd(f"escrow:{part.number}") == 0
    assert status(placed) == "paid"
    assert sum(SaleLine.objects.values_list("amount_vnd", flat=True)) == 300_000
    assert books.compare().differences == []


def test_cancelling_twice_pays_back_once():
    placed = booked(room_of("flexible"))
    at = check_in(placed) - timedelta(hours=2)

    for _ in range(2):
        fulfilment.cancel(number=placed.order.number, now=at)

    assert asked_back() == [300_000]


def test_nothing_is_cancelled_once_it_has_begun():
    placed = booked(room_of("flexible"))

    with pytest.raises(CannotCancel):
        fulfilment.cancel(number=placed.order.number, now=check_in(placed))

    assert asked_back() == []
    assert Booking.objects.get().state == "confirmed"


def test_goods_of_the_order_go_back_whole_whatever_the_nights_do():
    host = room_of("strict")
    rice = ProduceFactory(seller=host.stay.product.origin.seller, price_vnd=175_000, stock=3, weight_g=5_000)
    basket = new_basket()
    fill_with_nights(basket, host, first_night=in_days(10), nights=2)
    baskets.add_goods(basket, product_id=rice.product_id, quantity=2)
    placed = check_out(basket)
    tell(placed.intent.pk, Outcome.SUCCEEDED)

    fulfilment.cancel(number=placed.order.number, now=timezone.now())
    pay_refunds_back()

    assert asked_back() == [155_500, 350_000]  # the delivery, and the rice
    assert rice.product.stockrecords.get().num_allocated == 0
    assert placed.order.suborders.get().status == SubOrder.Status.PAID
    assert sum(SaleLine.objects.values_list("amount_vnd", flat=True)) == 600_000
    assert books.compare().differences == []


# --- Deposits ------------------------------------------------------------------------------------


def test_of_a_deposit_the_policy_keeps_its_share_and_the_rest_is_no_longer_asked_for():
    placed = booked(room_of("moderate", deposit_percent=30))
    at = check_in(placed) - timedelta(hours=30)

    fulfilment.cancel(number=placed.order.number, now=at)
    pay_refunds_back()

    part = placed.order.suborders.get()
    assert asked_back() == [90_000]
    assert (part.waived_vnd, part.balance_vnd) == (420_000, 0)
    with pytest.raises(CannotPay, match="Nothing is left to pay"):
        fulfilment.pay_balance(number=placed.order.number, provider="vnpt", payer="+84399000001", now=at)
    assert sum(SaleLine.objects.values_list("amount_vnd", flat=True)) == 90_000
    assert books.compare().differences == []
    settlement.release_due(now=at + timedelta(hours=73))
    assert balance_vnd(f"escrow:{part.number}") == 0


def test_of_two_stays_with_a_deposit_one_is_cancelled_and_the_other_paid():
    first = room_of("moderate", deposit_percent=30)
    other = RoomTypeFactory(
        stay=first.stay, kind="floor", price_vnd=100_000, rooms=5, sleeps=1, open_from=in_days(0)
    )
    basket = new_basket()
    fill_with_nights(basket, first, first_night=in_days(10), nights=2)
    fill_with_nights(basket, other, first_night=in_days(10), nights=1)
    placed = check_out(basket, wish=None)
    tell(placed.intent.pk, Outcome.SUCCEEDED)
    assert placed.intent.amount_vnd == 180_000 + 30_000
    cancelled, kept = line_ids(placed)

    back_vnd = fulfilment.cancel_lines(
        number=placed.order.number, line_ids=[cancelled], refund_percent=50, reason="x", now=timezone.now()
    )
    balance = fulfilment.pay_balance(
        number=placed.order.number, provider="vnpt", payer="+84399000001", now=timezone.now()
    )
    tell(balance.pk, Outcome.SUCCEEDED)
    pay_refunds_back()

    assert back_vnd == 90_000
    assert balance.amount_vnd == 70_000
    states = dict(Booking.objects.values_list("order_line", "state"))
    assert states == {cancelled: "released", kept: "confirmed"}
    assert sum(SaleLine.objects.values_list("amount_vnd", flat=True)) == 90_000 + 100_000
    assert books.compare().differences == []


def test_a_rest_that_was_being_paid_when_it_was_cancelled_goes_back():
    placed = booked(room_of("moderate", deposit_percent=30))
    at = check_in(placed) - timedelta(hours=30)
    balance = fulfilment.pay_balance(
        number=placed.order.number, provider="vnpt", payer="+84399000001", now=timezone.now()
    )

    fulfilment.cancel(number=placed.order.number, now=at)
    tell(balance.pk, Outcome.SUCCEEDED)

    refunds = Operation.objects.filter(kind=Operation.Kind.REFUND).order_by("amount_vnd")
    assert [refund.amount_vnd for refund in refunds] == [90_000, 420_000]


# --- By somebody else ----------------------------------------------------------------------------


def test_lines_are_cancelled_for_all_their_money_whatever_the_policy():
    placed = booked(room_of("strict"))

    back_vnd = fulfilment.cancel_lines(
        number=placed.order.number,
        line_ids=line_ids(placed),
        refund_percent=100,
        reason="the road is closed",
        now=timezone.now(),
    )
    again_vnd = fulfilment.cancel_lines(
        number=placed.order.number,
        line_ids=line_ids(placed),
        refund_percent=100,
        reason="the road is closed",
        now=timezone.now(),
    )

    assert (back_vnd, again_vnd) == (600_000, 0)
    assert asked_back() == [600_000]


def test_an_order_that_waits_for_its_money_is_freed_and_late_money_goes_back():
    room = room_of("flexible")
    basket = new_basket()
    fill_with_nights(basket, room, first_night=in_days(10), nights=2)
    placed = check_out(basket, wish=None)

    back_vnd = fulfilment.cancel_lines(
        number=placed.order.number,
        line_ids=line_ids(placed),
        refund_percent=100,
        reason="the road is closed",
        now=timezone.now(),
    )
    tell(placed.intent.pk, Outcome.SUCCEEDED)

    assert back_vnd == 0
    assert status(placed) == "cancelled"
    assert Booking.objects.get().state == "released"
    assert Operation.objects.get(kind=Operation.Kind.REFUND).amount_vnd == 600_000


def test_lines_of_another_order_are_left_alone():
    placed, other = booked(room_of("flexible")), booked(room_of("flexible"))

    back_vnd = fulfilment.cancel_lines(
        number=placed.order.number,
        line_ids=line_ids(other),
        refund_percent=100,
        reason="x",
        now=timezone.now(),
    )

    assert back_vnd == 0
    assert list(Booking.objects.values_list("state", flat=True)) == ["confirmed", "confirmed"]


def test_the_page_can_say_beforehand_what_each_line_gives_back():
    placed = booked(room_of("flexible"))

    (end,) = fulfilment.ends_of(placed.order, now=check_in(placed) - timedelta(hours=2))

    assert (end.paid_vnd, end.back_vnd, end.kept_vnd) == (600_000, 300_000, 300_000)
    assert end.policy["code"] == "flexible"


# --- Money that comes late ------------------------------------------------------------------------


def test_a_given_back_rest_can_be_paid_once_more():
    placed = booked(room_of("flexible", deposit_percent=30))
    call = {"number": placed.order.number, "provider": "vnpt", "payer": "+84399000001"}
    balance = fulfilment.pay_balance(**call, now=timezone.now())
    SubOrder.objects.update(balance_paid_at=timezone.now())  # somebody else's came first
    tell(balance.pk, Outcome.SUCCEEDED)
    SubOrder.objects.update(balance_paid_at=None)
    pay_refunds_back()

    again = fulfilment.pay_balance(**call, now=timezone.now())

    assert again.pk != balance.pk
    assert again.amount_vnd == 420_000
