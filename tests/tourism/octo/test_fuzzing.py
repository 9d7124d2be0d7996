"""Holds the API to OCTO's own description: whatever is sent, no 500 and no answer that is not described."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, MutableMapping
from datetime import time
from typing import Any

import pytest
import schemathesis
import yaml
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks

from tests.factories import DepartureFactory, RoomTypeFactory, TourFactory
from tests.tourism.octo import described
from tests.tourism.octo.conftest import (
    BOTH,
    GUEST,
    Octo,
    at,
    in_days,
    make_reseller,
    new_uuid,
    room_wish,
    seat_wish,
)

pytestmark = pytest.mark.django_db(transaction=True)

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
# What the file does not describe (405) is asked for by a test of its own.
CONFIG = schemathesis.Config.from_dict({"phases": {"coverage": {"unexpected-methods": []}}})


def served(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The market, and beside it the description with the address at which the API is here."""
    if environ["PATH_INFO"] != "/octo.json":
        return get_wsgi_application()(environ, start_response)
    document = yaml.safe_load(described.FILE.read_text()) | {"servers": [{"url": "/octo"}]}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(document, default=str).encode()]


@pytest.fixture
def octo() -> Octo:
    return Octo(make_reseller(hold_minutes_max=1_440))


@pytest.fixture
def wishes() -> list[dict[str, Any]]:
    """Something to book of both kinds, so much that it is not sold out in the middle of it."""
    room = RoomTypeFactory(rooms=30_000, sleeps=2, open_from=in_days(0), open_to=in_days(60))
    departure = DepartureFactory(tour=TourFactory(capacity=30_000), starts_at=at(in_days(10), time(8)))
    return [room_wish(room), seat_wish(departure)]


@pytest.fixture
def description(octo: Octo, wishes: list[dict[str, Any]]) -> Any:
    if not described.FILE.exists():
        pytest.skip("OCTO's OpenAPI file is not beside this checkout.")
    return schemathesis.openapi.from_wsgi("/octo.json", served, config=CONFIG)


def aim(case: Any, octo: Octo, wish: dict[str, Any]) -> None:
    """Put what exists where the fuzzer made up something valid; what it made invalid stays."""
    real = wish | {"id": wish["productId"], "Octo-Capabilities": BOTH, "uuid": new_uuid()}
    real |= {"contact": GUEST, "expirationMinutes": 60, "currency": "VND"}
    real |= {"localDateStart": str(in_days(1)), "localDateEnd": str(in_days(12))}
    real |= {"units": [{"id": wish["unitItems"][0]["unitId"], "quantity": 2}]}
    if case.path.startswith("/bookings/") and (case.method, case.path) != ("POST", "/bookings/"):
        held = octo.reserve(wish, uuid=real["uuid"]).json()
        real |= {"supplierReference": held["supplierReference"]}
    parts = {
        ParameterLocation.PATH: case.path_parameters,
        ParameterLocation.QUERY: case.query,
        ParameterLocation.HEADER: case.headers,
        ParameterLocation.BODY: case.body,
    }
    for location, part in parts.items():
        if isinstance(part, MutableMapping) and not case.meta.is_negative_at(location):
            part.update({name: real[name] for name in part if name in real})


def is_let_pass(case: Any) -> bool:
    """What we take though the file would have it refused: an empty body where nothing in it is required, and
    the question for our capabilities, of which it describes no refusal, without a key."""
    is_empty = case.body in (None, schemathesis.core.NOT_SET) and case.path.startswith("/bookings/{uuid}")
    return is_empty or case.path == "/capabilities/"


@schemathesis.pytest.from_fixture("description").parametrize()
@settings(
    max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
def test_whatever_a_reseller_sends_is_answered_as_octo_describes(case, octo, wishes):
    aim(case, octo, wishes[len(case.id) % 2])

    case.call_and_validate(
        headers={"Authorization": f"Bearer {octo.key}", "Accept-Encoding": "identity"},
        checks=CHECKS if is_let_pass(case) else [*CHECKS, checks.negative_data_rejection],
    )
