"""A farmer packs on a phone: fifty taps over a line that breaks at random, each noted exactly once."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from marketplace.packing.models import PackingAct, Preparation, Tick
from marketplace.sellers.models import Member
from marketplace.shop.basket import services as baskets
from marketplace.shop.checkout import services as checkout
from tests.factories import PASSWORD, ProduceFactory, UserFactory
from tests.shop.conftest import PHONE, WISH, new_basket

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post")]

TAPS = 50


@pytest.fixture
def farm(transactional_db: None, post: None) -> Any:
    """A household with an order of two things, to be paid in cash when it is collected."""
    rice = ProduceFactory(title="Gạo nếp nương", stock=10)
    seller = rice.product.origin.seller
    tea = ProduceFactory(title="Chè Shan tuyết", stock=10, weight_g=500, seller=seller)
    # The tests' own hash is one that a process outside the tests does not know.
    farmer = UserFactory(name="Lò Văn Sung", password=None)
    type(farmer).objects.filter(pk=farmer.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    Member.objects.create(seller=seller, user=farmer)
    basket = new_basket()
    for thing in (rice, tea):
        baskets.add_goods(basket, product_id=thing.product_id, quantity=1)
    order = checkout.place_order(
        basket=basket,
        buyer=checkout.Buyer(PHONE, "Lò Thị Mai"),
        wish=WISH,
        provider="cash",
        payer=PHONE,
        agreed_total_vnd=None,
        now=timezone.now(),
        is_past=True,
    )
    return SimpleNamespace(farmer=farmer, part=order.suborders.get(), lines=list(order.lines.order_by("pk")))


def sign_in(page: Any, farm: Any, market: Any) -> None:
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": market.base_url}])
    page.goto(f"/accounts/login/?next=/sell/orders/{farm.part.number}/")
    page.fill("input[type=tel]", str(farm.farmer.phone))
    page.fill("input[type=password]", PASSWORD)
    page.locator("main form .btn--primary").first.click()
    page.wait_for_url(lambda address: "login" not in address)


def button_of(page: Any, line: Any) -> Any:
    return page.locator(f"[data-line='{line.pk}'] [data-toggle]")


def test_fifty_taps_over_a_line_that_breaks_are_each_noted_once(page, farm, market):
    sign_in(page, farm, market)
    dice, sent = random.Random(50), []

    def line_to_the_shop(route: Any) -> None:
        fate = dice.choice(["lost", "unanswered", "answered", "answered"])
        sent.append(fate)
        if fate == "lost":
            route.abort()
        elif fate == "unanswered":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/acts/", line_to_the_shop)
    for number in range(TAPS):
        button_of(page, farm.lines[number % 2]).click()
        if number % 10 == 9:
            page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_function(
        """() => {
          dispatchEvent(new Event("online"));
          return document.querySelector("[data-kept]").hidden;
        }""",
        polling=300,
        timeout=120_000,
    )

    assert len(sent) > TAPS
    assert PackingAct.objects.count() == TAPS
    assert sorted(PackingAct.objects.values_list("kind", flat=True)) == ["pack"] * 26 + ["unpack"] * 24
    # Of 25 taps each the last put it in.
    assert list(Tick.objects.values_list("is_packed", flat=True)) == [True, True]
    assert button_of(page, farm.lines[0]).get_attribute("aria-pressed") == "true"


def test_what_was_done_without_a_signal_survives_closing_the_page(page, farm, market):
    sign_in(page, farm, market)

    page.context.set_offline(True)
    button_of(page, farm.lines[0]).click()
    page.locator("[data-kept] li").first.wait_for()
    assert not PackingAct.objects.exists()
    page.context.set_offline(False)
    page.goto("/sell/orders/")
    page.locator("[data-kept]").wait_for(state="hidden")

    assert PackingAct.objects.get().kind == "pack"
    page.goto(f"/sell/orders/{farm.part.number}/")
    assert button_of(page, farm.lines[0]).get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="The parcel is packed").click()
    page.locator(".code").wait_for()
    assert Preparation.objects.get().state == "ready"


def test_without_javascript_every_tap_is_a_form(browser, farm, market):
    context = browser.new_context(
        service_workers="block",
        base_url=market.base_url,
        viewport={"width": 360, "height": 800},
        java_script_enabled=False,
    )
    page = context.new_page()
    sign_in(page, farm, market)

    button_of(page, farm.lines[0]).click()
    page.wait_for_url(f"**/sell/orders/{farm.part.number}/")
    page.get_by_role("button", name="The parcel is packed").click()
    page.locator(".code").wait_for()

    assert Preparation.objects.get().state == "ready"
    assert PackingAct.objects.count() == 2
    context.close()
