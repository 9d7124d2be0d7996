"""Addresses people type never lead into the house: by no number, no name, no redirect, no second look."""

from __future__ import annotations

import ast
import socket
from pathlib import Path
from typing import Any

import pytest

from marketplace import outside
from marketplace.departments import calling
from marketplace.departments.errors import AddressRefused
from marketplace.local.paths import BASE_DIR
from tests.departments.conftest import listener  # noqa: F401
from tests.tourism.calendars.conftest import other_site  # noqa: F401
from tourism.calendars import fetching
from tourism.calendars.errors import FeedRefused

PRIVATE = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "192.88.99.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fd00::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff0e::1",
    "2001:db8::1",
    # An IPv4 number that a gateway would call in its place.
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::10.0.0.1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2606:4700::5efe:10.0.0.1",
]
PUBLIC = ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::8.8.8.8", "2002:808:808::1", "::ffff:8.8.8.8"]
# Who may open a connection, and why nobody can tell it where to.
CALLERS = {
    "marketplace/outside.py": "the guard itself",
    "marketplace/departments/calling.py": "through the guard",
    "tourism/calendars/fetching.py": "through the guard",
    "marketplace/delivery/carriers/http.py": "the carrier's address stands in the settings",
    "marketplace/messaging/senders/http.py": "the operator's address stands in the settings",
    "marketplace/messaging/senders/email.py": "the server's address stands in the settings",
    "marketplace/messaging/senders/push.py": "makers of browsers by name, HTTPS only, no redirect",
    "payments/providers/wallet.py": "the operator's address stands in the settings",
    "payments/providers/vnpay.py": "the gateway's address stands in the settings",
    "payments/providers/vietqr.py": "the bank's address stands in the settings",
    "payments/tracing.py": "names requests, sends none",
}


@pytest.mark.parametrize("number", PRIVATE)
def test_no_number_of_a_house_or_that_stands_for_one_is_public(number):
    assert not outside.is_public(number)


@pytest.mark.parametrize("number", PUBLIC)
def test_numbers_of_the_internet_are_public(number):
    assert outside.is_public(number)


def answers(number: str) -> Any:
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    return (family, socket.SOCK_STREAM, 6, "", (number, 443))


@pytest.mark.parametrize("number", PRIVATE)
def test_a_name_with_one_number_of_a_house_is_called_by_nobody(number, monkeypatch):
    found = [answers("93.184.215.14"), answers(number)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)

    with pytest.raises(AddressRefused, match=r"evil\.example|internet"):
        calling.post("https://evil.example/", body=b"{}", headers={})
    with pytest.raises(FeedRefused) as refused:
        fetching.fetch("https://evil.example/a.ics")

    assert refused.value.code == "private_address"


@pytest.mark.parametrize(
    ("url", "number", "code"),
    [
        ("http://2130706433/", "127.0.0.1", "private_address"),
        ("http://0x7f.1/", "127.0.0.1", "private_address"),
        ("http://127.1/", "127.0.0.1", "private_address"),
        ("http://0177.0.0.1/", "127.0.0.1", "address"),
        ("http://localhost./", "127.0.0.1", "private_address"),
        ("http://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1", "private_address"),
        ("http://[::]/", "::", "private_address"),
    ],
)
def test_another_spelling_of_this_machine_is_this_machine(url, number, code, monkeypatch):
    """``number`` is what the C library makes of the host."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: [answers(number)])

    with pytest.raises(FeedRefused) as refused:
        fetching.fetch(url)

    assert refused.value.code == code


def test_a_name_is_looked_up_once_and_what_was_found_is_called(other_site, settings, monkeypatch):  # noqa: F811
    settings.CALENDAR_HOSTS_TRUSTED = ["changing.example"]
    asked, real = [], socket.getaddrinfo

    def changing(name: Any, *rest: Any, **options: Any) -> Any:
        if name != "changing.example":
            return real(name, *rest, **options)
        asked.append(name)
        return [answers("127.0.0.1" if len(asked) == 1 else "127.0.0.9")]

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    other_site.body = b"BEGIN:VCALENDAR"
    port = other_site.url.split(":")[2].split("/")[0]

    assert fetching.fetch(f"http://changing.example:{port}/a.ics") == b"BEGIN:VCALENDAR"

    assert asked == ["changing.example"]
    assert other_site.asked[0]["host"] == f"changing.example:{port}"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://10.0.0.1/a.ics", "private_address"),
        ("//[::1]/a.ics", "private_address"),
        ("http://169.254.169.254/latest/meta-data/", "private_address"),
        ("file:///etc/passwd", "address"),
        ("gopher://127.0.0.1:6379/_FLUSHALL", "address"),
        ("http://127.0.0.2:6379/", "address"),
        ("http://[::1", "unreachable"),
    ],
)
def test_a_redirect_is_judged_like_the_address_that_was_typed(location, code, other_site, monkeypatch):  # noqa: F811
    real = socket.getaddrinfo
    known = {"10.0.0.1", "169.254.169.254"}  # the tests' own border would refuse them before ours
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda name, *rest, **options: [answers(name)] if name in known else real(name, *rest, **options),
    )
    other_site.status, other_site.headers = 302, {"Location": location}

    with pytest.raises(FeedRefused) as refused:
        fetching.fetch(other_site.url)

    assert refused.value.code == code
    assert len(other_site.asked) == 1


def test_a_department_s_redirect_is_not_followed_anywhere(listener):  # noqa: F811
    listener.status, listener.headers = 307, {"Location": listener.url}

    with pytest.raises(calling.NotAnswered, match="redirects are not followed"):
        calling.post(listener.url, body=b"{}", headers={})

    assert len(listener.heard) == 1


def test_a_proxy_of_the_environment_learns_of_no_call(listener, monkeypatch):  # noqa: F811
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    assert calling.post(listener.url, body=b"{}", headers={}) == 200


@pytest.mark.parametrize(
    "url",
    [
        "https://me:secret@sct.example/",
        "https://:secret@sct.example/",
        "https://sct.example@10.0.0.1/",
        "https://sct.example:22/",
        "https://sct.example:notaport/",
        "https://",
        "javascript:alert(1)",
        "https://sct.example\\@10.0.0.1/",
        "https://sct.example/\x00",
    ],
)
def test_an_address_that_two_readers_could_read_differently_is_none(url):
    with pytest.raises(outside.Refused):
        outside.address(url, schemes=("https",), trusted=())


def opens_connections(path: Path) -> bool:
    clients = {"httpx", "requests", "urllib.request", "http.client", "socket", "aiohttp", "smtplib", "ftplib"}
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        if clients & set(names):
            return True
    return False


def test_whoever_can_open_a_connection_is_known():
    shop = ["agriculture", "frontend", "marketplace", "payments", "tourism"]
    own = [path for folder in shop for path in (BASE_DIR / folder).rglob("*.py")]
    found = {str(path.relative_to(BASE_DIR)) for path in own if opens_connections(path)}
    at_home = ("payments/simulator/", "marketplace/cluster/", "marketplace/local/")

    assert {path for path in found if not path.startswith(at_home)} == set(CALLERS)
