from __future__ import annotations

import uuid

import pytest
from rest_framework.test import APIClient

from tests.factories import ProduceFactory

pytestmark = pytest.mark.django_db


def test_an_address_nobody_answers_at_is_an_error_like_the_others(api):
    for answer in (api.get("nowhere/"), api.post("nowhere/at/all/", {}), api.get("products/%0A/")):
        assert answer.status_code == 404
        assert answer.json() == {
            "code": "not_found",
            "message": "There is nothing at this address. The addresses are listed at /api/docs/.",
            "details": {},
        }


def test_a_forgotten_slash_is_added(api):
    answer = api.get("products")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/api/v1/products/")


def test_a_method_that_is_not_there_names_those_that_are(api):
    answer = api.delete("products/")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.json() == {
        "code": "method_not_allowed",
        "message": 'Method "DELETE" not allowed.',
        "details": {},
    }


@pytest.mark.parametrize("body", ["{", '{"phone": NaN}', b"\xff\xfe"])
def test_what_is_no_json_is_refused(api, body):
    answer = api.http.post("/api/v1/auth/token/", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["code"] == "parse_error"


@pytest.mark.parametrize("body", ["[]", '"text"', "7", "null"])
def test_json_that_is_no_object_is_refused(api, body):
    answer = api.http.post("/api/v1/auth/token/", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


@pytest.mark.parametrize("text", ["\\ud800", "\\u0000", "7\\udfff"])
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": str(uuid.uuid4())}], ids=["plain", "keyed"])
def test_what_cannot_be_written_is_quoted_as_far_as_it_can(api, text, headers):
    path = f"/api/v1/baskets/{api.post('baskets/').json()['id']}/checkout/"
    body = f'{{"phone": "{text}", "provider": "{text}", "name": "{text}"}}'

    answer = api.http.post(path, body, content_type="application/json", headers=headers)

    assert answer.status_code == 400
    assert sorted(answer.json()["details"]) == ["name", "phone", "provider"]


def test_a_form_is_not_read(api):
    answer = api.http.post("/api/v1/auth/token/", {"phone": "0399000001"})

    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_media_type"


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "nonsense"])
def test_an_answer_is_json_whatever_accept_says(api, accept):
    answer = api.get("products/", headers={"Accept": accept})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_error_nobody_expected_is_logged_and_tells_nothing_of_the_inside(monkeypatch, caplog):
    def burn(*args, **kwargs):
        raise RuntimeError("password=secret")

    monkeypatch.setattr("marketplace.api.products.on_sale", burn)
    http = APIClient(raise_request_exception=False, headers={"Accept-Language": "en"})

    answer = http.get("/api/v1/products/")

    assert answer.status_code == 500
    assert answer.json() == {
        "code": "server_error",
        "message": "Something went wrong here, not with you. It was written down; try again in a moment.",
        "details": {},
    }
    assert "Unexpected error in ProductsView" in caplog.text
    assert "password=secret" in caplog.text


def test_a_page_beyond_the_last_is_not_found(api):
    ProduceFactory()

    answer = api.get("products/?page=2")

    assert answer.status_code == 404
    assert answer.json() == {"code": "not_found", "message": "Invalid page.", "details": {}}
