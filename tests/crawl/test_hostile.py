"""Every page, asked with what an attacker would write: it answers, stays in the market and runs nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client

from marketplace.accounts.services import grant_role
from marketplace.local.paths import BASE_DIR
from tests import own_cache
from tests.crawl.routes import Route, all_routes
from tests.crawl.test_foreign_rows import _admins_values, theirs  # noqa: F401
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(400)]

THIEF = "thief.example"
LEADING_AWAY = [f"//{THIEF}/", f"/\\{THIEF}/", f"https://{THIEF}/"]
# What a database, a template and a page would each take for their own language.
SPELLS = (
    "x' OR 1=1 --\"><script src=//thief.example></script>{{ 83777|add:10591 }}{% debug %}${83777+10591}%s\\"
)
NAMES_OF_OTHERS = {"next", "url", "return", "return_to", "redirect", "redirect_to", "back", "continue", "to"}
WORKED_OUT = "94368"  # what the two sums in it come to


def parameters_of_the_code() -> set[str]:
    """Every name that any of our code reads from an address or a form."""
    found = set()
    for folder in ("marketplace", "agriculture", "tourism", "payments", "frontend"):
        for path in (BASE_DIR / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                    source, name = node.func.value, node.args[0]
                elif isinstance(node, ast.Subscript):
                    source, name = node.value, node.slice
                else:
                    continue
                is_asked = isinstance(source, ast.Attribute) and source.attr in (
                    "GET",
                    "POST",
                    "query_params",
                )
                if is_asked and isinstance(name, ast.Constant) and isinstance(name.value, str):
                    found.add(name.value)
    return found


class Inline(HTMLParser):
    """Collects what a strict policy would not run: scripts and styles that stand in the page itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if tag == "script" and "src" not in own and own.get("type", "text/javascript") not in DATA:
            self.found.append(f"<script> at line {self.getpos()[0]}")
        if tag == "style":
            self.found.append(f"<style> at line {self.getpos()[0]}")
        for name, value in own.items():
            if name == "style" or name.startswith("on"):
                self.found.append(f"<{tag} {name}={value!r}>")
            if name in ("href", "src", "action", "formaction") and _runs(value or ""):
                self.found.append(f"<{tag} {name}={value!r}>")
            if name in ("src", "action", "formaction") and THIEF in (urlsplit(value or "").netloc):
                self.found.append(f"<{tag} {name}={value!r}> leads away")


DATA = {"application/ld+json", "application/json"}


def _runs(address: str) -> bool:
    return re.sub(r"\s", "", address).lower().startswith(("javascript:", "vbscript:", "data:text/html"))


@pytest.fixture(scope="module")
def names() -> list[str]:
    found = parameters_of_the_code()
    assert len(found) > 60
    return sorted(found | NAMES_OF_OTHERS)


def _administrator() -> Client:
    user = UserFactory()
    grant_role(user=user, role="administrator")
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _pages(values: Any) -> Iterator[tuple[Route, str]]:
    for route in all_routes():
        if "logout" in route.name:
            continue
        for path in route.paths(_admins_values(route) if route.is_admin else values):
            yield route, path


def _is_ours(route: Route) -> bool:
    """Not Oscar's dashboard and Django's administration: only administrators enter, and a senseless form may
    fail there; both bring styles of their own (settings.DASHBOARD_POLICY)."""
    return not (route.name.startswith("dashboard:") or route.is_admin)


def _faults(route: Route, answer: Any) -> Iterator[str]:
    if answer.status_code >= 500 and _is_ours(route):
        yield f"answers {answer.status_code}"
    target = urlsplit(answer.headers.get("Location", "").strip().replace("\\", "/"))
    if THIEF in target.netloc or target.scheme not in ("", "http", "https"):
        yield f"leads to {answer.headers['Location']}"
    if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
        yield from _faults_of_page(route, answer)


