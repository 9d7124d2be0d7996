"""A host's calendar and a guest's request in the browser, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.e2e.market import Market
from tests.e2e.test_counter import enter, look
from tests.factories import RoomTypeFactory, StayFactory
from tests.shop.conftest import in_days
from tests.tourism.calendars.conftest import feed_of, host_of
from tourism import bookings
from tourism.calendars import feeds
from tourism.calendars.models import StayRequest
from tourism.calendars.reading import Block
from tourism.models import Booking, RoomNight, RoomType

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room(transactional_db: None) -> RoomType:
    stay = StayFactory(title="Nhà sàn Che Căn")
    return RoomTypeFactory(stay=stay, price_vnd=300_000, rooms=2, open_from=in_days(0), open_to=in_days(90))


@pytest.fixture
def plain_page(browser: Any, market: Market) -> Iterator[Any]:
    """A narrow phone without JavaScript."""
    context = browser.new_context(
        service_workers="block",
        base_url=market.base_url,
        viewport={"width": 360, "height": 740},
        java_script_enabled=False,
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def tap(page: Any, day: Any) -> None:
    """Tap a night, and wait until it does the other thing."""
    button = page.locator(f"#d{day:%Y-%m-%d} button")
    other = {"close": "open", "open": "close"}[button.get_attribute("name")]
    button.click()
    page.locator(f"#d{day:%Y-%m-%d} button[name={other}]").wait_for()


def is_closed(room: RoomType, day: Any) -> bool:
    return RoomNight.objects.get(room_type=room, night_on=day).is_closed


def write_down(page: Any, name: str, first: Any, leaves: Any) -> None:
    page.fill("input[name=guest_name]", name)
    page.fill("input[name=first_night]", f"{first:%Y-%m-%d}")
    page.fill("input[name=leaves_on]", f"{leaves:%Y-%m-%d}")
    page.fill("input[name=guests]", "2")
    page.locator("main form .btn--primary").click()
    page.wait_for_load_state()


def test_a_host_closes_nights_writes_a_guest_down_and_lets_them_go(market: Market, page: Any, room: RoomType):
    day = in_days(40)
    enter(page, host_of(room), to="/sell/calendar/")
    look(page)

    page.goto(f"/sell/calendar/?mode=tap&month={day:%Y-%m}")
    look(page)
    sides = page.locator(".calendar td button").first.bounding_box()
    assert min(sides["width"], sides["height"]) >= 40
    tap(page, day)
    assert is_closed(room, day)
    tap(page, day)
    assert not is_closed(room, day)

    page.goto(f"/sell/calendar/{room.pk}/{day:%Y-%m-%d}/")
    look(page)
    page.fill("input[name=price]", "450.000")
    page.locator("form:has(input[name=price]) button").click()
    page.wait_for_load_state()
    page.locator("main a.btn--primary").click()
    write_down(page, "Trần Văn Bình", day, day + timedelta(days=3))
    look(page)
    booking = Booking.objects.get()
    assert booking.amount_vnd == 450_000 + 2 * 300_000
    page.fill("input[name=leaves_on] >> nth=0", f"{day + timedelta(days=1):%Y-%m-%d}")
    page.locator("button[value=leave]").click()
    page.wait_for_load_state()
    look(page)

    booking.refresh_from_db()
    assert booking.nights == 1


def test_a_clash_a_request_and_other_sites_can_be_dealt_with_by_thumb(
    market: Market, page: Any, room: RoomType
):
    room.stay.asks_first = True
    room.stay.save()
    first, now = in_days(5), timezone.now()
    wish = {"first_night": first, "nights": 1, "rooms": 2, "guests": 2, "channel": Booking.Channel.HOST}
    bookings.book(room_type_id=room.pk, **wish, now=now)
    feed = feed_of(room, read_at=now, tried_at=now + timedelta(days=1))
    feeds.apply(feed_id=feed.pk, blocks=[Block("one", first, first + timedelta(days=1), "x")], now=now)

    page.goto(f"/stays/ask/{room.pk}/?first_night={in_days(9)}&leaves_on={in_days(11)}")
    look(page)
    page.fill("input[name=guest_name]", "Nguyễn An")
    page.fill("input[name=guest_phone]", "0399000001")
    page.locator("main form .btn--primary").click()
    page.wait_for_url("**/stays/requests/**")
    look(page)
    guests_page = page.url

    enter(page, host_of(room), to="/sell/calendar/")
    look(page)
    page.locator("button[value=settle]").click()
    page.wait_for_load_state()
    assert not page.locator("[role=alert]").count()
    look(page)
    page.goto("/sell/calendar/requests/")
    look(page)
    page.locator("button[value=accept]").click()
    page.wait_for_load_state()
    look(page)

    assert StayRequest.objects.get().state == "accepted"
    page.goto(guests_page)
    look(page)
    page.locator("button.btn--pay").click()
    page.wait_for_url("**/checkout/")
    assert "600.000" in page.locator("main").inner_text()


def test_without_javascript_a_host_does_the_same(market: Market, plain_page: Any, room: RoomType):
    day = in_days(40)
    enter(plain_page, host_of(room), to="/sell/calendar/")

    plain_page.goto(f"/sell/calendar/?mode=tap&month={day:%Y-%m}")
    tap(plain_page, day)
    assert is_closed(room, day)
    tap(plain_page, day)
    plain_page.goto(f"/sell/calendar/book/?room={room.pk}")
    write_down(plain_page, "Trần Văn Bình", day, day + timedelta(days=2))

    assert Booking.objects.get().guest_name == "Trần Văn Bình"
    assert plain_page.url.endswith(f"/sell/calendar/bookings/{Booking.objects.get().pk}/")
