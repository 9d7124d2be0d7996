"""A seller's home: the own parts of paid orders, and what they come to (hazards H9 and H10).

Plain Oscar shows a seller with one line of five the whole order with its address, and adds all of it to the
seller's revenue: 87 631 instead of 29 696.
"""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.utils import timezone

from marketplace.fulfilment import services as fulfilment
from marketplace.sellers import selectors
from marketplace.sellers.models import Member, Seller, SubOrder
from marketplace.shop.basket import services as baskets
from payments.models import Operation, Payout, PayoutBatch, PayoutRun
from payments.providers.base import Outcome
from tests.factories import ProduceFactory, RoomTypeFactory, SellerFactory, StayFactory, UserFactory
from tests.shop.conftest import (  # noqa: F401  # noqa: F401  (fixtures)
    _silent_wallet,
    check_out,
    fill_with_nights,
    in_days,
    new_basket,
    post,
    stay_options,
    visitor,
)
from tests.shop.silent import tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


@pytest.fixture
def farmer() -> Seller:
    return SellerFactory(name="Hộ ông Giàng A Páo")


@pytest.fixture
def host() -> Seller:
    return SellerFactory(name="Hộ bà Lường Thị Hương")


@pytest.fixture
def farmers_page(visitor: Any, farmer: Seller) -> Any:  # noqa: F811
    person = UserFactory()
    Member.objects.create(seller=farmer, user=person)
    visitor.force_login(person)
    return lambda: visitor.get("/sell/").content.decode()


def order_from(farmer: Seller, host: Seller, *, wish: bool = True) -> Any:
    """Two lines of the farmer (200.000 ₫) and two of the host (550.000 ₫) in one order, unpaid."""
    rice, tea = (
        ProduceFactory(seller=farmer, title=title, price_vnd=price_vnd, weight_g=500)
        for title, price_vnd in (("Gạo tám", 120_000), ("Chè Shan", 80_000))
    )
    honey = ProduceFactory(seller=host, title="Mật ong", price_vnd=250_000, weight_g=500)
    stay = StayFactory(seller=host, title="Nhà sàn Bản Mển")
    room = RoomTypeFactory(stay=stay, title="Phòng đôi", price_vnd=300_000, open_from=in_days(0))
    basket = new_basket()
    for produce in (rice, tea, honey):
        baskets.add_goods(basket, product_id=produce.product_id, quantity=1)
    fill_with_nights(basket, room, first_night=in_days(3))
    return check_out(basket)


def test_a_seller_sees_the_own_lines_of_a_paid_order_and_no_others(farmer, host, farmers_page):
    placed = order_from(farmer, host)
    tell(placed.intent.id, Outcome.SUCCEEDED)

    page = farmers_page()

    assert f"{placed.order.number}-1" in page
    assert "1 × Gạo tám" in page
    assert "1 × Chè Shan" in page
    assert "200.000\xa0₫" in page
    for foreign in (
        f"{placed.order.number}-2",
        "Mật ong",
        "Nhà sàn Bản Mển",
        host.name,
        "550.000",
        "750.000",
    ):
        assert foreign not in page


def test_an_unpaid_or_cancelled_order_is_nobodys_work(farmer, host, farmers_page):
    unpaid, cancelled = order_from(farmer, host), order_from(farmer, host)
    fulfilment.cancel(number=cancelled.order.number, now=timezone.now())

    page = farmers_page()

    assert "No paid orders yet" in page
    for placed in (unpaid, cancelled):
        assert placed.order.number not in page
    assert "Lò Thị Mai" not in page
    assert selectors.earned([farmer]) == selectors.Earned(0, 0)


def test_what_a_seller_earned_is_the_sum_of_the_own_parts(farmer, host):
    for _ in range(3):
        tell(order_from(farmer, host).intent.id, Outcome.SUCCEEDED)
    order_from(farmer, host)

    assert selectors.earned([farmer]) == selectors.Earned(parts=3, lines_vnd=600_000)
    assert selectors.earned([host]) == selectors.Earned(parts=3, lines_vnd=1_650_000)
    assert selectors.earned([farmer, host]) == selectors.Earned(parts=6, lines_vnd=2_250_000)
    assert selectors.earned([SellerFactory()]) == selectors.Earned(0, 0)


