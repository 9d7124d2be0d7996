"""Take the README's pictures from a running `make run`: `python -m tests.e2e.screenshots`."""

from __future__ import annotations

import io
import re
import sys
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from marketplace.local.paths import BASE_DIR
from tests.e2e.browser import CHROMIUM, FLAGS

FOLDER = BASE_DIR / "docs" / "screenshots"
PHONE = {"width": 390, "height": 780}
DESKTOP = {"width": 1280, "height": 760}
# Of the demonstration: see marketplace/demo/accounts.py.
PASSWORD = "dienbien-demo"
BUYER, FARMER, ADMINISTRATOR = "0399000001", "0399000002", "0399000009"


def main(shop: str = "http://127.0.0.1:8000", operator: str = "http://127.0.0.1:8100") -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = _open(browser, shop, PHONE)
        page.goto("/", wait_until="networkidle")
        _take(page, "home")
        _order_the_first_produce(page)
        _take(page, "payment")
        page.goto(f"{operator}/phone/{BUYER}/", wait_until="networkidle")
        _take(page, "handset")

        page = _open(browser, shop, PHONE, user=FARMER)
        page.goto("/sell/money/", wait_until="networkidle")
        _take(page, "money")

        page = _open(browser, shop, DESKTOP, user=ADMINISTRATOR)
        page.goto("/staff/reconciliation/", wait_until="networkidle")
        _take(page, "reconciliation")
        browser.close()


def _open(browser: Any, shop: str, size: dict[str, int], *, user: str = "") -> Any:
    page = browser.new_page(base_url=shop, viewport=size, device_scale_factor=2, locale="vi-VN")
    if user:
        page.goto("/accounts/login/")
        page.fill("input[type=tel]", user)
        page.fill("input[type=password]", PASSWORD)
        page.locator("main form .btn--primary").first.click()
        page.wait_for_load_state()
    return page


def _order_the_first_produce(page: Any) -> None:
    page.goto("/produce/")
    page.locator(".card__link").first.click()
    page.locator("form[action^='/basket/add/'] button:not([type=button])").first.click()
    page.wait_for_url("**/basket/")
    page.locator("a[href='/checkout/']").click()
    page.fill("input[name=name]", "Nguyễn Thị Mai")
    page.fill("input[name=phone]", BUYER)
    page.select_option("select[name=commune]", index=1)
    page.fill("input[name=detail]", "Nhà văn hoá bản")
    page.locator("form .btn--primary").last.click()
    page.wait_for_url("**/checkout/preview/")
    page.locator("button.btn--pay").click()
    page.wait_for_url(re.compile("/payments/"))


def _take(page: Any, name: str) -> None:
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.save(FOLDER / f"{name}.webp", quality=80, method=6)
    print(FOLDER / f"{name}.webp")


if __name__ == "__main__":
    main(*sys.argv[1:3])
