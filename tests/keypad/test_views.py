"""What the phone operator's gateway may do, and nobody else."""

from __future__ import annotations

import time
from typing import Any

import pytest

from marketplace.keypad.models import Inbound, Session
from marketplace.messaging.models import Message
from tests.keypad.conftest import text

pytestmark = pytest.mark.django_db(transaction=True)

SMS: dict[str, Any] = {
    "id": "m-1", "from": "+84399555333", "to": "8138", "text": "GIUP", "sent_at": "2026-11-23T03:45:00Z",
}  # fmt: skip
USSD = {
    "sessionId": "s-1", "serviceCode": "*138#", "phoneNumber": "+84399555333", "networkCode": "45204",
    "text": "",
}  # fmt: skip


def test_a_signed_message_is_taken_and_answered_once(gateway):
    answers = [gateway("/sms/inbound/", SMS) for _ in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"id": "m-1"})] * 2
    assert Message.objects.get().text.startswith("This number does not sell yet")
    assert "no-store" in answers[0].headers["Cache-Control"]


def test_a_signed_session_is_answered_as_africas_talking_wants_it(gateway):
    first = gateway("/ussd/", USSD)
    last = gateway("/ussd/", USSD | {"text": "0"})

    assert first.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert first.content.decode().startswith("CON Muong Then market.")
    assert last.content.decode() == "END Goodbye. Good harvests!"


@pytest.mark.parametrize(("path", "values"), [("/sms/inbound/", SMS), ("/ussd/", USSD)])
@pytest.mark.parametrize(
    "wrong", [{"secret": "another"}, {"secret": ""}, {"at": 0}, {"at": time.time() + 900}]
)
def test_what_is_not_signed_now_by_the_gateway_is_refused(gateway, path, values, wrong):
    answer = gateway(path, values, **wrong)

    assert (answer.status_code, answer.json()["code"]) == (403, "bad_signature")
    assert not Inbound.objects.exists()
    assert not Session.objects.exists()


def test_without_a_secret_nobody_is_the_gateway(gateway, settings):
    settings.PHONE_GATEWAY = settings.PHONE_GATEWAY | {"secret": ""}

    answer = gateway("/sms/inbound/", SMS)

    assert (answer.status_code, "SMS_GATEWAY_SECRET" in answer.json()["message"]) == (403, True)


@pytest.mark.parametrize(
    "wrong",
    [{"id": ""}, {"id": "x" * 65}, {"id": "a\nb"}, {"id": 7}, {"from": "mai"}, {"from": ""}, {"text": None}],
)
def test_a_message_in_another_shape_is_refused_with_words(gateway, wrong):
    answer = gateway("/sms/inbound/", SMS | wrong)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not Inbound.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff\xfe", b"7"])
def test_a_body_that_is_no_object_is_refused(gateway, raw):
    assert gateway("/sms/inbound/", {}, raw=raw or b" ").status_code == 400


@pytest.mark.parametrize(
    "wrong", [{"phoneNumber": "mai"}, {"sessionId": ""}, {"text": "1*" * 600}, {"text": "\x00"}]
)
def test_a_session_in_another_shape_is_refused_with_words(gateway, wrong):
    assert gateway("/ussd/", USSD | wrong).status_code == 400
    assert not Session.objects.exists()


def test_what_is_large_or_no_post_is_refused(gateway, client):
    assert gateway("/sms/inbound/", SMS | {"text": "x" * 11_000}).status_code == 413
    assert client.get("/sms/inbound/").status_code == 405
    assert client.get("/ussd/").status_code == 405


def test_no_refusal_logs_the_number_or_the_words(gateway, caplog):
    gateway("/sms/inbound/", SMS | {"text": "my secret"}, secret="another")

    assert "my secret" not in caplog.text
    assert "399555333" not in caplog.text


def test_the_page_shows_the_words_and_ones_own_texts_only(client, farmer):
    text("+84399555333", "BAN GAO 50KG 18000")
    text(farmer, "TIEN")
    client.force_login(farmer)

    page = client.get("/sell/keypad/").content.decode()

    assert "BAN GAO 50KG 18000" in page
    assert "*138#" in page
    assert "TIEN" in page
    assert "This number does not sell yet" not in page


def test_the_page_wants_somebody_signed_in(client):
    assert client.get("/sell/keypad/").status_code == 302