def _faults_of_page(route: Route, answer: Any) -> Iterator[str]:
    text = answer.content.decode()
    policy = answer.headers.get("Content-Security-Policy", "")
    if not policy or not answer.headers.get("X-Content-Type-Options"):
        yield "has no policy"
    if _is_ours(route):
        if "unsafe" in policy or "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
            yield f"has a policy that is not strict: {policy}"
        inline = Inline()
        inline.feed(text)
        yield from inline.found
    if f"<script src=//{THIEF}" in text:
        yield "writes out what was typed"
    if WORKED_OUT in text:
        yield "works out what was typed"


def _crawl(client: Client, values: Any, ask: Any) -> list[str]:
    wrong, asked = [], 0
    for route, path in _pages(values):
        asked += 1
        try:
            with transaction.atomic():
                answer = ask(
                    client, route, path, f"10.{asked // 62_500}.{asked // 250 % 250}.{asked % 250 + 1}"
                )
                transaction.set_rollback(True)
        except DatabaseError as error:
            wrong.append(f"{path} ({route.name or route.pattern}): {error}")
            continue
        wrong += [f"{path} ({route.name or route.pattern}): {fault}" for fault in _faults(route, answer)]
    assert asked > 500
    return wrong


@pytest.mark.parametrize("away", LEADING_AWAY[:2])
def test_no_address_leads_away_from_the_market(away, names, theirs):  # noqa: F811
    own_cache.empty()
    query = urlencode(dict.fromkeys(names, away))

    def ask(client: Client, route: Route, path: str, address: str) -> Any:
        return client.get(f"{path}?{query}", REMOTE_ADDR=address, headers={"Referer": LEADING_AWAY[2]})

    wrong = _crawl(_administrator(), theirs.values, ask)

    assert not wrong, "\n".join(wrong)


def test_no_form_leads_away_from_the_market(names, theirs):  # noqa: F811
    own_cache.empty()
    body = dict.fromkeys(names, LEADING_AWAY[2])

    def ask(client: Client, route: Route, path: str, address: str) -> Any:
        if route.is_api or route.pattern.startswith("octo/"):
            return client.get(path, REMOTE_ADDR=address)
        return client.post(path, body, REMOTE_ADDR=address, headers={"Referer": LEADING_AWAY[2]})

    wrong = _crawl(_administrator(), theirs.values, ask)

    assert not wrong, "\n".join(wrong)


def test_what_is_typed_is_neither_a_query_nor_a_template_nor_part_of_a_page(names, theirs):  # noqa: F811
    own_cache.empty()
    query = urlencode(dict.fromkeys(names, SPELLS))

    def ask(client: Client, route: Route, path: str, address: str) -> Any:
        return client.get(f"{path}?{query}", REMOTE_ADDR=address)

    wrong = _crawl(_administrator(), theirs.values, ask)

    assert not wrong, "\n".join(wrong)


def test_what_is_typed_into_a_form_is_neither_a_query_nor_a_template_nor_part_of_a_page(names, theirs):  # noqa: F811
    own_cache.empty()
    body = dict.fromkeys(names, SPELLS)

    def ask(client: Client, route: Route, path: str, address: str) -> Any:
        if route.is_api or route.pattern.startswith("octo/"):
            return client.get(path, REMOTE_ADDR=address)
        return client.post(path, body, REMOTE_ADDR=address)

    wrong = _crawl(_administrator(), theirs.values, ask)

    assert not wrong, "\n".join(wrong)


def test_every_page_keeps_the_strict_policy_for_strangers_too(theirs):  # noqa: F811
    own_cache.empty()

    def ask(client: Client, route: Route, path: str, address: str) -> Any:
        return client.get(path, REMOTE_ADDR=address)

    wrong = _crawl(Client(raise_request_exception=False), theirs.values, ask)

    assert not wrong, "\n".join(wrong)


def test_what_a_strict_policy_would_not_run_is_found():
    """The reader of pages finds what it looks for: without this, the tests above could not fail."""
    inline = Inline()
    inline.feed(
        "<script>1</script><style>a{}</style><p style='a' onclick='b'><a href=' java\nscript:x'>"
        f"<form action='//{THIEF}/'><script type='application/ld+json'>{{}}</script>"
        "<script src='a.js'></script>"
    )

    assert len(inline.found) == 6
    assert settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["script-src"] == ["'self'"]
