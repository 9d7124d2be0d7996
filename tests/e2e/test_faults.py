"""Callbacks lost and doubled, processes killed: every order ends paid or released, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.fulfilment.models import Placement
from marketplace.shop.basket import services as baskets
from marketplace.shop.checkout import services as checkout
from marketplace.statistics.models import SaleLine
from payments.ledger.models import Account
from payments.models import Intent, Operation
from tests.e2e.market import Market
from tests.shop.conftest import WISH, fill_with_nights, in_days, new_basket
from tests.wallet_operator import wait_until

Order = get_model("order", "Order")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

RICE_VND, NIGHTS_VND, DELIVERY_VND = 90_000, 600_000, 51_500


@pytest.fixture(autouse=True)
def _a_good_day(market: Market) -> Iterator[None]:
    yield
    market.wallet.no_faults()


@pytest.fixture
def placed(market: Market, goods: Any, payer: str, settings: Any) -> checkout.Placed:
    """Rice and two nights, ordered from here through the same code, asked for at the running operator."""
    for code, provider in settings.PAYMENT_PROVIDERS.items():
        if "base_url" in provider.get("options", {}):
            provider["options"]["base_url"] = f"{market.wallet.base_url}/{code}/v1.2/mm"
    settings.PAYMENT_PROVIDERS = dict(settings.PAYMENT_PROVIDERS)
    settings.PUBLIC_BASE_URL = market.base_url
    basket = new_basket()
    baskets.add_goods(basket, product_id=goods.rice.product_id, quantity=1)
    fill_with_nights(basket, goods.room, first_night=in_days(5), nights=2)
    return checkout.check_out(
        basket=basket,
        buyer=checkout.Buyer(payer, "Lò Thị Mai"),
        wish=WISH,
        provider="viettel",
        payer=payer,
        agreed_total_vnd=RICE_VND + NIGHTS_VND + DELIVERY_VND,
        now=timezone.now(),
    )


def status(placed: checkout.Placed) -> str:
    return Order.objects.values_list("status", flat=True).get(pk=placed.order.pk)


def approve(market: Market, placed: checkout.Placed) -> None:
    prompt = market.wallet.wait_for_prompt(str(placed.order.placement.payer), reference=placed.order.number)
    market.wallet.accept(prompt["id"])


def wait_until_paid(market: Market, placed: checkout.Placed) -> None:
    wait_until(lambda: status(placed) == "paid", "the order is paid", timeout_s=40, told_by=market.log)


def assert_counted_once(placed: checkout.Placed) -> None:
    total_vnd = RICE_VND + NIGHTS_VND + DELIVERY_VND
    escrow = Account.objects.filter(code__startswith=f"escrow:{placed.order.number}")
    assert sum(escrow.values_list("balance_vnd", flat=True)) == total_vnd
    assert sum(SaleLine.objects.values_list("amount_vnd", flat=True)) == RICE_VND + NIGHTS_VND
    assert sum(Account.objects.values_list("balance_vnd", flat=True)) == 0


def test_a_lost_callback_is_made_good_by_asking(market, placed):
    market.wallet.faults(drop_callbacks=1)

    approve(market, placed)

    wait_until_paid(market, placed)
    assert_counted_once(placed)


def test_a_callback_that_comes_twice_is_counted_once(market, placed):
    market.wallet.faults(duplicate_callbacks=1)

    approve(market, placed)

    wait_until_paid(market, placed)
    assert_counted_once(placed)


def test_a_worker_killed_between_the_report_and_the_order_is_made_good_after_its_restart(market, placed):
    market.kill("worker")
    market.kill("beat")
    approve(market, placed)
    wait_until(
        lambda: Intent.objects.filter(pk=placed.intent.pk, state="succeeded").exists(),
        "the report is recorded",
        told_by=market.log,
    )
    assert status(placed) == "awaiting-payment"

    market.restart("worker")
    market.restart("beat")

    wait_until_paid(market, placed)
    assert_counted_once(placed)


def test_an_operator_killed_during_the_pin_takes_the_payment_after_its_restart(market, placed):
    market.wallet.wait_for_prompt(str(placed.order.placement.payer), reference=placed.order.number)
    market.wallet.kill()
    market.wallet.restart()

    approve(market, placed)

    wait_until_paid(market, placed)
    assert_counted_once(placed)


def test_a_hold_that_ends_is_freed_within_ten_seconds(market, placed, goods):
    Placement.objects.update(hold_expires_at=timezone.now())

    wait_until(lambda: status(placed) == "cancelled", "the order is freed", timeout_s=10, told_by=market.log)

    goods.rice.product.stockrecords.get(num_allocated=0)
    assert not goods.room.nights.filter(taken__gt=0).exists()


def test_the_prompt_on_the_phone_closes_when_the_hold_ends(market, placed, payer):
    before_vnd = market.wallet.balance_vnd(payer)
    prompt = market.wallet.wait_for_prompt(str(placed.order.placement.payer), reference=placed.order.number)
    end_hold(placed)
    wait_until(lambda: status(placed) == "cancelled", "the order is freed", timeout_s=10, told_by=market.log)

    wait_until(
        lambda: Operation.objects.filter(kind="void", state="succeeded").exists(),
        "the prompt is withdrawn",
        timeout_s=40,
        told_by=market.log,
    )

    assert market.wallet.answer(prompt["id"], accept=True).status_code == 409
    assert market.wallet.balance_vnd(payer) == before_vnd


def test_money_after_the_hold_goes_back_to_the_wallet_when_the_room_was_sold(market, placed, goods, payer):
    before_vnd = market.wallet.balance_vnd(payer)
    prompt = market.wallet.wait_for_prompt(str(placed.order.placement.payer), reference=placed.order.number)
    market.wallet.kill()  # nobody is there to withdraw the prompt
    end_hold(placed)
    wait_until(lambda: status(placed) == "cancelled", "the order is freed", timeout_s=10, told_by=market.log)
    wait_until(
        lambda: Operation.objects.filter(kind="void", state="unknown").exists(),
        "the withdrawal is lost",
        timeout_s=40,
        told_by=market.log,
    )
    goods.room.nights.filter(night_on=in_days(6)).update(taken=3)
    market.wallet.restart()

    market.wallet.accept(prompt["id"])

    wait_until(
        lambda: Placement.objects.filter(refunded_at__isnull=False).exists(),
        "the money is back",
        timeout_s=40,
        told_by=market.log,
    )
    assert market.wallet.balance_vnd(payer) == before_vnd
    assert not SaleLine.objects.exists()
    assert sum(Account.objects.values_list("balance_vnd", flat=True)) == 0


def end_hold(placed: checkout.Placed) -> None:
    """Let the time to pay be over, for the order as for the payment."""
    over_at = timezone.now() - timedelta(seconds=1)
    Intent.objects.filter(pk=placed.intent.pk).update(expires_at=over_at)
    Placement.objects.filter(order=placed.order).update(hold_expires_at=over_at)
