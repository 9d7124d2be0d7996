"""A department, an official, and an address of a department that hears what it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from marketplace.accounts.services import grant_role
from marketplace.departments.models import Department
from tests.factories import UserFactory, commune_named, load_province
from tests.statistics.orders import sell_from

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)  # ten in the morning here
DAY = date(2026, 11, 3)


class Listener:
    """A department's server on this machine: ``heard`` are headers and body of what it was sent."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.heard: list[tuple[dict[str, str], bytes]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(listener.status)
                for name, value in ({"Content-Length": "0"} | listener.headers).items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/figures"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def province(db: None) -> None:
    load_province()


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    settings.WEBHOOK_HOSTS_TRUSTED = ["127.0.0.1"]
    found = Listener()
    yield found
    found.close()


@pytest.fixture
def department(db: None) -> Department:
    return Department.objects.create(name="Sở Công Thương", daily_calls=3)


@pytest.fixture
def sold(province: None) -> None:
    sell_from(commune_named("Mường Phăng"), 100_000, on=DAY, sellers=4)
    sell_from(commune_named("Sín Chải"), 70_000, on=DAY)


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(UserFactory(is_staff=True))
    return client


def official_of(commune: Any | None) -> Any:
    """An official of ``commune``, or of the province without one."""
    person = UserFactory(name="Lường Thị Xuân", email="xuan@dienbien.gov.example")
    role = "commune-official" if commune else "province-official"
    grant_role(user=person, role=role, commune=commune)
    return person


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client
