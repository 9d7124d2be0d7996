"""The main job: a mixed cart, paid on the handset, seen in the communes' figures."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.accounts.models import RoleAssignment
from marketplace.accounts.services import grant_role
from marketplace.fulfilment.models import Placement
from marketplace.statistics.models import DirtyDay
from payments.ledger.models import Account
from tests.e2e.market import Market
from tests.factories import (
    PASSWORD,
    UserFactory,
)
from tests.wallet_operator import wait_until

Order = get_model("order", "Order")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def province_official() -> Any:
    user = UserFactory(name="Cán bộ tỉnh")
    # The running shop does not know the tests' fast hash.
    user.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    user.save()
    grant_role(user=user, role=RoleAssignment.Role.PROVINCE_OFFICIAL)
    return user


def figures(market: Market, official: Any) -> dict[str, int]:
    """The communes' sales of this month, as the province's official gets them from REST a moment later."""
    wait_until(lambda: not DirtyDay.objects.exists(), "the summaries are made", told_by=market.log)
    answer = market.http.post(
        "/api/v1/auth/token/", json={"phone": str(official.phone), "password": PASSWORD}
    )
    token = answer.raise_for_status().json()["access"]
    today = timezone.localdate()
    rows = market.http.get(
        "/api/v1/statistics/sales/",
        params={
            "boundaries": "2025",
            "from": today.replace(day=1).isoformat(),
            "to": today.isoformat(),
            "by": "commune",
        },
        headers={"Authorization": f"Bearer {token}"},
    )
    return {row["name"]: row["net_vnd"] for row in rows.raise_for_status().json()["results"]}


def put_goods(page: Any, produce: Any, quantity: int) -> None:
    page.goto(produce.product.get_absolute_url())
    form = page.locator(f"form[action='/basket/add/{produce.product_id}/']")
    form.locator("input[name=quantity]").fill(str(quantity))
    form.locator("button:not([type=button])").click()
    page.wait_for_url("**/basket/")


def put_nights(page: Any, room: Any, first: date, leaves: date) -> None:
    wish = f"?room={room.pk}&first_night={first}&leaves_on={leaves}&guests=2&rooms=1"
    page.goto(room.stay.product.get_absolute_url() + wish)
    page.locator(f"[formaction='/basket/add/{room.product_id}/']").click()
    page.wait_for_url("**/basket/")


def order(page: Any, payer: str) -> str:
    """From the basket to the waiting page; returns the order's number."""
    page.locator("a[href='/checkout/']").click()
    page.fill("input[name=name]", "Lò Thị Mai")
    page.fill("input[name=phone]", payer)
    page.select_option("select[name=province]", "01")
    page.fill("input[name=detail]", "Số 5 phố Hàng Mã")
    page.locator("form .btn--primary").last.click()
    page.wait_for_url("**/checkout/preview/")
    page.check("input[name=provider][value=viettel]")
    page.fill("input[name=msisdn]", payer)
    page.locator("button.btn--pay").click()
    page.wait_for_url(re.compile("/payments/"))
    return Placement.objects.select_related("order").get().order.number


def test_a_mixed_cart_is_paid_on_the_handset_and_raises_the_communes_figures(market, page, goods, payer):
    official = province_official()
    before = figures(market, official)
    first = timezone.localdate() + timedelta(days=7)

    put_goods(page, goods.rice, 2)
    put_goods(page, goods.honey, 1)
    put_nights(page, goods.room, first, first + timedelta(days=2))
    number = order(page, payer)
    handset = page.context.new_page()
    handset.goto(f"{market.wallet.base_url}/phone/{payer}/")
    handset.get_by_label(re.compile("PIN", re.I)).first.fill("135790")
    handset.get_by_role("button", name=re.compile("Xác nhận|Đồng ý|Thanh toán")).first.click()

    # The waiting page turns by itself: nobody reloads it.
    page.locator("#payment[data-state=succeeded]").wait_for()
    paid = Order.objects.get(number=number)
    assert paid.status == "paid"
    assert [part.lines_vnd for part in paid.suborders.order_by("number")] == [180_000, 250_000, 600_000]
    after = figures(market, official)
    assert after["Sín Chải"] - before["Sín Chải"] == 180_000
    assert after["Mường Phăng"] - before["Mường Phăng"] == 850_000
    assert sum(after.values()) - sum(before.values()) == 1_030_000
    escrow = Account.objects.filter(code__startswith=f"escrow:{number}").exclude(code__endswith="-D")
    assert sum(escrow.values_list("balance_vnd", flat=True)) == 1_030_000
    assert market.wallet.books_are_right()


