"""Holds the API to its own description: whatever is sent, no 500 and no answer that is not documented."""

from __future__ import annotations

import uuid
from collections.abc import MutableMapping
from datetime import date
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from rest_framework_simplejwt.tokens import RefreshToken
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks

from marketplace.accounts.models import RoleAssignment
from marketplace.accounts.services import grant_role
from marketplace.api.baskets import id_of
from marketplace.sellers.models import Member
from marketplace.shop.basket import services as baskets
from marketplace.shop.basket.models import Basket
from tests.api.buying import CHECKOUT, new_basket, put
from tests.factories import (
    PASSWORD,
    ProduceFactory,
    RoomTypeFactory,
    UserFactory,
    commune_named,
    load_province,
)
from tests.shop.conftest import in_days
from tests.statistics.orders import sell_from

pytestmark = pytest.mark.django_db(transaction=True)

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
CONFIG = schemathesis.Config.from_dict({"phases": {"coverage": {"unexpected-methods": []}}})


def test_the_description_names_every_call_of_the_contract(api):
    description = api.http.get("/api/schema/").json()

    calls = {
        f"{verb.upper()} {path.removeprefix('/api/v1/')}"
        for path, verbs in description["paths"].items()
        for verb in verbs
        if verb != "parameters"
    }
    assert calls == {
        "POST auth/token/",
        "POST auth/token/refresh/",
        "GET products/",
        "GET products/{product_id}/",
        "GET stays/",
        "GET stays/{stay_id}/",
        "GET stays/{stay_id}/nights/",
        "GET pools/",
        "GET tours/",
        "GET tours/{tour_id}/",
        "GET tours/{tour_id}/departures/",
        "POST baskets/",
        "GET baskets/{basket_id}/",
        "POST baskets/{basket_id}/lines/",
        "PATCH baskets/{basket_id}/lines/{line_id}/",
        "DELETE baskets/{basket_id}/lines/{line_id}/",
        "GET baskets/{basket_id}/offer/",
        "POST baskets/{basket_id}/checkout/",
        "GET payments/{payment_id}/",
        "GET traces/{code}/",
        "GET orders/{number}/",
        "POST orders/{number}/cancel/",
        "GET orders/{number}/tracking/",
        "GET sell/products/",
        "POST sell/products/",
        "PATCH sell/products/{product_id}/",
        "POST sell/harvests/",
        "PATCH sell/harvests/{harvest_id}/",
        "POST sell/lots/",
        "GET sell/orders/",
        "POST sell/orders/{number}/acts/",
        "GET indicators/",
        "GET communes/",
        "GET communes/{code}/",
        "GET delivery/provinces/",
        "GET delivery/post-offices/",
        "GET statistics/sales/",
        "GET statistics/daily/",
        "GET statistics/releases/",
    }


def test_the_pages_of_the_description_ask_nobody_else_for_anything(api):
    page = api.http.get("/api/docs/")
    script = api.http.get("/api/docs/?script=")

    assert page.status_code == script.status_code == 200
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js" in page.content.decode()
    assert "https://" not in page.content.decode() + script.content.decode()


@pytest.fixture
def things(api: Any, post: None, stay_options: None) -> dict[str, Any]:
    """What the addresses and bodies of the fuzzer are pointed at, so that it gets further than a 404."""
    load_province()
    phang = commune_named("Mường Phăng")
    sell_from(phang, 100_000, on=date(2026, 5, 4))
    rice = ProduceFactory(commune=phang, stock=1_000_000)
    room = RoomTypeFactory(rooms=500, sleeps=50, open_from=in_days(0), open_to=in_days(40))
    user = UserFactory()
    grant_role(user=user, role=RoleAssignment.Role.COMMUNE_OFFICIAL, commune=phang)
    Member.objects.create(seller=rice.product.origin.seller, user=user)
    basket = new_basket(api)
    put(api, basket, product=rice.product_id, quantity=1)
    placed = api.post(f"baskets/{basket}/checkout/", CHECKOUT).json()
    refresh = RefreshToken.for_user(user)
    return (
        CHECKOUT
        | CHECKOUT["delivery"]
        | {
            "phone": str(user.phone),
            "password": PASSWORD,
            "access": str(refresh.access_token),
            "refresh": str(refresh),
            "product_id": rice.product_id,
            "product": rice.product_id,
            "stay_id": room.stay.product_id,
            "room_type": room.pk,
            "payment_id": placed["payment"]["id"],
            "number": placed["order_number"],
            "key": placed["order_key"],
            "code": phang.code,
            "commune": phang.code,
            "first_night": str(in_days(2)),
            "from": str(in_days(1)),
            "to": str(in_days(3)),
        }
    )


@pytest.fixture
def description(things: dict[str, Any]) -> Any:
    return schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application(), config=CONFIG)


def aim(case: Any, things: dict[str, Any]) -> None:
    """Put what exists where the fuzzer made up something valid; what it made invalid stays."""
    real = things | {"Idempotency-Key": str(uuid.uuid4())}
    if "{basket_id}" in case.path:  # a fresh one each time: the last one may be ordered or empty by now
        basket = Basket.objects.create()
        line = baskets.add_goods(basket, product_id=things["product"], quantity=1)
        real |= {"basket_id": id_of(basket), "line_id": line.pk}
    parts = {
        ParameterLocation.PATH: case.path_parameters,
        ParameterLocation.QUERY: case.query,
        ParameterLocation.HEADER: case.headers,
        ParameterLocation.BODY: case.body,
    }
    for location, part in parts.items():
        if isinstance(part, MutableMapping) and not case.meta.is_negative_at(location):
            part.update({name: real[name] for name in part if name in real})


@schemathesis.pytest.from_fixture("description").parametrize()
@settings(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
def test_whatever_is_sent_the_answer_is_a_documented_one(case, things):
    aim(case, things)

    # A parameter without a value is one left out, as in the query string of a form: nothing to refuse.
    leaves_out = "" in (case.query or {}).values()
    case.call_and_validate(
        headers={"Authorization": f"Bearer {things['access']}", "Accept-Encoding": "identity"},
        checks=CHECKS if leaves_out else [*CHECKS, checks.negative_data_rejection],
    )
