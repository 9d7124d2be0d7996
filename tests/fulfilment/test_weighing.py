"""Goods paid by what they weigh: ducks of about 2.5 kg at 100.000 ₫ a kilogram, 10 % more at most."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.books import compare
from marketplace.fulfilment.errors import CannotPay, CannotWeigh, ImplausibleWeight, WeighingConflict
from marketplace.fulfilment.models import CatchWeight, Weighing
from marketplace.messaging.models import Message
from marketplace.sellers.models import SubOrder
from marketplace.settlement import selectors, statements
from marketplace.settlement.models import LineSplit
from marketplace.settlement.months import month_of
from payments.models import Operation
from payments.providers.base import Outcome
from tests.factories import ProduceFactory, RoomTypeFactory, StayFactory
from tests.settlement.conftest import (  # noqa: F401  (fixtures)
    _paying_wallet,
    _silent_wallet,
    balances,
    deliver,
    household,
    pay,
    place,
    post,
    refund_went,
    release,
    stay_options,
)
from tests.shop.conftest import PHONE, in_days
from tests.shop.silent import tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post")]


@pytest.fixture
def duck(household):  # noqa: F811
    return ProduceFactory(
        title="Vịt bầu", category="livestock", unit="head", weight_g=2_500, price_vnd=250_000,
        stock=10, is_weighed=True, seller=household,
    )  # fmt: skip


def order_of(*goods):
    order = place(*goods)
    pay(order)
    return order


def part_of(order):
    return order.suborders.select_related("order", "seller").get()


def line_of(order):
    return order.lines.get(catch_weight__isnull=False)


def weigh(order, weight_g, **changes):
    call = {"line_id": line_of(order).pk, "weight_g": weight_g, "weighing_id": uuid4(), "by": None}
    return fulfilment.weigh_line(**(call | changes), now=timezone.now())


def pay_rest(order):
    intent = fulfilment.pay_balance(number=order.number, provider="vnpt", payer=PHONE, now=timezone.now())
    tell(intent.pk, Outcome.SUCCEEDED)
    return intent


def told(order):
    """What was said to the buyer by SMS; in English, while nobody has translated it."""
    return list(Message.objects.filter(to=str(order.placement.phone)).values_list("text", flat=True))


def own(part):
    return f"payable:seller-{part.seller_id}"


def assert_books_agree(part):
    """Every đồng of the part: its page, the ledger, the statement and the communes' figures say the same."""
    (split,) = selectors.split_of_order(part.order).parts
    found = balances(own(part))
    assert found.get(own(part), 0) == split.seller_vnd
    assert found.get("revenue:commission", 0) == split.commission_vnd
    assert found.get("tax:vat", 0) == split.vat_vnd
    assert found.get("tax:pit", 0) == split.pit_vnd
    month = month_of(timezone.now())
    statement = statements.statement(seller=part.seller, begins_at=month.begins_at, ends_at=month.ends_at)
    assert statement.closing_vnd == split.seller_vnd
    assert compare().differences == []


def test_the_estimate_is_paid_with_the_order_and_the_margin_is_only_agreed_to(duck):
    order = order_of((duck, 2))

    part = part_of(order)
    weight = CatchWeight.objects.get()
    assert (weight.estimate_g, weight.ceiling_g) == (5_000, 5_500)
    assert (weight.estimate_vnd, weight.ceiling_vnd) == (500_000, 550_000)
    assert (part.status, part.lines_vnd, part.due_now_vnd) == ("paid", 550_000, 500_000)
    with pytest.raises(CannotPay, match="Nothing is left to pay"):
        pay_rest(order)


def test_what_weighs_less_is_paid_back_and_everybody_gets_less(duck):
    order = order_of((duck, 2))

    weighing = weigh(order, 4_800)

    assert (weighing.price_vnd, weighing.refunded_vnd, weighing.top_up_vnd) == (480_000, 20_000, 0)
    assert told(order) == [f"{order.number}: Vit bau weighs 4,8 kg. 20.000 d goes back to you."]
    refund_went(order)
    part = part_of(order)
    release(part)
    assert balances(own(part)) | {"payable:carrier-post": 0} == {
        "payable:carrier-post": 0,
        "revenue:commission": 24_000,
        "tax:vat": 4_800,
        "tax:pit": 2_400,
        own(part): 448_800,
    }
    assert_books_agree(part)


def test_what_weighs_as_estimated_costs_what_was_paid(duck):
    order = order_of((duck, 2))

    weighing = weigh(order, 5_000)

    assert (weighing.price_vnd, weighing.refunded_vnd, weighing.top_up_vnd) == (500_000, 0, 0)
    part = part_of(order)
    assert part.balance_vnd == 0
    release(part)
    assert_books_agree(part)


def test_what_weighs_more_is_asked_for_and_paid_by_a_second_payment(duck):
    order = order_of((duck, 2))

    weighing = weigh(order, 5_200)

    assert (weighing.price_vnd, weighing.refunded_vnd, weighing.top_up_vnd) == (520_000, 0, 20_000)
    assert told(order) == [f"{order.number}: Vit bau weighs 5,2 kg. Please pay 20.000 d more."]
    part = part_of(order)
    assert (part.balance_vnd, part.balance_due_on) == (20_000, in_days(3))
    assert pay_rest(order).amount_vnd == 20_000
    part.refresh_from_db()
    release(part)
    assert balances(own(part))[own(part)] == 486_200
    assert_books_agree(part)


def test_nobody_pays_more_than_the_ceiling(duck):
    order = order_of((duck, 2))

    weighing = weigh(order, 6_100)

    assert (weighing.price_vnd, weighing.top_up_vnd) == (550_000, 50_000)


