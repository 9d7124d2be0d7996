"""The phone's pages in a browser: nothing axe objects to, nothing wider than the screen, no script needed."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.browser import CHROMIUM, FLAGS
from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.wallet_operator import PIN, WalletOperator


# For one module: while it is open its event loop keeps other tests from having one of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_the_phone_is_accessible_and_fits(
    operator: WalletOperator, merchant: Merchant, payer: Payer, browser: Any, width: int
) -> None:
    context = browser.new_context(base_url=operator.base_url, viewport={"width": width, "height": 800})
    page = context.new_page()
    phone = f"/phone/{payer.msisdn}/"

    found = [_problems(page, path) for path in ("/", phone, f"{phone}?tab=history", f"{phone}?tab=messages")]
    found.append(_problems(page, f"{phone}keypad/"))
    found.append(_problems(page, f"{phone}?tab=cash"))
    page.fill("#other", "5")
    page.click(".counter button")
    found.append(_problems(page))
    page.fill("#other", "")
    page.click(".counter button")
    found.append(_problems(page))
    page.goto(phone)
    merchant.pay(payer.msisdn)
    page.wait_for_selector("[data-prompt]")  # the page looks by itself
    found.append(_problems(page))
    page.fill(".pin-field", "000000")
    page.click(".button-accept")
    found.append(_problems(page))
    page.fill(".pin-field", PIN)
    page.click(".button-accept")
    found.append(_problems(page))
    context.close()

    assert found == [[]] * 11
    assert operator.balance_vnd(payer.msisdn) == 500_000 + 100_000 - 120_000


def test_without_script_a_question_is_found_and_answered(
    operator: WalletOperator, merchant: Merchant, payer: Payer, browser: Any
) -> None:
    context = browser.new_context(
        base_url=operator.base_url, viewport={"width": 360, "height": 800}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"/phone/{payer.msisdn}/")
    merchant.pay(payer.msisdn)

    page.wait_for_selector("[data-prompt]")
    page.fill(".pin-field", PIN)
    page.click(".button-accept")

    assert "Thanh toán thành công" in page.content()
    context.close()
    assert operator.balance_vnd(payer.msisdn) == 380_000


def _problems(page: Any, path: str = "") -> list[str]:
    """Return what axe objects to on the page, and whether it has to be scrolled sideways."""
    from axe_playwright_python.sync_playwright import Axe

    if path:
        page.goto(path)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    rules = [violation["id"] for violation in Axe().run(page).response["violations"]]
    return rules + (["wider than the screen"] if wide else [])
