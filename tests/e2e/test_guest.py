"""A guest with a phone, with and without JavaScript: nights, a meal, the policy, paying, and cancelling."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.fulfilment.models import Placement
from tests.wallet_operator import wait_until
from tourism.models import AddOn, Booking

Order = get_model("order", "Order")

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("post", "stay_options"),
]


@pytest.fixture
def dinner(goods: Any) -> AddOn:
    """The house has a strict policy, and cooks."""
    goods.room.stay.policy = "strict"
    goods.room.stay.save()
    return AddOn.objects.create(
        stay=goods.room.stay, kind="dinner", per="guest-night", name="Cơm tối", price_vnd=120_000
    )


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_guest_books_with_a_meal_and_gets_back_what_was_agreed(
    market, browser, goods, dinner, payer, scripts
):
    context = browser.new_context(
        service_workers="block",
        base_url=market.base_url,
        viewport={"width": 360, "height": 800},
        java_script_enabled=scripts,
        locale="vi-VN",
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    first = timezone.localdate() + timedelta(days=20)
    wish = f"?room={goods.room.pk}&first_night={first}&leaves_on={first + timedelta(days=2)}&guests=2"

    page.goto(goods.room.stay.product.get_absolute_url() + wish)
    page.locator(f"input[name=add_on_{dinner.pk}]").check()
    page.locator("form.booking button:not([formaction])").click()
    page.locator("form.booking .total-row--sum", has_text="1.080.000").wait_for()
    page.locator(f"[formaction='/basket/add/{goods.room.product_id}/']").click()
    page.wait_for_url("**/basket/")
    page.locator("a[href='/checkout/']").click()
    page.fill("input[name=name]", "Lò Thị Mai")
    page.fill("input[name=phone]", payer)
    page.locator("form .btn--primary").last.click()
    page.wait_for_url("**/checkout/preview/")
    half_until = f"14:00 {first - timedelta(days=14):%d/%m/%Y}"
    assert half_until in page.locator("[aria-labelledby=cancelling]").inner_text()
    page.check("input[name=provider][value=viettel]")
    page.fill("input[name=msisdn]", payer)
    page.locator("button.btn--pay").click()
    page.wait_for_url(re.compile("/payments/"))
    market.wallet.accept(market.wallet.wait_for_prompt(payer)["id"])
    wait_until(lambda: Order.objects.filter(status="paid").exists(), "the order is paid", told_by=market.log)
    placement = Placement.objects.select_related("order").get()

    page.goto(f"/orders/{placement.order.number}/")
    page.locator("details summary", has_text=re.compile("Hủy|Cancel")).click()
    cancelling = page.locator(f"form[action='/orders/{placement.order.number}/cancel/']")
    assert "540.000" in cancelling.inner_text()
    cancelling.locator("button").click()

    wait_until(
        lambda: market.wallet.balance_vnd(payer) == 5_000_000 - 540_000,
        "half of it is back",
        told_by=market.log,
    )
    assert Booking.objects.get().state == "released"
    assert not goods.room.nights.filter(taken__gt=0).exists()
    context.close()
