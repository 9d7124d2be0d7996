"""Every address, opened as every role with the rows of somebody else: none is shown, none is changed."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from rest_framework_simplejwt.tokens import RefreshToken

from marketplace.accounts.services import grant_role
from marketplace.delivery.models import PostOffice
from marketplace.places.models import Commune
from marketplace.sellers.models import Mandate, Member
from tests import own_cache
from tests.crawl import bodies, foreign
from tests.crawl.routes import Route, all_routes
from tests.database import Baseline
from tests.factories import ProduceFactory, SellerFactory, StayFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(400)]

ORDERS = 20
WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"')
# Where the row of somebody else answers anybody by design, by the name or else the pattern of the address.
# Also there no word may stand that is private.
PUBLIC = {
    # What is for sale, who sells it and where it comes from.
    "app-icon",
    "catalogue:detail",
    "package",
    "regulars:farmer",
    "regulars:pool",
    "tour-join",
    "trace:page",
    "trace:report",
    "api/v1/products/<int:product_id>/",
    "api/v1/stays/<int:stay_id>/",
    "api/v1/tours/<int:tour_id>/",
    "api/v1/tours/<int:tour_id>/departures/",
    "api/v1/^traces/(?P<code>[0-9A-Za-z]{4,12})/$",
    # The lock: asks for the phone number the order was placed with.
    "order",
}
# Whoever has the id of a payment, which cannot be guessed, sees how it stands and of which order it is.
BY_ID = {"payment", "payment-status", "api/v1/payments/<uuid:payment_id>/"}
# The work of an official of the whole province: everything above, in every commune.
PROVINCE = ("board:", "complaints-board:", "farmers:farmer", "indicators:")

# Where Oscar's dashboard fails an administrator: its page of a category, sent without a slug, cannot link to
# what it shows.
FAULTS_OF_OSCAR = {"dashboard:catalogue-category-update"}


@pytest.fixture(scope="module", autouse=True)
def theirs(django_db_setup: None, django_db_blocker: Any) -> Iterator[foreign.Theirs]:
    """The demo's rows, once for this module, with what it lacks; nothing of it is left behind."""
    with django_db_blocker.unblock():
        baseline = Baseline()
        try:
            call_command(
                "load_demo",
                no_pictures=True,
                orders=ORDERS,
                verbosity=0,
                even_without_debug=True,
                stdout=StringIO(),
            )
            foreign.complete()
            yield foreign.Theirs.read()
        finally:
            baseline.restore()


def _farmer() -> Any:
    seller = SellerFactory(name="Hộ bà Tòng Thị Ín", commune=_quiet_commune())
    ProduceFactory(seller=seller, title="Măng khô")
    return Member.objects.create(seller=seller, user=UserFactory()).user


def _host() -> Any:
    seller = SellerFactory(commune=_quiet_commune())
    StayFactory(seller=seller, title="Nhà của tôi")
    return Member.objects.create(seller=seller, user=UserFactory()).user


def _agent() -> Any:
    user = UserFactory()
    idle = PostOffice.objects.filter(shipments=None, manifests_received=None, manifests_sent=None)
    grant_role(user=user, role="agent", post_office=idle.exclude(code="380000").order_by("-code")[0].code)
    return user


def _agent_with_mandate() -> Any:
    agent, now = _agent(), timezone.now()
    seller = _farmer().memberships.get().seller
    scopes = Mandate.Scope.values
    Mandate.objects.create(seller=seller, agent=agent, scopes=scopes, asked_at=now, consented_at=now)
    return agent


def _official(role: str) -> Any:
    user = UserFactory()
    grant_role(user=user, role=role, commune=_quiet_commune() if role == "commune-official" else None)
    return user


def _quiet_commune() -> Commune:
    """A commune of today in which nobody lives whose rows fill the addresses."""
    return Commune.objects.filter(valid_to=None).exclude(pk__in=foreign.communes()).order_by("code")[0]


ROLES: dict[str, Callable[[], Any]] = {
    "anonymous": lambda: None,
    "buyer": UserFactory,
    "farmer": _farmer,
    "host": _host,
    "agent": _agent,
    "agent with a mandate": _agent_with_mandate,
    "commune official": lambda: _official("commune-official"),
    "province official": lambda: _official("province-official"),
    "administrator": lambda: _official("administrator"),
}