def test_a_refunded_part_is_earned_no_more_and_says_so(farmer, host, farmers_page):
    kept, refunded = order_from(farmer, host), order_from(farmer, host)
    for placed in (kept, refunded):
        tell(placed.intent.id, Outcome.SUCCEEDED)

    fulfilment.refund_part(number=f"{refunded.order.number}-1", reason="mất mùa", now=timezone.now())
    waiting = farmers_page()
    tell(refunded.intent.id, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)

    assert 'data-status="refunding"' in waiting
    assert 'data-status="refunded"' in farmers_page()
    assert selectors.earned([farmer]) == selectors.Earned(parts=1, lines_vnd=200_000)
    assert selectors.earned([host]) == selectors.Earned(parts=2, lines_vnd=1_100_000)


def test_the_address_is_for_whoever_sends_something(farmer, host, visitor):  # noqa: F811
    room = RoomTypeFactory(stay=StayFactory(seller=host), open_from=in_days(0))
    rice = ProduceFactory(seller=farmer, weight_g=500)
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=1)
    fill_with_nights(basket, room, first_night=in_days(3))
    tell(check_out(basket).intent.id, Outcome.SUCCEEDED)

    pages = {}
    for seller in (farmer, host):
        person = UserFactory()
        Member.objects.create(seller=seller, user=person)
        visitor.force_login(person)
        pages[seller] = visitor.get("/sell/").content.decode()

    assert "Hàng Mã" in pages[farmer]
    assert "Hàng Mã" not in pages[host]


def test_a_list_of_orders_costs_the_same_for_every_number_of_them(farmer, host, django_assert_num_queries):
    for _ in range(3):
        tell(order_from(farmer, host).intent.id, Outcome.SUCCEEDED)

    with django_assert_num_queries(2):
        parts = list(selectors.suborders_of([farmer]))
        lines = [line.title for part in parts for line in part.order.own_lines]

    assert len(parts) == 3
    assert sorted(set(lines)) == ["Chè Shan", "Gạo tám"]


def test_strangers_sign_in_and_people_who_sell_nothing_hear_how_to_begin(visitor):  # noqa: F811
    assert visitor.get("/sell/").url == "/accounts/login/?next=/sell/"
    visitor.force_login(UserFactory())

    page = visitor.get("/sell/")

    assert page.status_code == 403
    assert "You do not sell here yet" in page.content.decode()


def test_a_payout_that_came_back_is_told_at_home(farmer, host, farmers_page):
    now = timezone.now()
    run = PayoutRun.objects.create(pk=uuid.uuid4(), minimum_vnd=1, started_by="test", created_at=now)
    batch = PayoutBatch.objects.create(
        pk=uuid.uuid4(),
        run=run,
        provider="viettel",
        state="ended",
        created_at=now,
        ended_at=now,
    )
    for seller, amount_vnd in ((farmer, 327_250), (host, 90_000)):
        Payout.objects.create(
            pk=uuid.uuid4(),
            batch=batch,
            payee=seller.payee,
            name=seller.name,
            provider="viettel",
            wallet="+84398000007",
            amount_vnd=amount_vnd,
            state="failed",
            created_at=now,
            ended_at=now,
        )

    page = farmers_page()

    assert "327.250\xa0₫ could not be paid to you." in page
    assert "90.000" not in page
    Payout.objects.filter(payee=farmer.payee).update(state="by_hand", evidence="VCB 1", settled_by="Pâng")
    assert "could not be paid" not in farmers_page()


def test_what_is_paid_on_hand_over_is_work_to_prepare_and_not_earned_yet(farmer, host, farmers_page):
    placed = order_from(farmer, host)
    placed.order.suborders.update(status=SubOrder.Status.ON_HANDOVER)

    page = farmers_page()

    assert "1 × Gạo tám" in page
    assert "the buyer pays in cash at the post office" in page
    assert "there is nothing to prepare" not in page
    assert selectors.earned([farmer]) == selectors.Earned(0, 0)


def test_of_a_deposit_only_what_has_come_is_earned(farmer, host):
    placed = order_from(farmer, host)
    tell(placed.intent.id, Outcome.SUCCEEDED)
    part = placed.order.suborders.get(seller=farmer)
    SubOrder.objects.filter(pk=part.pk).update(due_now_vnd=60_000, balance_due_on=in_days(2))

    assert selectors.earned([farmer]) == selectors.Earned(parts=1, lines_vnd=60_000)
    SubOrder.objects.filter(pk=part.pk).update(balance_paid_at=timezone.now())
    assert selectors.earned([farmer]) == selectors.Earned(parts=1, lines_vnd=200_000)
