"""A phone without a signal, in a real browser: the last orders of whoever is signed in, and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.accounts.phones import to_e164
from marketplace.fulfilment.models import Placement
from tests.factories import UserFactory
from tests.wallet_operator import wait_until

Order = get_model("order", "Order")

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a-password-of-nobody"


@pytest.fixture
def phone(browser: Any, market: Any) -> Iterator[Any]:
    """A phone that keeps pages; everywhere else in these tests service workers are blocked."""
    context = browser.new_context(
        base_url=market.base_url, viewport={"width": 360, "height": 740}, locale="vi-VN"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def order_of(user: Any, number: str) -> None:
    order = Order.objects.create(
        number=number,
        user=user,
        status="awaiting-payment",
        currency="VND",
        total_incl_tax=180_000,
        total_excl_tax=180_000,
        date_placed=timezone.now(),
    )
    Placement.objects.create(
        order=order,
        phone=user.phone,
        name=user.name,
        secret=f"secret-of-{number}",
        hold_expires_at=timezone.now(),
        provider="viettel",
    )


def person(number: str, name: str) -> Any:
    # With the hash that a process outside the tests knows.
    user = UserFactory(phone=to_e164(number), name=name)
    user.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    user.save()
    return user


def sign_in(page: Any, number: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[type=tel]", number)
    page.fill("input[type=password]", PASSWORD)
    page.locator("main form .btn--primary").first.click()
    page.wait_for_url(re.compile(r"^http://[^/]+/$"))


def back_online(phone: Any) -> None:
    """With a signal the page that says there is none loads anew what was wanted."""
    with phone.expect_navigation():
        phone.context.set_offline(False)


def sign_out(page: Any) -> None:
    page.goto("/accounts/")
    page.locator("main form[action='/accounts/logout/'] button").click()
    page.wait_for_url(re.compile(r"^http://[^/]+/$"))


def kept(page: Any) -> list[str]:
    return page.evaluate(
        "async () => (await (await caches.open('private')).keys()).map((each) => new URL(each.url).pathname)"
    )


def test_ones_own_orders_are_read_without_a_signal_and_gone_after_signing_out(phone, goods):
    order_of(person("0398200001", "Lò Thị Mai"), "700001")
    sign_in(phone, "0398200001")
    phone.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    phone.reload()
    phone.goto("/orders/700001/")
    wait_until(lambda: len(kept(phone)) == 1, "the order is kept", timeout_s=10)

    phone.context.set_offline(True)
    phone.goto("/orders/700001/")
    assert "700001" in phone.locator("h1").inner_text()
    assert phone.locator("main > .notice[role=status]").count() == 1

    phone.goto("/produce/")
    assert phone.locator("[data-again]").is_visible()
    link = phone.locator("[data-kept-pages] a")
    assert (link.count(), link.get_attribute("href")) == (1, "/orders/700001/")

    back_online(phone)
    sign_out(phone)
    assert kept(phone) == []
    phone.context.set_offline(True)
    phone.goto("/orders/700001/")
    assert phone.locator("[data-again]").is_visible()


def test_another_persons_signing_in_empties_what_the_phone_kept(phone, goods):
    order_of(person("0398200002", "Lò Thị Mai"), "700002")
    person("0398200003", "Quàng Thị Lan")
    sign_in(phone, "0398200002")
    phone.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    phone.reload()
    phone.goto("/orders/700002/")
    wait_until(lambda: len(kept(phone)) == 1, "the order is kept", timeout_s=10)

    # As when a session ends by itself: nobody signed out.
    phone.context.clear_cookies()
    phone.goto("/produce/")
    wait_until(lambda: not kept(phone), "nothing is kept", timeout_s=10)
    sign_in(phone, "0398200003")

    assert kept(phone) == []
