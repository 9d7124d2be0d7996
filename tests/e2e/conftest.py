from __future__ import annotations

import os
import secrets
from collections.abc import Generator, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.e2e.browser import CHROMIUM, FLAGS
from tests.e2e.market import Market
from tests.e2e.telling import told
from tests.factories import ProduceFactory, RoomTypeFactory, StayFactory, commune_named, load_province
from tests.shop.conftest import in_days, post, stay_options  # noqa: F401  (fixtures)

# Playwright runs an event loop in this thread; Django's guard would take our own queries for its.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any) -> Generator[None, Any, Any]:
    """Let a failed test say what its pages showed and what the market logged, before both are closed."""
    report = yield
    if report.failed:
        given = getattr(item, "funcargs", {})
        report.sections.extend(told(given.get("browser"), given.get("market")))
    return report


# For these tests alone: its worker would do the work of other tests on the same database.
@pytest.fixture(scope="package")
def market(django_db_setup: None, django_db_blocker: Any) -> Iterator[Market]:
    with django_db_blocker.unblock(), Market() as running:
        yield running


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


@pytest.fixture(params=[360, 1280], ids=["phone", "desktop"])
def page(request: Any, browser: Any, market: Market) -> Iterator[Any]:
    context = browser.new_context(
        service_workers="block",
        base_url=market.base_url,
        viewport={"width": request.param, "height": 800},
        locale="vi-VN",
    )
    context.set_default_timeout(15_000)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    context.close()
    assert problems == []


@pytest.fixture
def goods(transactional_db: None) -> Any:
    """Rice and honey of two sellers, and a stilt house with three rooms."""
    load_province()
    chai, phang = commune_named("Sín Chải"), commune_named("Mường Phăng")
    rice = ProduceFactory(title="Gạo nếp nương", price_vnd=90_000, stock=10, weight_g=2_000, commune=chai)
    honey = ProduceFactory(
        title="Mật ong rừng", price_vnd=250_000, stock=5, weight_g=500, commune=phang, category="honey"
    )
    room = RoomTypeFactory(
        stay=StayFactory(title="Nhà sàn Che Căn", commune=phang),
        price_vnd=300_000,
        rooms=3,
        open_from=in_days(0),
    )
    return SimpleNamespace(rice=rice, honey=honey, room=room)


@pytest.fixture
def payer(market: Market) -> str:
    """The number of a new phone with 5,000,000 ₫ at Viettel Money, so that no older request is on it."""
    number = f"03981{secrets.randbelow(100_000):05d}"
    market.wallet.open_wallet(number, balance_vnd=5_000_000)
    return number