def test_a_refused_payment_frees_everything_and_gives_the_basket_back(market, page, goods, payer):
    put_goods(page, goods.rice, 2)
    order(page, payer)
    prompt = market.wallet.wait_for_prompt(payer)

    market.wallet.decline(prompt["id"])

    page.locator("#payment[data-state=failed]").wait_for()
    goods.rice.product.stockrecords.get(num_allocated=0)
    page.locator("#payment button").click()
    page.wait_for_url("**/basket/")
    assert page.locator("input[name=quantity][type=number]").input_value() == "2"


def test_without_javascript_the_whole_purchase_works(market, browser, goods, payer):
    context = browser.new_context(
        service_workers="block",
        base_url=market.base_url,
        viewport={"width": 360, "height": 800},
        java_script_enabled=False,
    )
    page = context.new_page()
    put_goods(page, goods.rice, 1)
    order(page, payer)
    prompt = market.wallet.wait_for_prompt(payer)

    market.wallet.accept(prompt["id"])

    wait_until(lambda: Order.objects.filter(status="paid").exists(), "the order is paid", told_by=market.log)
    page.reload()
    assert page.locator("#payment").get_attribute("data-state") == "succeeded"
    context.close()


def test_the_same_purchase_works_by_rest_alone(market, goods, payer):
    official = province_official()
    before = figures(market, official)
    rest = httpx.Client(base_url=f"{market.base_url}/api/v1", timeout=20, trust_env=False)
    basket = rest.post("/baskets/").raise_for_status().json()["id"]
    first = timezone.localdate() + timedelta(days=7)
    for line in (
        {"product": goods.rice.product_id, "quantity": 2},
        {"room_type": goods.room.pk, "first_night": str(first), "nights": 2, "rooms": 1, "guests": 2},
    ):
        rest.post(f"/baskets/{basket}/lines/", json=line).raise_for_status()

    placed = rest.post(
        f"/baskets/{basket}/checkout/",
        json={
            "phone": payer,
            "name": "Lò Thị Mai",
            "delivery": {"method": "home", "province": "01", "detail": "Số 5 phố Hàng Mã"},
            "provider": "viettel",
            "msisdn": payer,
        },
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )

    assert placed.status_code == 201, placed.text
    answer = placed.json()
    market.wallet.accept(market.wallet.wait_for_prompt(payer, reference=answer["order_number"])["id"])
    order_url = f"/orders/{answer['order_number']}/?key={answer['order_key']}"
    wait_until(
        lambda: rest.get(order_url).json()["status"] == "paid", "the order is paid", told_by=market.log
    )
    order = rest.get(order_url).json()
    assert (order["lines_total_vnd"], order["delivery_vnd"], order["total_vnd"]) == (780_000, 77_500, 857_500)
    after = figures(market, official)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "Sín Chải": 180_000,
        "Mường Phăng": 600_000,
    }

    rest.post(f"/orders/{answer['order_number']}/cancel/?key={answer['order_key']}").raise_for_status()

    wait_until(
        lambda: rest.get(order_url).json()["status"] == "refunded", "it is refunded", told_by=market.log
    )
    assert figures(market, official) == before
    assert market.wallet.balance_vnd(payer) == 5_000_000
