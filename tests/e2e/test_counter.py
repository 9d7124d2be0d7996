"""Cash on hand-over in the browser: the agent finds the order by its code, counts, and prints the receipt."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.hashers import make_password

from payments import tills
from tests.counter.conftest import (  # noqa: F401  (fixtures)
    DUE_VND,
    agent,
    asked_back,
    fresh,
    office,
    order_at,
    paid_at,
    waiting,
)
from tests.e2e.market import Market
from tests.factories import PASSWORD, UserFactory
from tests.wallet_operator import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def enter(page: Any, person: Any, *, to: str = "/post/") -> None:
    # The running shop does not know the tests' fast hash.
    person.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    person.save()
    page.goto(f"/accounts/login/?next={to}")
    page.fill("main input[name=username]", str(person.phone))
    page.fill("main input[name=password]", PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url(f"**{to}")


def look(page: Any) -> None:
    """Whoever sees badly, or has a narrow phone and thick thumbs, can use the page."""
    width = page.viewport_size["width"]
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    heights = page.locator("main :is(.btn, .chip, .input):visible").evaluate_all(
        "all => all.map(one => Math.round(one.getBoundingClientRect().height))"
    )
    assert min(heights, default=48) >= 48


def type_in(page: Any, *, code: str, counted: str) -> None:
    page.fill("input[name=code]", code)
    page.fill("input[name=counted]", counted)
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state("networkidle")


def test_an_agent_counts_a_parcels_cash_and_banks_it(market: Market, page: Any, office: Any, agent: Any):  # noqa: F811
    placement = order_at(office)
    code = waiting(placement).action["code"]
    enter(page, agent)
    look(page)

    page.fill("input[name=sought]", code)
    page.locator("main form button").first.click()
    page.wait_for_url(f"**/post/{placement.order.number}/")
    look(page)
    type_in(page, code=code, counted="200.000")
    assert "217.000" in page.locator(".field__error").inner_text()
    look(page)
    type_in(page, code=code, counted="217.000")

    assert placement.order.number in page.locator(".receipt").inner_text()
    look(page)
    page.emulate_media(media="print")
    assert page.locator(".receipt").is_visible()
    assert not page.locator(".header, .footer, .counter__head").first.is_visible()
    page.emulate_media(media="screen")
    wait_until(lambda: fresh(placement).order.status == "paid", "the order is paid", timeout_s=30)

    page.goto("/post/till/")
    look(page)
    page.fill("input[name=amount]", "217.000")
    page.fill("input[name=slip]", "BK-1")
    page.locator("main form[method=post] button").click()
    page.wait_for_load_state("networkidle")
    look(page)
    assert tills.held_vnd(office.code) == 0


def test_cash_goes_back_and_the_staff_see_the_tills(market: Market, page: Any, office: Any, agent: Any):  # noqa: F811
    placement = paid_at(office, agent)
    refund = asked_back(placement)
    enter(page, agent)

    page.goto(f"/post/{placement.order.number}/")
    look(page)
    type_in(page, code=refund.action["code"], counted=str(DUE_VND))
    assert page.locator(".receipt").count() == 2
    look(page)

    paid_at(office, agent)
    page.context.clear_cookies()
    enter(page, UserFactory(is_staff=True), to="/staff/tills/")
    look(page)
    assert "217.000" in page.locator("main table").inner_text()
