"""A house with one room, its host, and another site that serves a calendar."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.sellers.models import Member
from tests.factories import RoomTypeFactory, StayFactory, UserFactory
from tourism.calendars.models import Feed
from tourism.models import RoomType

TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)  # ten in the morning here


class OtherSite:
    """A site on this machine. ``body`` is its calendar; ``status`` and ``headers`` how it answers."""

    def __init__(self) -> None:
        self.body, self.status = b"", 200
        self.headers: dict[str, str] = {}
        self.asked: list[dict[str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(site.status)
                for name, value in ({"Content-Length": str(len(site.body))} | site.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(ConnectionError):  # whoever asks may have heard enough
                    self.wfile.write(site.body)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/calendar.ics"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def other_site(settings: Any) -> Iterator[OtherSite]:
    settings.CALENDAR_HOSTS_TRUSTED = ["127.0.0.1"]
    site = OtherSite()
    yield site
    site.close()


def room_of_its_own(**facts: Any) -> RoomType:
    """A room type of one room, on sale from today to the end of the year, at 300.000 ₫."""
    wish = {"rooms": 1, "sleeps": 2, "price_vnd": 300_000, "open_from": TODAY, "open_to": date(2026, 12, 31)}
    return RoomTypeFactory(**(wish | facts))


@pytest.fixture
def room(db: None) -> RoomType:
    return room_of_its_own()


def feed_of(room: RoomType, url: str = "https://other.example/a.ics", **facts: Any) -> Feed:
    return Feed.objects.create(room_type=room, url=url, added_at=NOW, **({"name": "Other site"} | facts))


def taken(room: RoomType) -> dict[int, int]:
    """How many rooms are taken, by the day of December; days on which none is are absent."""
    nights = room.nights.filter(taken__gt=0).order_by("night_on")
    return {night.night_on.day: night.taken for night in nights}


def host_of(room: RoomType) -> User:
    user = UserFactory(name="Quàng Thị Ánh")
    Member.objects.create(seller=room.stay.product.origin.seller, user=user)
    return user


def browser_of(user: User | None = None) -> Client:
    """A browser in English."""
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    if user is not None:
        client.force_login(user)
    return client


def house_that_asks_first(**facts: Any) -> RoomType:
    return room_of_its_own(stay=StayFactory(asks_first=True), **facts)


# --- For pages, which know what day it is ---------------------------------------------------------


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def room_on_sale(db: None, today: date) -> RoomType:
    stay = StayFactory(title="Nhà sàn Che Căn")
    return RoomTypeFactory(
        stay=stay,
        title="Phòng đôi",
        rooms=2,
        open_from=today,
        open_to=today + timedelta(days=60),
        price_vnd=300_000,
    )


@pytest.fixture
def host(room: RoomType) -> Client:
    return browser_of(host_of(room))
