"""A host at the door: with a signal, without one, and without JavaScript; each arrival exactly once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from marketplace.sellers.models import Member
from tests.factories import PASSWORD, RoomTypeFactory, SellerFactory, StayFactory, UserFactory
from tests.tourism.desk.conftest import booking_of
from tourism.desk.codes import door_code
from tourism.desk.models import DoorAct, Visit
from tourism.models import Booking

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(transactional_db: None) -> Any:
    """A house with two parties who come today."""
    seller = SellerFactory()
    # The tests' own hash is one that a process outside the tests does not know.
    host = UserFactory(name="Lò Thị Pản", password=None)
    type(host).objects.filter(pk=host.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    Member.objects.create(seller=seller, user=host)
    room = RoomTypeFactory(stay=StayFactory(seller=seller))
    today = timezone.localdate()
    first, second = (
        booking_of(room, first_night=today, guest_name=name) for name in ("Hà Văn Minh", "Trần Thu Hà")
    )
    return SimpleNamespace(host=host, first=first, second=second)


def sign_in(page: Any, house: Any) -> None:
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": page.url_of("/")}])
    page.goto("/accounts/login/?next=/sell/today/")
    page.fill("input[type=tel]", str(house.host.phone))
    page.fill("input[type=password]", PASSWORD)
    page.locator("main form .btn--primary").first.click()
    page.wait_for_url(lambda address: address.endswith("/sell/today/") and "login" not in address)


def form_of(page: Any, booking: Booking) -> Any:
    return page.locator(f"[data-booking='{booking.pk}'] form")


def test_arrivals_typed_without_a_signal_are_noted_once_when_it_is_back(page, house, market):
    page.url_of = lambda path: f"{market.base_url}{path}"
    sign_in(page, house)

    page.context.set_offline(True)
    form_of(page, house.first).locator("[name=code]").fill(door_code(house.first.pk))
    form_of(page, house.first).locator("[type=submit]").click()
    form_of(page, house.second).locator("[name=knows_guest]").check()
    form_of(page, house.second).locator("[type=submit]").click()
    page.locator("#kept li").nth(1).wait_for()
    assert page.locator("#kept li").all_inner_texts() == ["Hà Văn Minh", "Trần Thu Hà"]
    assert not DoorAct.objects.exists()

    page.context.set_offline(False)
    page.locator("#kept").wait_for(state="hidden")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.reload()

    assert page.locator("#kept").is_hidden()
    assert DoorAct.objects.filter(kind="arrived").count() == 2
    assert Visit.objects.get(booking=house.first).with_code
    assert not Visit.objects.get(booking=house.second).with_code
    assert page.locator(".badge--ok", has_text="here since").count() == 2


def test_what_is_kept_survives_closing_the_page_and_is_not_sent_twice(page, house, market):
    page.url_of = lambda path: f"{market.base_url}{path}"
    sign_in(page, house)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    # The shop hears of it, but its answer gets lost on the way.
    page.route("**/door/", lambda route: (route.fetch(), route.abort()))
    form_of(page, house.first).locator("[name=knows_guest]").check()
    with page.expect_event("requestfailed"):
        form_of(page, house.first).locator("[type=submit]").click()
    page.locator("#kept li").first.wait_for()
    page.unroute("**/door/")
    page.goto("/sell/")
    page.goto("/sell/today/")
    page.locator("#kept").wait_for(state="hidden")

    assert len([url for url in sent if url.endswith("/door/")]) >= 2
    assert DoorAct.objects.count() == 1


def test_a_wrong_code_is_told_and_not_kept(page, house, market):
    page.url_of = lambda path: f"{market.base_url}{path}"
    sign_in(page, house)
    wrong = f"{(int(door_code(house.first.pk)) + 1) % 10_000:04d}"

    form_of(page, house.first).locator("[name=code]").fill(wrong)
    form_of(page, house.first).locator("[type=submit]").click()

    page.get_by_text("This is not the code of these guests").first.wait_for()
    assert page.locator("#kept").is_hidden()
    form_of(page, house.first).locator("[name=code]").fill(door_code(house.first.pk))
    form_of(page, house.first).locator("[type=submit]").click()
    page.get_by_text("the arrival is noted").first.wait_for()
    assert Visit.objects.get(booking=house.first).with_code


def test_without_javascript_the_form_is_posted(browser, house, market):
    context = browser.new_context(
        service_workers="block",
        base_url=market.base_url,
        viewport={"width": 360, "height": 800},
        java_script_enabled=False,
    )
    page = context.new_page()
    page.url_of = lambda path: f"{market.base_url}{path}"
    sign_in(page, house)

    form_of(page, house.first).locator("[name=code]").fill(door_code(house.first.pk))
    form_of(page, house.first).locator("[type=submit]").click()

    page.wait_for_url(f"**/sell/today/{house.first.pk}/")
    assert page.get_by_text("the arrival is noted").count() == 1
    assert DoorAct.objects.get().by == house.host
    context.close()
