"""One order, several payments: again in another way, a deposit and its balance, cash on hand-over."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.delivery.models import Destination, PostOffice, Province, Rate
from marketplace.delivery.services import Wish
from marketplace.errors import Invalid
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.errors import CannotCancel, CannotPay
from marketplace.fulfilment.models import Placement
from marketplace.settlement.models import PartClock
from marketplace.shop.basket import services as baskets
from marketplace.shop.checkout import services as checkout
from marketplace.statistics.models import SaleLine
from payments import services as payments
from payments.ledger.selectors import balance_vnd
from payments.models import Intent, Operation
from payments.providers.base import Outcome
from tests.factories import CommuneFactory, ProduceFactory, RoomTypeFactory
from tests.shop.conftest import PHONE, check_out, fill_with_nights, in_days, new_basket
from tests.shop.silent import hear, tell
from tourism.models import Booking

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

OTHER = "+84399000002"


def rice_order(stock: int = 2, **changes: Any) -> checkout.Placed:
    """Two sacks, 350.000 ₫ and 155.500 ₫ of delivery."""
    rice = ProduceFactory(price_vnd=175_000, stock=stock, weight_g=5_000)
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=2)
    return check_out(basket, **changes)


def pay_again(placed: checkout.Placed, **changes: Any) -> Intent:
    wanted = {"provider": "vnpt", "payer": OTHER, "now": timezone.now()}
    return fulfilment.pay_again(number=placed.order.number, **wanted | changes)


def status_of(placed: checkout.Placed) -> str:
    placed.order.refresh_from_db()
    return placed.order.status


# --- Again, in another way -----------------------------------------------------------------------


def test_a_refused_order_is_paid_from_another_wallet():
    placed = rice_order()
    tell(placed.intent.pk, Outcome.FAILED)
    assert status_of(placed) == "cancelled"

    second = pay_again(placed)
    again = pay_again(placed)
    tell(second.pk, Outcome.SUCCEEDED)

    assert again == second
    assert (second.provider, second.payer, second.amount_vnd) == ("vnpt", OTHER, 505_500)
    assert status_of(placed) == "paid"
    assert placed.order.lines.get().num_allocated == 2
    assert SaleLine.objects.get().provider == "vnpt"


def test_who_chooses_another_way_is_no_longer_asked_in_the_first():
    placed = rice_order()

    second = pay_again(placed)

    placed.intent.refresh_from_db()
    assert (placed.intent.state, second.state) == ("expired", "pending")
    hear()
    assert status_of(placed) == "awaiting-payment"


def test_the_first_money_counts_and_the_second_goes_back():
    placed = rice_order()
    second = pay_again(placed)
    tell(placed.intent.pk, Outcome.SUCCEEDED)
    assert status_of(placed) == "paid"
    assert Placement.objects.get().payment_id == placed.intent.pk

    tell(second.pk, Outcome.SUCCEEDED)

    refund = Operation.objects.get(kind=Operation.Kind.REFUND)
    assert (refund.intent_id, refund.amount_vnd) == (second.pk, 505_500)
    assert SaleLine.objects.count() == 1


def test_an_order_whose_goods_were_sold_meanwhile_is_not_paid_again():
    placed = rice_order()
    tell(placed.intent.pk, Outcome.FAILED)
    placed.order.lines.get().stockrecord.allocate(1)

    with pytest.raises(CannotPay, match="sold meanwhile"):
        pay_again(placed)

    assert status_of(placed) == "cancelled"
    assert Intent.objects.count() == 1


@pytest.mark.parametrize("state", ["paid", "cancelled", "old"])
def test_what_is_paid_or_given_up_is_not_paid_again(state):
    placed = rice_order()
    now = timezone.now()
    if state == "paid":
        tell(placed.intent.pk, Outcome.SUCCEEDED)
    elif state == "cancelled":
        fulfilment.cancel(number=placed.order.number, now=now)
    else:
        tell(placed.intent.pk, Outcome.FAILED)
        now += timedelta(hours=25)

    with pytest.raises(CannotPay, match=placed.order.number):
        pay_again(placed, now=now)


# --- A deposit and its balance -------------------------------------------------------------------


@pytest.fixture
def deposited() -> checkout.Placed:
    """Two nights, 600.000 ₫, of which 30 % are paid: the balance is due the day before arrival."""
    room = RoomTypeFactory(price_vnd=300_000, rooms=1, open_from=in_days(0))
    room.stay.deposit_percent = 30
    room.stay.save()
    basket = new_basket()
    fill_with_nights(basket, room, first_night=in_days(10), nights=2)
    placed = check_out(basket, wish=None)
    tell(placed.intent.pk, Outcome.SUCCEEDED)
    return placed


def pay_balance(placed: checkout.Placed, **changes: Any) -> Intent:
    wanted = {"provider": "vnpt", "payer": OTHER, "now": timezone.now()}
    return fulfilment.pay_balance(number=placed.order.number, **wanted | changes)


def test_a_deposit_books_the_nights_and_is_no_sale_yet(deposited):
    part = deposited.order.suborders.get()

    assert deposited.intent.amount_vnd == 180_000
    assert status_of(deposited) == "paid"
    assert Booking.objects.get().state == "confirmed"
    assert (part.balance_vnd, part.balance_due_on) == (420_000, in_days(9))
    assert not SaleLine.objects.exists()


def test_the_balance_makes_it_a_sale(deposited):
    balance = pay_balance(deposited)
    assert pay_balance(deposited) == balance

    tell(balance.pk, Outcome.SUCCEEDED)

    part = deposited.order.suborders.get()
    assert balance.amount_vnd == 420_000
    assert part.balance_vnd == 0
    assert balance_vnd(f"escrow:{part.number}") == 600_000
    assert SaleLine.objects.get().amount_vnd == 600_000
    with pytest.raises(CannotPay, match="Nothing is left to pay"):
        pay_balance(deposited)


def test_a_balance_that_comes_for_a_cancelled_order_goes_back(deposited):
    balance = pay_balance(deposited)
    fulfilment.cancel(number=deposited.order.number, now=timezone.now())

    tell(balance.pk, Outcome.SUCCEEDED)

    refunds = Operation.objects.filter(kind=Operation.Kind.REFUND).order_by("amount_vnd")
    assert [refund.amount_vnd for refund in refunds] == [180_000, 420_000]


def test_cancelling_gives_deposit_and_balance_back_each_to_its_payer(deposited):
    balance = pay_balance(deposited)
    tell(balance.pk, Outcome.SUCCEEDED)

    fulfilment.cancel(number=deposited.order.number, now=timezone.now())
    hear()
    for refund in Operation.objects.filter(kind=Operation.Kind.REFUND):
        payments.submit(operation_id=refund.pk, now=timezone.now())
        tell(refund.intent_id, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)

    assert status_of(deposited) == "refunded"
    assert balance_vnd(f"escrow:{deposited.order.number}-1") == 0
    assert sum(SaleLine.objects.values_list("amount_vnd", flat=True)) == 0


def test_who_arrives_soon_pays_everything_at_once():
    room = RoomTypeFactory(price_vnd=300_000, rooms=1, open_from=in_days(0))
    room.stay.deposit_percent = 30
    room.stay.save()
    basket = new_basket()
    fill_with_nights(basket, room, first_night=in_days(2))

    placed = check_out(basket, wish=None)

    assert placed.intent.amount_vnd == 300_000


# --- Cash, when the goods are handed over --------------------------------------------------------


@pytest.fixture
def _cash(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = settings.PAYMENT_PROVIDERS | {
        "cash": {
            "class": "payments.providers.cash.CashProvider",
            "label": "Cash",
            "limits": {"max_vnd": 1_000_000},
            "needs": "post_office",
        }
    }


@pytest.fixture
def to_the_office(post: None) -> Wish:
    Province.objects.get_or_create(code="11", defaults={"name": "Tỉnh Điện Biên", "zone": "Z3"})
    Rate.objects.get_or_create(
        zone="Z3",
        valid_from="2025-01-01",
        defaults={"first_g": 500, "first_vnd": 8_500, "step_g": 500, "step_vnd": 1_000, "days": 1},
    )
    PostOffice.objects.create(code="380000", name="Bưu cục Mường Phăng", commune=CommuneFactory())
    return Wish(method=Destination.Method.POST_OFFICE, post_office_code="380000")


@pytest.mark.usefixtures("_cash")
def test_cash_is_paid_when_the_goods_are_handed_over(to_the_office):
    placed = rice_order(provider="cash", payer="", wish=to_the_office)
    assert status_of(placed) == "on-handover"
    assert fulfilment.release_ended_holds(now=timezone.now() + timedelta(days=20)) == 0

    payments.count_cash(
        operation_id=placed.intent.operations.get().pk,
        till="380000",
        counted_vnd=placed.intent.amount_vnd,
        by="Lò Văn Pọm",
        now=timezone.now(),
    )
    hear()

    assert status_of(placed) == "paid"
    assert PartClock.objects.get().delivered_at is not None
    with pytest.raises(CannotCancel):
        fulfilment.cancel(number=placed.order.number, now=timezone.now())


@pytest.mark.usefixtures("_cash")
def test_what_nobody_collects_is_free_again(to_the_office):
    placed = rice_order(provider="cash", payer="", wish=to_the_office)

    freed = fulfilment.release_ended_holds(now=timezone.now() + timedelta(days=21, minutes=1))

    assert (freed, status_of(placed)) == (1, "cancelled")


@pytest.mark.usefixtures("_cash")
def test_cash_is_for_what_a_post_office_hands_over_and_not_for_too_much(to_the_office):
    with pytest.raises(Invalid, match="cannot be paid that way"):
        rice_order(provider="cash", payer="")
    dear = ProduceFactory(price_vnd=600_000, stock=10, weight_g=500)
    basket = new_basket()
    baskets.add_goods(basket, product_id=dear.product_id, quantity=2)
    with pytest.raises(Invalid, match="cannot be paid that way"):
        check_out(basket, provider="cash", payer="", wish=to_the_office)


def test_a_payment_of_another_sum_is_not_this_orders():
    placed = rice_order()
    tell(placed.intent.pk, Outcome.FAILED)
    stray = payments.start_payment(
        intent_id=uuid.uuid4(),
        reference=placed.order.number,
        provider="vnpt",
        payer=PHONE,
        shares={f"{placed.order.number}-1": 1_000},
        description="by hand",
        expires_at=timezone.now() + timedelta(minutes=15),
        now=timezone.now(),
    )

    tell(stray.pk, Outcome.SUCCEEDED)

    assert status_of(placed) == "cancelled"
    assert Operation.objects.get(kind=Operation.Kind.REFUND).amount_vnd == 1_000
