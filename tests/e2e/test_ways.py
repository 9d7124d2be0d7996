"""Every way to pay that leaves the house, in a real browser: a bank's app, a gateway's page, a card."""

from __future__ import annotations

import re
from typing import Any

import pytest
from oscar.core.loading import get_model

from payments.ledger.selectors import balance_vnd
from tests.e2e.test_purchase import put_goods

Order = get_model("order", "Order")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

PHONE = "0399000001"  # has an account at the sandbox's bank
PIN = "135790"


def order(page: Any, way: str, payer: str = "") -> None:
    """From the basket to the waiting page, to be paid by ``way``."""
    page.locator("a[href='/checkout/']").click()
    page.fill("input[name=name]", "Lò Thị Mai")
    page.fill("input[name=phone]", PHONE)
    page.select_option("select[name=province]", "01")
    page.fill("input[name=detail]", "Số 5 phố Hàng Mã")
    page.locator("form .btn--primary").last.click()
    page.wait_for_url("**/checkout/preview/")
    page.check(f"input[name=provider][value={way}]")
    if payer:
        page.fill("input[name=msisdn]", payer)
    else:
        assert not page.locator("input[name=msisdn]").is_visible()
    page.locator("button.btn--pay").click()
    page.wait_for_url(re.compile("/payments/"))


def by_bank_app(page: Any) -> None:
    app = page.context.new_page()
    app.goto(page.locator("a[href*='/bank/app/']").get_attribute("href"))
    app.locator("input[name=pin]").fill(PIN)
    app.locator("form button").first.click()


def by_gateway(page: Any) -> None:
    page.locator("a.btn--pay").click()
    page.get_by_role("button", name=re.compile("^Trả [0-9]")).click()


def by_card(page: Any) -> None:
    page.locator("a.btn--pay").click()
    page.get_by_role("button", name=re.compile("^Trả [0-9]")).click()


@pytest.mark.parametrize("page", [360], indirect=True, ids=["phone"])
@pytest.mark.parametrize(
    ("way", "pay"), [("vietqr", by_bank_app), ("vnpay", by_gateway), ("stripe", by_card)]
)
def test_an_order_is_paid_outside_and_the_waiting_page_hears_of_it(page, goods, way, pay):
    put_goods(page, goods.rice, 2)
    order(page, way)

    pay(page)

    page.locator("#payment[data-state=succeeded]").wait_for(timeout=40_000)
    paid = Order.objects.get()
    assert (paid.status, paid.placement.provider) == ("paid", way)
    assert balance_vnd(f"escrow:{paid.number}-1") == 180_000


@pytest.mark.parametrize("page", [360], indirect=True, ids=["phone"])
def test_who_was_refused_pays_from_another_place(market, page, goods, payer):
    put_goods(page, goods.rice, 2)
    order(page, "viettel", payer)
    handset = page.context.new_page()
    handset.goto(f"{market.wallet.base_url}/phone/{payer}/")
    handset.get_by_role("button", name="Từ chối").first.click()
    page.locator("#payment[data-state=failed]").wait_for()

    page.check("input[name=provider][value=vietqr]")
    page.locator("details button.btn--pay").click()
    page.locator(".status__qr").wait_for()
    by_bank_app(page)

    page.locator("#payment[data-state=succeeded]").wait_for(timeout=40_000)
    assert Order.objects.get().placement.provider == "vietqr"
