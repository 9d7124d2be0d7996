import uuid

import pytest
from django.urls import reverse

from payments.ledger.selectors import trial_balance
from payments.models import Claim, Event, Intent
from tests.payments.fakes import signed
from tests.payments.making import operation_of, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]


@pytest.fixture
def operation():
    return operation_of(start())


def put(client, operation_id, body, headers, *, provider="fake"):
    url = reverse("payments:callback", args=[provider, operation_id])
    return client.put(url, data=body, content_type="application/json", headers=headers)


def said(**changes):
    return signed({"ref": "W-1", "outcome": "succeeded", "amount_vnd": 250_000} | changes)


def assert_nothing_changed(claims):
    """Nothing was booked, and the claims kept beside our own request's answer are as given."""
    assert Intent.objects.get().state == "pending"
    assert trial_balance() == {}
    assert not Event.objects.exists()
    assert list(Claim.objects.filter(source="callback").values_list("refusal", flat=True)) == claims


def test_a_callback_is_answered_with_204_also_the_second_time(client, operation):
    first = put(client, operation.pk, *said())
    second = put(client, operation.pk, *said())

    assert (first.status_code, first.content, second.status_code) == (204, b"", 204)
    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}
    assert Event.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, {"X-Signature": "forged"}])
def test_an_unsigned_callback_is_refused_and_kept(client, operation, headers):
    response = put(client, operation.pk, said()[0], headers)

    assert response.status_code == 401
    assert response.json() == {
        "code": "bad_signature",
        "message": "Fake callback: X-Signature does not match the body.",
        "details": {},
    }
    assert_nothing_changed(["bad_signature"])
    assert Claim.objects.get(refusal="bad_signature").raw == {"body": said()[0]}


def test_an_unsigned_callback_on_no_operation_of_ours_leaves_no_row(client, operation):
    response = put(client, uuid.uuid4(), said()[0], {})

    assert response.status_code == 401
    assert_nothing_changed([])


def test_a_callback_that_makes_no_sense_is_refused_and_kept(client, operation):
    response = put(client, operation.pk, *signed({"hello": "there"}))

    assert (response.status_code, response.json()["code"]) == (400, "unreadable_report")
    assert_nothing_changed(["unreadable_report"])


def test_another_amount_is_refused_and_kept(client, operation):
    response = put(client, operation.pk, *said(amount_vnd=25_000))

    assert (response.status_code, response.json()["code"]) == (400, "amount_mismatch")
    assert_nothing_changed(["amount_mismatch"])


def test_an_unknown_operation_is_not_found_and_kept(client, operation):
    response = put(client, uuid.uuid4(), *said())

    assert (response.status_code, response.json()["code"]) == (404, "operation_unknown")
    assert_nothing_changed(["operation_unknown"])


def test_another_providers_operation_is_not_found_and_kept(client, operation):
    response = put(client, operation.pk, *said(), provider="other")

    assert (response.status_code, response.json()["code"]) == (404, "wrong_provider")
    assert_nothing_changed(["wrong_provider"])


def test_an_unknown_provider_is_not_found(client, operation):
    response = put(client, operation.pk, *said(), provider="momo")

    assert (response.status_code, response.json()["code"]) == (404, "unknown_provider")
    assert_nothing_changed([])


def test_a_body_beyond_all_measure_is_refused(client, operation):
    response = put(client, operation.pk, *signed({"ref": "x" * 70_000}))

    assert (response.status_code, response.json()["code"]) == (400, "unreadable_report")
    assert_nothing_changed(["unreadable_report"])
    assert len(Claim.objects.get(refusal="unreadable_report").raw["body"]) == 2_000


def test_bytes_that_are_no_text_are_refused_and_kept(client, operation):
    response = put(client, operation.pk, b"\x00\xff", {})

    assert response.status_code == 401
    assert_nothing_changed(["bad_signature"])


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_a_notice_is_got_posted_or_put(client, operation, method):
    url = reverse("payments:callback", args=["fake", operation.pk])

    assert getattr(client, method)(url).status_code == 405
