"""Who may call: a key for each reseller's program, kept as a digest."""

from __future__ import annotations

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from tests.tourism.octo import described
from tests.tourism.octo.conftest import Octo, make_reseller, new_uuid, room_wish
from tourism.octo import keys
from tourism.octo.models import ResellerBooking, ResellerKey

pytestmark = pytest.mark.django_db


def ask(**headers: str):
    answer = APIClient().get(
        "/octo/products/", headers={"Octo-Capabilities": "", "Accept-Language": "en"} | headers
    )
    described.check("get", "products/", answer.status_code, answer.json())
    return answer


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": ""}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer"}]
)
def test_without_a_key_nothing_is_told(header):
    answer = ask(**header)

    assert answer.status_code == 400
    assert answer.json() == {
        "error": "UNAUTHORIZED",
        "errorMessage": "Send your key as “Authorization: Bearer <key>”.",
    }


def test_a_wrong_a_revoked_and_an_inactive_reseller_s_key_open_nothing(reseller):
    revoked = keys.make(reseller=reseller, now=timezone.now())
    keys.revoke(key_id=ResellerKey.objects.get().pk, now=timezone.now())
    inactive = keys.make(reseller=make_reseller("Đã nghỉ", is_active=False), now=timezone.now())

    for key in ("mt_nobody", revoked, inactive):
        answer = ask(Authorization=f"Bearer {key}")
        assert (answer.status_code, answer.json()["error"]) == (400, "FORBIDDEN")


def test_only_the_digest_of_a_key_is_kept(reseller):
    key = keys.make(reseller=reseller, now=timezone.now())

    row = ResellerKey.objects.get()
    assert key.startswith(row.beginning)
    assert key not in (row.digest, row.beginning)
    assert keys.reseller_of(key) == reseller


def test_the_header_for_capabilities_is_required(octo):
    answer = APIClient().get("/octo/products/", headers={"Authorization": f"Bearer {octo.key}"})

    assert (answer.status_code, answer.json()["error"]) == (400, "BAD_REQUEST")


def test_another_reseller_neither_sees_nor_changes_a_booking_and_may_use_its_uuid(octo, room):
    other = Octo(make_reseller("Đại lý khác"))
    uuid = new_uuid()
    mine = octo.reserve(room_wish(room), uuid=uuid).json()

    seen = other.get(f"bookings/{uuid}")
    cancelled = other.post(f"bookings/{uuid}/cancel", reason="not mine")
    theirs = other.reserve(room_wish(room), uuid=uuid).json()

    for answer in (seen, cancelled):
        assert answer.json() == {
            "error": "INVALID_BOOKING_UUID",
            "errorMessage": "The uuid was missing or invalid.",
            "uuid": uuid,
        }
    assert theirs["supplierReference"] != mine["supplierReference"]
    assert ResellerBooking.objects.count() == 2
    assert other.get("bookings/", supplierReference=mine["supplierReference"]).json() == []


@pytest.mark.parametrize("path", ["", "nowhere", "bookings/1/2/3", "products/a/b"])
def test_other_addresses_have_an_error_of_the_same_shape(path):
    answer = APIClient().get(f"/octo/{path}", headers={"Accept-Language": "en"})

    assert answer.status_code == 404
    assert answer.json() == {"error": "NOT_FOUND", "errorMessage": "There is nothing at this address."}


def test_another_method_is_refused_and_the_right_ones_are_named(octo):
    answer = octo.http.delete("/octo/bookings/")

    assert (answer.status_code, answer.json()["error"]) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize("body", ["{", "[]", '"text"', "\xff"])
def test_what_is_no_json_object_is_a_bad_request(octo, body):
    answer = octo.http.post("/octo/bookings/", body.encode("latin-1"), content_type="application/json")

    assert (answer.status_code, answer.json()["error"]) == (400, "BAD_REQUEST")


def test_another_media_type_is_a_bad_request(octo):
    answer = octo.http.post("/octo/bookings/", {"productId": "room-1"}, format="multipart")

    assert (answer.status_code, answer.json()["error"]) == (400, "BAD_REQUEST")
