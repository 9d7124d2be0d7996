"""Take the README's pictures from a running `make run`: `python -m tests.e2e.screenshots [BASE_URL]`."""

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


def main(base_url: str = "http://127.0.0.1:8000") -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(base_url=base_url, viewport=PHONE, device_scale_factor=2, locale="vi-VN")
        page.goto("/", wait_until="networkidle")
        _take(page, "home")
        _order_the_first_produce(page)
        _take(page, "payment")
        browser.close()


def _order_the_first_produce(page: Any) -> None:
    page.goto("/produce/")
    page.locator(".card__link").first.click()
    page.locator("form[action^='/basket/add/'] button:not([type=button])").first.click()
    page.wait_for_url("**/basket/")
    page.locator("a[href='/checkout/']").click()
    page.fill("input[name=name]", "Nguyễn Thị Mai")
    page.fill("input[name=phone]", "0399000001")
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
    main(*sys.argv[1:2])