def test_told_twice_a_weighing_is_noted_once_and_another_weight_under_its_id_is_refused(duck):
    order = order_of((duck, 2))
    first = weigh(order, 4_800)

    again = weigh(order, 4_800, weighing_id=first.pk)

    assert (again.pk, Weighing.objects.count()) == (first.pk, 1)
    assert Operation.objects.filter(kind=Operation.Kind.REFUND).count() == 1
    with pytest.raises(WeighingConflict, match="4,8 kg"):
        weigh(order, 4_700, weighing_id=first.pk)


def test_weighed_again_it_may_cost_less_but_never_more_than_the_buyer_was_told(duck):
    order = order_of((duck, 2))
    weigh(order, 5_200)
    weigh(order, 5_100)

    weighing = weigh(order, 4_900)

    assert (weighing.refunded_vnd, part_of(order).balance_vnd) == (10_000, 0)
    with pytest.raises(CannotWeigh, match="has been told a lower weight"):
        weigh(order, 5_000)
    assert [each.weight_g for each in Weighing.objects.order_by("weighed_at")] == [5_200, 5_100, 4_900]
    refund_went(order)
    release(part_of(order))
    assert_books_agree(part_of(order))


def test_weighed_lighter_after_the_rest_was_paid_the_difference_goes_back(duck):
    order = order_of((duck, 2))
    weigh(order, 5_400)
    pay_rest(order)

    weighing = weigh(order, 4_700)

    assert (weighing.price_vnd, weighing.refunded_vnd) == (470_000, 70_000)
    refund_went(order)
    for intent in {each.intent_id for each in Operation.objects.filter(kind=Operation.Kind.REFUND)}:
        tell(intent, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)
    release(part_of(order))
    assert_books_agree(part_of(order))


def test_a_comma_in_the_wrong_place_is_refused_and_nothing_changes(duck):
    order = order_of((duck, 2))

    with pytest.raises(ImplausibleWeight, match="about 5 kg, not 0,48 kg"):
        weigh(order, 480)
    with pytest.raises(ImplausibleWeight, match="about 5 kg, not 48 kg"):
        weigh(order, 48_000)

    assert not Weighing.objects.exists()


def test_what_is_not_paid_cancelled_or_handed_over_cannot_be_weighed(duck):
    unpaid = place((duck, 1))
    with pytest.raises(CannotWeigh, match="It is not paid"):
        weigh(unpaid, 2_500)
    cancelled = order_of((duck, 1))
    fulfilment.cancel(number=cancelled.number, now=timezone.now())
    with pytest.raises(CannotWeigh, match="was cancelled"):
        weigh(cancelled, 2_500)
    given = order_of((duck, 1))
    deliver(part_of(given))

    with pytest.raises(CannotWeigh, match="handed over already"):
        weigh(given, 2_500)


def test_cancelled_before_it_is_weighed_all_that_was_paid_goes_back(duck):
    order = order_of((duck, 2))

    fulfilment.cancel(number=order.number, now=timezone.now())
    refund_went(order)

    assert part_of(order).status == SubOrder.Status.REFUNDED
    assert sum(Operation.objects.filter(kind="refund").values_list("amount_vnd", flat=True)) == (
        500_000 + part_of(order).delivery_vnd
    )
    assert compare().differences == []


@pytest.mark.usefixtures("stay_options")
def test_beside_rice_and_a_night_only_the_duck_is_weighed(duck, household):  # noqa: F811
    rice = ProduceFactory(price_vnd=175_000, stock=10, weight_g=5_000, seller=household)
    room = RoomTypeFactory(price_vnd=300_000, rooms=1, open_from=in_days(0))
    order = place((duck, 1), (rice, 1), room=room)
    pay(order)

    weigh(order, 2_400)

    assert list(LineSplit.objects.order_by("pk").values_list("gross_vnd", "refunded_vnd", "waived_vnd")) == [
        (275_000, 10_000, 25_000), (175_000, 0, 0), (300_000, 0, 0),
    ]  # fmt: skip
    refund_went(order)
    assert compare().differences == []


@pytest.mark.usefixtures("stay_options")
def test_beside_a_deposit_only_the_rest_of_the_night_is_still_to_be_paid(duck, household):  # noqa: F811
    stay = StayFactory(deposit_percent=30, seller=household)
    room = RoomTypeFactory(stay=stay, price_vnd=1_000_000, rooms=1, open_from=in_days(0))
    order = place((duck, 1), room=room)
    pay(order)
    due_on = part_of(order).balance_due_on

    weigh(order, 2_400)

    part = part_of(order)
    assert (part.balance_vnd, part.balance_due_on) == (700_000, due_on)
    assert pay_rest(order).amount_vnd == 700_000
    refund_went(order)
    assert LineSplit.objects.get(line=line_of(order)).net_vnd == 240_000
    assert compare().differences == []


def test_delivered_without_being_weighed_the_estimate_is_the_price(duck):
    order = order_of((duck, 2))
    part = part_of(order)
    deliver(part)

    assert fulfilment.close_weights(now=timezone.now()) == 1
    assert fulfilment.close_weights(now=timezone.now()) == 0

    assert LineSplit.objects.get().net_vnd == 500_000
    assert compare().differences == []


def test_a_rest_that_nobody_paid_in_time_is_let_go(duck):
    order = order_of((duck, 2))
    weigh(order, 5_200)

    assert fulfilment.close_weights(now=timezone.now() + timedelta(days=3)) == 0
    assert fulfilment.close_weights(now=timezone.now() + timedelta(days=4)) == 1

    assert part_of(order).balance_vnd == 0
    assert LineSplit.objects.get().net_vnd == 500_000
    assert compare().differences == []
