from __future__ import annotations

import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.errors import CannotCancel
from marketplace.fulfilment.models import Placement
from marketplace.fulfilment.services import orders
from marketplace.shop.basket import services as baskets
from marketplace.statistics.models import SaleLine
from payments import services as payments
from payments.ledger.models import Account
from payments.models import Event, Operation
from payments.providers.base import Outcome
from tests.factories import ProduceFactory, RoomTypeFactory
from tests.shop.conftest import check_out, fill_with_nights, in_days, new_basket
from tests.shop.silent import hear, tell
from tourism.models import Booking

Order = get_model("order", "Order")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


@pytest.fixture
def placed() -> Any:
    """Two sacks (350.000 ₫, delivery 155.500 ₫) and two nights (600.000 ₫) of two sellers, unpaid."""
    rice = ProduceFactory(price_vnd=175_000, stock=2, weight_g=5_000)
    room = RoomTypeFactory(price_vnd=300_000, rooms=1, open_from=in_days(0))
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=2)
    fill_with_nights(basket, room, first_night=in_days(3), nights=2)
    made = check_out(basket)
    return SimpleNamespace(rice=rice, room=room, order=made.order, intent=made.intent)


def allocated(placed: Any) -> int:
    return placed.rice.product.stockrecords.get().num_allocated or 0


def nights_taken(placed: Any) -> int:
    return sum(placed.room.nights.values_list("taken", flat=True))


def balance(reference: str) -> int:
    return Account.objects.get(code=f"escrow:{reference}").balance_vnd


def test_a_paid_order_confirms_its_nights_and_is_counted_where_it_came_from(placed):
    tell(placed.intent.id, Outcome.SUCCEEDED)

    placed.order.refresh_from_db()
    assert placed.order.status == "paid"
    assert set(placed.order.suborders.values_list("status", flat=True)) == {"paid"}
    assert Booking.objects.get().state == "confirmed"
    assert (allocated(placed), nights_taken(placed)) == (2, 2)
    sales = SaleLine.objects.order_by("amount_vnd")
    assert [
        (sale.amount_vnd, sale.quantity, sale.kind, sale.provider, sale.buyer_province) for sale in sales
    ] == [
        (350_000, 2, "goods", "viettel", "01"),
        (600_000, 2, "nights", "viettel", "01"),
    ]
    assert [sale.commune for sale in sales] == [
        placed.rice.product.origin.commune,
        placed.room.stay.product.origin.commune,
    ]
    number = placed.order.number
    assert (balance(f"{number}-1"), balance(f"{number}-1-D"), balance(f"{number}-2")) == (
        350_000,
        155_500,
        600_000,
    )


def test_a_success_that_is_told_twice_is_counted_once(placed):
    tell(placed.intent.id, Outcome.SUCCEEDED)

    tell(placed.intent.id, Outcome.SUCCEEDED)

    assert SaleLine.objects.count() == 2
    assert balance(f"{placed.order.number}-2") == 600_000


def test_a_refusal_frees_everything_and_says_so(placed):
    tell(placed.intent.id, Outcome.FAILED)

    placed.order.refresh_from_db()
    assert placed.order.status == "cancelled"
    assert Placement.objects.get().release_reason == "refused"
    assert (allocated(placed), nights_taken(placed)) == (0, 0)
    assert not SaleLine.objects.exists()


def test_an_ended_hold_frees_everything_and_stops_waiting_for_the_money(placed):
    later = timezone.now() + timedelta(minutes=15, seconds=1)

    freed = fulfilment.release_ended_holds(now=later)

    placed.order.refresh_from_db()
    placed.intent.refresh_from_db()
    assert freed == 1
    assert (placed.order.status, placed.intent.state) == ("cancelled", "expired")
    assert (allocated(placed), nights_taken(placed)) == (0, 0)
    assert fulfilment.release_ended_holds(now=later) == 0


def test_a_hold_is_kept_until_its_last_second(placed):
    freed = fulfilment.release_ended_holds(now=timezone.now() + timedelta(minutes=14))

    assert freed == 0
    assert (allocated(placed), nights_taken(placed)) == (2, 2)


def test_money_after_the_hold_confirms_the_order_when_all_is_still_free(placed):
    fulfilment.release_ended_holds(now=timezone.now() + timedelta(hours=1))
    hear()

    tell(placed.intent.id, Outcome.SUCCEEDED)

    placed.order.refresh_from_db()
    assert placed.order.status == "paid"
    assert (allocated(placed), nights_taken(placed)) == (2, 2)
    assert Booking.objects.get().state == "confirmed"
    assert SaleLine.objects.count() == 2


def test_money_after_the_hold_goes_back_when_a_night_was_sold_meanwhile(placed):
    fulfilment.release_ended_holds(now=timezone.now() + timedelta(hours=1))
    hear()
    placed.room.nights.filter(night_on=in_days(4)).update(taken=1)

    tell(placed.intent.id, Outcome.SUCCEEDED)

    placed.order.refresh_from_db()
    assert placed.order.status == "cancelled"
    assert (allocated(placed), nights_taken(placed)) == (0, 1)
    refund = Operation.objects.get(kind=Operation.Kind.REFUND)
    assert refund.amount_vnd == 1_105_500
    assert not SaleLine.objects.exists()

    tell(placed.intent.id, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)

    assert Placement.objects.get().refunded_at is not None
    assert balance(f"{placed.order.number}-1") == 0
    assert sum(Account.objects.values_list("balance_vnd", flat=True)) == 0


def test_cancelling_before_paying_frees_everything(placed):
    fulfilment.cancel(number=placed.order.number, now=timezone.now())
    fulfilment.cancel(number=placed.order.number, now=timezone.now())

    placed.order.refresh_from_db()
    assert placed.order.status == "cancelled"
    assert Placement.objects.get().release_reason == "cancelled"
    assert (allocated(placed), nights_taken(placed)) == (0, 0)


