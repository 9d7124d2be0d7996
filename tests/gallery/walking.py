"""Finds every page that somebody can come to by links, one example of each kind."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx
from django.urls import Resolver404, resolve

PASSWORD = "dienbien-demo"  # of the demonstration: see marketplace/demo/accounts.py
# How many of a kind are opened; each that is another sort of thing (by schema.org) is an example.
OPENED = {"catalogue:detail": 40}
SORT = re.compile(r'"@type": "(Product|LodgingBusiness|Hotel|Resort|TouristTrip)"')
ASKED_MOST = 260  # of one person: a walk ends, whatever links to what
# Not pages, or what ends the walk.
LEFT_OUT = re.compile(
    r"^/(accounts/logout|language|static|media|api/(schema|v1)|admin|icons|share|octo|sw\.js)"
)


@dataclass(frozen=True)
class Person:
    """Whose eyes a page is seen with. ``starts`` are pages nothing may link to."""

    name: str
    phone: str
    starts: tuple[str, ...]


PEOPLE = (
    Person("visitor", "", ("/", "/offline/vi/", "/nothing-here/", "/design/", "/join/", "/accounts/login/")),
    Person(
        "buyer", "0399000001", ("/accounts/", "/accounts/notices/", "/accounts/notifications/", "/basket/")
    ),
    Person("farmer", "0399000002", ("/sell/",)),
    Person("host", "0889000003", ("/sell/",)),
    Person("commune", "0899000004", ("/accounts/", "/board/")),
    Person("province", "0899000005", ("/accounts/", "/board/")),
    Person("agent", "0889000006", ("/post/", "/post/farmers/")),
    Person("administrator", "0399000009", ("/staff/", "/dashboard/", "/staff/status/", "/staff/switches/")),
)


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href") and "download" not in given:
            self.found.append(str(given["href"]))


def enter(shop: str, person: Person) -> httpx.Client:
    """Return a browser's cookies and connection of ``person``, signed in where they have an account."""
    http = httpx.Client(base_url=shop, timeout=60, trust_env=False, follow_redirects=True)
    if person.phone:
        page = http.get("/accounts/login/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None, "the page of signing in has no form"
        said = {"csrfmiddlewaretoken": token[1], "username": person.phone, "password": PASSWORD}
        answer = http.post("/accounts/login/", data=said, headers={"Referer": f"{shop}/accounts/login/"})
        assert "sessionid" in http.cookies, f"{person.name} was not let in: {answer.status_code}"
    return http


def pages_of(http: httpx.Client, person: Person, known: Counter[str]) -> list[str]:
    """Return the addresses of pages that ``person`` can come to and nobody before them did.

    ``known`` counts the examples of each kind that were found so far; it is changed.
    """
    waiting = deque(person.starts)
    seen, found = set(person.starts), []
    asked: Counter[str] = Counter()
    while waiting and asked.total() < ASKED_MOST:
        path = waiting.popleft()
        kind = _kind(path)
        if asked[kind] >= OPENED.get(kind, 1):
            continue
        asked[kind] += 1
        answer = http.get(path)
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        sort = SORT.search(answer.text)
        example = f"{kind} {sort[1]}" if sort else kind
        if not known[example] or path in person.starts:
            known[example] += 1
            found.append(path)
        reader = Links()
        reader.feed(answer.text)
        for link in reader.found:
            parts = urlsplit(urljoin(str(answer.url), link))
            if f"{parts.scheme}://{parts.netloc}" != str(http.base_url).rstrip("/"):
                continue
            if parts.path not in seen and not LEFT_OUT.match(parts.path):
                seen.add(parts.path)
                waiting.append(parts.path)
    return found


def _kind(path: str) -> str:
    try:
        match = resolve(path)
    except Resolver404:
        return "missing"
    return match.view_name or match.route