@dataclass
class Crawl:
    """A browser of one role that notes what goes wrong, and which request wrote to which table."""

    role: str
    client: Client
    secrets: re.Pattern[str]
    numbers: set[str]
    wrong: list[str] = field(default_factory=list)
    token: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    wrote: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unknown_to: set[str] = field(default_factory=set)
    asked: int = 0

    def ask(self, route: Route, method: str, path: str) -> None:
        """Ask for one address, from an address of its own: nothing is to be too often.

        A page is sent no body; the API is sent the token of the role and a body that names rows of others.
        """
        self.asked += 1
        here = f"{self.role} {method} {path} ({route.name or route.pattern})"
        address = f"10.{self.asked // 62_500}.{self.asked // 250 % 250}.{self.asked % 250 + 1}"
        try:
            with connection.execute_wrapper(self._noting(here)), transaction.atomic():
                answer = self.client.generic(method, path, REMOTE_ADDR=address, **self._call(route, method))
                if method != "GET" and self._is_their_work(route):
                    transaction.set_rollback(True)  # may change it, so that only the answer counts
        except DatabaseError as error:
            self.wrong.append(f"{here}: {error}")
            return
        if answer.status_code == 401:
            self.unknown_to.add(route.pattern)
        known_fault = self.role == "administrator" and route.name in FAULTS_OF_OSCAR
        if answer.status_code >= 500 and not known_fault:
            self.wrong.append(f"{here}: {answer.status_code}")
        elif 200 <= answer.status_code < 300 and not self._is_their_work(route):
            self._look(route, method, path, here, answer)

    def _call(self, route: Route, method: str) -> dict[str, Any]:
        if not route.is_api:
            return {}
        call: dict[str, Any] = {"headers": {"Authorization": f"Bearer {self.token}"} if self.token else {}}
        if method != "GET":
            call |= {"data": json.dumps(self.body), "content_type": "application/json"}
        return call

    def _noting(self, here: str) -> Callable[..., Any]:
        def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
            if match := WRITES.match(sql if isinstance(sql, str) else ""):
                self.wrote[match[1]].append(here)
            return execute(sql, params, many, context)

        return note

    def _is_their_work(self, route: Route) -> bool:
        if self.role == "administrator":
            return True
        return self.role == "province official" and route.name.startswith(PROVINCE)

    def _look(self, route: Route, method: str, path: str, here: str, answer: Any) -> None:
        names_a_row = any(parameter not in foreign.WORDS for parameter in route.parameters)
        # Whatever is written for a seller names somebody else's in its body.
        names_a_row |= route.is_api and "/sell/" in route.pattern and method != "GET"
        if names_a_row and not {route.name, route.pattern} & (PUBLIC | BY_ID):
            self.wrong.append(f"{here}: answers {answer.status_code}")
        body = b"".join(answer) if answer.streaming else answer.content
        shown = set(self.secrets.findall(body.decode(errors="replace")))
        if {route.name, route.pattern} & BY_ID:
            shown -= self.numbers
        shown = {word for word in shown if word not in path}  # what was asked for may be repeated
        if shown:
            self.wrong.append(f"{here}: shows {sorted(shown)}")


def _client(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def _admins_values(route: Route) -> dict[tuple[str, str], list[str]]:
    """What fills an address of Django's administration: the first row of its model."""
    parts = route.pattern.split("/")
    values = {("admin", "url"): ["nowhere"], ("admin", "app_label"): ["sellers"]}
    if len(parts) > 3 and "<" not in parts[2]:
        try:
            row = apps.get_model(parts[1], parts[2])._base_manager.order_by("pk").first()
        except LookupError:
            row = None
        for parameter in route.parameters:
            values[parameter] = [str(row.pk) if row else "1"]
    values["r", "content_type_id"] = values["r", "object_id"] = ["1"]
    return values


def test_every_parameter_of_every_address_is_known(theirs):
    unknown = {
        f"{parameter}: of {route.name or route.pattern}"
        for route in all_routes()
        for parameter in route.parameters
        if parameter not in (_admins_values(route) if route.is_admin else theirs.values)
    }

    assert not unknown, (
        "Say in tests/crawl/foreign.py, values(), which row of somebody else fills\n"
        + "\n".join(sorted(unknown))
    )


@pytest.mark.parametrize("role", ROLES)
def test_no_row_of_somebody_else_is_shown_or_changed(role, theirs):
    own_cache.empty()
    user = ROLES[role]()
    token = str(RefreshToken.for_user(user).access_token) if user else ""
    crawl = Crawl(
        role, _client(user), theirs.secrets, theirs.numbers, token=token, body=bodies.body(theirs.values)
    )
    signed_in = crawl.client.session.session_key

    for route in all_routes():
        for path in route.paths(_admins_values(route) if route.is_admin else theirs.values):
            for method in _methods(route, role):
                crawl.ask(route, method, path)

    after = foreign.rows()
    gone = {table: len(rows - after[table]) for table, rows in theirs.rows.items() if rows - after[table]}
    changed = [
        f"{table}: {number} rows changed or gone, by one of {crawl.wrote[table][:9]}"
        for table, number in gone.items()
    ]
    if crawl.wrong or changed:
        pytest.fail("\n".join(crawl.wrong + changed), pytrace=False)
    assert crawl.asked > 600
    sellers_calls = {pattern for pattern in crawl.unknown_to if "/sell/" in pattern}
    assert bool(sellers_calls) is (user is None), "The API must know who asks, and only who signed in."
    assert crawl.client.session.session_key == signed_in, "The crawl signed itself out on its way."


def _methods(route: Route, role: str) -> list[str]:
    """All that an address may answer, without signing out. The administration has one door for all of its
    pages (``is_staff``): who may not enter tries all of it once, as the official with the widest scope, and
    the others try the door."""
    if route.is_admin:
        in_full = role in ("administrator", "province official")
        return ["GET"] if in_full or route.name == "admin:index" else []
    if "logout" in route.name:
        return ["GET"]
    is_for_programs = route.pattern.startswith(("api/", "octo/"))
    return ["GET", "POST", "PATCH", "PUT", "DELETE"] if is_for_programs else ["GET", "POST"]