def test_cancelling_a_paid_order_refunds_all_of_it_and_lowers_the_figures(placed):
    tell(placed.intent.id, Outcome.SUCCEEDED)

    fulfilment.cancel(number=placed.order.number, now=timezone.now())
    fulfilment.cancel(number=placed.order.number, now=timezone.now())
    tell(placed.intent.id, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)

    placed.order.refresh_from_db()
    placed.intent.refresh_from_db()
    assert (placed.order.status, placed.intent.state) == ("refunded", "refunded")
    assert (allocated(placed), nights_taken(placed)) == (0, 0)
    assert sum(SaleLine.objects.values_list("amount_vnd", flat=True)) == 0
    assert SaleLine.objects.count() == 4
    assert sum(Account.objects.filter(code__startswith="escrow:").values_list("balance_vnd", flat=True)) == 0


def test_one_part_can_be_refunded_while_the_others_stay_paid(placed):
    tell(placed.intent.id, Outcome.SUCCEEDED)
    number = placed.order.number

    fulfilment.refund_part(number=f"{number}-1", reason="the harvest failed", now=timezone.now())
    fulfilment.refund_part(number=f"{number}-1", reason="the harvest failed", now=timezone.now())
    tell(placed.intent.id, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)

    placed.order.refresh_from_db()
    assert placed.order.status == "paid"
    assert list(placed.order.suborders.order_by("number").values_list("status", flat=True)) == [
        "refunded",
        "paid",
    ]
    assert (allocated(placed), nights_taken(placed)) == (0, 2)
    assert (balance(f"{number}-1"), balance(f"{number}-1-D"), balance(f"{number}-2")) == (0, 0, 600_000)
    assert sum(SaleLine.objects.values_list("amount_vnd", flat=True)) == 600_000
    assert Operation.objects.filter(kind=Operation.Kind.REFUND).count() == 1


def test_a_stay_that_has_begun_cannot_be_cancelled(placed):
    tell(placed.intent.id, Outcome.SUCCEEDED)

    with pytest.raises(CannotCancel, match="a stay has begun"):
        fulfilment.cancel(number=placed.order.number, now=timezone.now() + timedelta(days=4))

    assert not Operation.objects.filter(kind=Operation.Kind.REFUND).exists()
    assert nights_taken(placed) == 2


def test_the_worker_may_die_between_the_report_and_the_order(placed, monkeypatch):
    class Died(BaseException):
        pass

    def die(**_: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr("marketplace.statistics.services.write_sales", die)
        with pytest.raises(Died):
            tell(placed.intent.id, Outcome.SUCCEEDED)
    placed.order.refresh_from_db()
    assert placed.order.status == "awaiting-payment"
    assert balance(f"{placed.order.number}-2") == 600_000
    Event.objects.filter(delivered_at=None).update(next_try_at=timezone.now())

    hear()

    placed.order.refresh_from_db()
    assert placed.order.status == "paid"
    assert SaleLine.objects.count() == 2


def test_an_order_whose_payment_was_never_recorded_is_freed_too(placed):
    Placement.objects.update(payment_id="00000000-0000-4000-8000-000000000000")

    freed = fulfilment.release_ended_holds(now=timezone.now() + timedelta(hours=1))

    placed.order.refresh_from_db()
    assert (freed, placed.order.status) == (1, "cancelled")


def test_a_second_payment_of_an_order_goes_back_and_the_first_stands(placed):
    fulfilment.release_ended_holds(now=timezone.now() + timedelta(hours=1))
    hear()
    second = payments.start_payment(
        intent_id=uuid.uuid4(),
        reference=placed.order.number,
        provider="vnpt",
        payer="+84399000001",
        shares={f"{placed.order.number}-2": 600_000},
        description="asked for by hand",
        expires_at=timezone.now() + timedelta(minutes=15),
        now=timezone.now(),
    )
    tell(second.id, Outcome.SUCCEEDED)
    tell(placed.intent.id, Outcome.SUCCEEDED)

    tell(second.id, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)

    placed.order.refresh_from_db()
    assert placed.order.status == "paid"
    assert sum(SaleLine.objects.values_list("amount_vnd", flat=True)) == 950_000
    assert balance(f"{placed.order.number}-2") == 600_000


def test_money_for_an_order_its_buyer_cancelled_goes_back_though_all_is_free(placed):
    fulfilment.cancel(number=placed.order.number, now=timezone.now())
    hear()

    tell(placed.intent.id, Outcome.SUCCEEDED)
    tell(placed.intent.id, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)

    placed.order.refresh_from_db()
    assert placed.order.status == "cancelled"
    assert Placement.objects.get().refunded_at is not None
    assert (allocated(placed), nights_taken(placed)) == (0, 0)
    assert not SaleLine.objects.exists()


def test_an_order_that_cannot_be_freed_does_not_keep_the_others_held(placed, monkeypatch):
    other = new_basket()
    fill_with_nights(other, placed.room, first_night=in_days(10))
    fine = check_out(other)
    real = orders.free

    def stumble(order: Any, parts: Any, *, now: Any) -> None:
        if order.pk == placed.order.pk:
            raise RuntimeError("a row nobody expected")
        real(order, parts, now=now)

    monkeypatch.setattr(orders, "free", stumble)

    freed = fulfilment.release_ended_holds(now=timezone.now() + timedelta(hours=1))

    assert freed == 1
    assert Order.objects.get(pk=fine.order.pk).status == "cancelled"
    assert Order.objects.get(pk=placed.order.pk).status == "awaiting-payment"
