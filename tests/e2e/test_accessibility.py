"""Everybody can buy: judged by axe in both languages, by keyboard alone, enlarged twice, without motion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from oscar.core.loading import get_model

from tests.e2e import axe
from tests.e2e.test_purchase import put_goods

Order = get_model("order", "Order")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

PAGES = (
    "/",
    "/produce/",
    "/stays/",
    "/tours/",
    "/communes/",
    "/accounts/login/",
    "/offline/{}/",
    "/nowhere/",
)


@pytest.fixture
def phone(browser: Any, market: Any) -> Iterator[Any]:
    context = browser.new_context(
        base_url=market.base_url,
        viewport={"width": 360, "height": 740},
        service_workers="block",
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_axe_finds_nothing_on_the_pages_of_buying(phone, goods, language):
    phone.context.add_cookies(
        [{"name": "django_language", "value": language, "domain": "127.0.0.1", "path": "/"}]
    )
    found = {}
    for path in (*PAGES, goods.rice.product.get_absolute_url(), goods.room.stay.product.get_absolute_url()):
        phone.goto(path.format(language))
        assert phone.locator("html").get_attribute("lang") == language
        found[path] = axe.faults(phone)
    put_goods(phone, goods.rice, 2)
    found["/basket/"] = axe.faults(phone)
    phone.goto("/checkout/")
    found["/checkout/"] = axe.faults(phone)

    assert {path: faults for path, faults in found.items() if faults} == {}


def reach(page: Any, selector: str, *, most: int = 90) -> Any:
    """Press Tab until what ``selector`` names has the focus, and show that this can be seen."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            seen = page.evaluate(
                """() => [undefined, '::after'].some((part) => {
                  const style = getComputedStyle(document.activeElement, part);
                  return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
                })"""
            )
            assert seen, f"the focus on {selector} cannot be seen"
            return
    raise AssertionError(f"{most} times Tab do not lead to {selector} on {page.url}")


def test_goods_are_bought_by_keyboard_alone(phone, goods, payer):
    phone.goto("/produce/")
    phone.keyboard.press("Tab")
    assert phone.evaluate("document.activeElement.className") == "skip"
    phone.keyboard.press("Enter")
    reach(phone, ".card__link")
    phone.keyboard.press("Enter")
    phone.wait_for_url(re.compile("/catalogue/"))
    reach(phone, "form[action^='/basket/add/'] button:not([type=button])")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/basket/")
    reach(phone, "a[href='/checkout/']")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/checkout/")
    for field, text in (("name", "Lò Thị Mai"), ("phone", payer)):
        reach(phone, f"input[name={field}]")
        phone.keyboard.type(text)
    reach(phone, "select[name=province]")
    phone.locator("select[name=province]").select_option("01")
    reach(phone, "[name=detail]")
    phone.keyboard.type("Số 5 phố Hàng Mã")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/checkout/preview/")
    reach(phone, "input[name=provider]")
    reach(phone, "button.btn--pay")
    phone.keyboard.press("Enter")
    phone.wait_for_url(re.compile("/payments/"))

    assert Order.objects.get().lines.get().quantity == 1


def test_enlarged_twice_nothing_runs_out_of_the_page(phone, goods):
    # WCAG 1.4.10: 1280 px at 400 % and 640 px at 200 % are both 320 px of style.
    phone.set_viewport_size({"width": 320, "height": 370})

    for path in ("/", "/produce/", goods.rice.product.get_absolute_url(), "/basket/", "/accounts/login/"):
        phone.goto(path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_nothing_moves_for_whoever_wants_no_motion(phone, goods):
    phone.goto("/")

    moving = phone.evaluate(
        """() => [...document.querySelectorAll('*')].filter((one) => {
          const style = getComputedStyle(one);
          const long = (all) => all.split(',').some((each) => parseFloat(each) > 0.05);
          return long(style.animationDuration) || long(style.transitionDuration);
        }).map((one) => one.className.toString())"""
    )

    assert moving == []
