"""Joining with a phone in the browser: a code comes to the handset, and seven answers open a shop."""

from __future__ import annotations

import re
import secrets
from typing import Any

import pytest

from marketplace.sellers.models import Seller
from marketplace.sellers.selectors import sellers_of
from tests.e2e.handset import KeyPhone
from tests.e2e.market import Market
from tests.e2e.test_counter import enter, look
from tests.factories import UserFactory, load_province
from tests.wallet_operator import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def handset(market: Market, transactional_db: None) -> KeyPhone:
    load_province()
    return KeyPhone(market.wallet, f"+8439746{secrets.randbelow(10_000):04d}")


def code_on(handset: KeyPhone, market: Market, *, after: int = 0) -> str:
    """Wait for the message after the first ``after`` and return the six digits in it."""
    wait_until(lambda: len(handset.received()) > after, "a code has come", timeout_s=30, told_by=market.log)
    found = re.search(r"\b\d{6}\b", handset.received()[0])
    assert found is not None, handset.received()
    return found[0]


def test_a_farmer_joins_by_a_code_on_the_phone(market: Market, page: Any, handset: KeyPhone) -> None:
    page.goto("/join/")
    look(page)
    page.fill("main input[name=phone]", handset.number)
    page.locator("main form button").first.click()
    page.wait_for_url("**/join/code/")
    look(page)
    page.fill("main input[name=code]", code_on(handset, market))
    page.locator("main button[value=verify]").click()

    for step, answer in (
        ("what", "main button[value=produce]"),
        ("name", "main form button"),
        ("commune", "main button:has-text('Sín Chải')"),
        ("hamlet", "main form.panel button"),
        ("kind", "main button[value=household]"),
        ("wallet", "main button[value=viettel]"),
    ):
        page.wait_for_url(f"**/join/{step}/")
        look(page)
        if step == "name":
            page.fill("main input[name=name]", "Vàng Thị Dợ")
        if step == "hamlet":
            page.fill("main input[name=hamlet]", "Bản Sín Chải")
        page.locator(answer).first.click()
    page.wait_for_url("**/join/done/")
    look(page)

    seller = Seller.objects.get(phone=handset.number)
    assert (seller.name, seller.unit.name, str(seller.hamlet)) == (
        "Hộ Vàng Thị Dợ",
        "Sín Chải",
        "Bản Sín Chải",
    )
    assert str(seller.wallet_msisdn) == handset.number
    page.goto("/sell/helpers/")
    look(page)


def test_an_agent_opens_a_shop_with_a_farmer_by_the_farmers_code(
    market: Market, page: Any, handset: KeyPhone
) -> None:
    agent = UserFactory(name="Cà Văn Điện")
    agent.roles.create(role="helper")
    enter(page, agent, to="/post/farmers/")
    look(page)
    page.goto("/post/farmers/new/")
    page.fill("main input[name=phone]", handset.number)
    page.locator("main form.panel button").click()
    page.fill("main input[name=name]", "Giàng A Tủa")
    page.select_option("main select[name=commune]", label="Xã Sín Chải")
    look(page)
    page.locator("main form.panel button").click()
    page.wait_for_url("**/post/farmers/code/**")
    look(page)
    page.fill("main input[name=code]", code_on(handset, market))
    page.locator("main form.panel button").first.click()
    page.wait_for_url(re.compile(r"/post/farmers/\d+/$"))
    look(page)

    seller = Seller.objects.get(phone=handset.number)
    assert seller.name == "Hộ Giàng A Tủa"
    assert list(sellers_of(agent.pk)) == [seller]
