"""Telling departments of releases: signed, tried again, sent once more, and never into the house."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.departments import calling, outgoing, webhooks
from marketplace.departments.errors import AddressRefused, NotAnswered
from marketplace.departments.models import Delivery, Webhook
from marketplace.statistics.releases.models import Release
from tests.departments.conftest import NOW
from tests.factories import UserFactory, commune_named
from tests.statistics.orders import sell_from
from tests.statistics.releases.test_services import JANUARY, release

URL = "https://sct.dienbien.example/figures"


def listen(department, url=URL) -> Webhook:
    return webhooks.add(webhook_id=uuid.uuid4(), department=department, url=url, by=UserFactory(), now=NOW)


@pytest.fixture
def published(province) -> Release:
    sell_from(commune_named("Mường Phăng"), 100_000, on=JANUARY, sellers=4)
    return release(JANUARY)


def announced(department, listener, published) -> Delivery:
    """A release that a webhook has not heard of yet."""
    webhook = listen(department, listener.url)
    Webhook.objects.update(made_at=published.made_at - timedelta(days=1))
    webhooks.announce(now=NOW)
    return Delivery.objects.get(webhook=webhook)


def test_a_release_is_told_once_and_the_receiver_can_check_who_wrote(department, listener, published):
    delivery = announced(department, listener, published)
    webhooks.announce(now=NOW)

    assert webhooks.deliver(delivery_id=delivery.pk, now=NOW) is True
    assert webhooks.deliver(delivery_id=delivery.pk, now=NOW) is False

    [(headers, body)] = listener.heard
    told = json.loads(body)
    assert (told["type"], told["data"]["number"], told["data"]["hash"]) == (
        "release.published",
        1,
        published.hash,
    )
    assert told["data"]["tables"]["communes"]["csv"].endswith("/statistics/releases/1/communes.csv")
    secret = base64.b64decode(webhooks.secret_of(Webhook.objects.get()).removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-id"] == f"msg_{delivery.pk.hex}"


def test_what_was_released_before_a_webhook_began_is_not_told(department, published):
    Webhook.objects.create(
        department=department, url=URL, made_at=timezone.now() + timedelta(days=1), made_by=UserFactory()
    )

    assert webhooks.announce(now=NOW) == 0


def test_a_server_that_is_down_is_asked_again_after_growing_pauses_until_it_is_given_up(
    department, listener, published
):
    delivery = announced(department, listener, published)
    listener.status, now = 503, NOW

    for pause in outgoing.PAUSES:
        assert webhooks.deliver(delivery_id=delivery.pk, now=now) is False
        delivery.refresh_from_db()
        assert (delivery.state, delivery.next_try_at, delivery.error) == (
            "queued",
            now + pause,
            "Answered 503.",
        )
        assert webhooks.deliver(delivery_id=delivery.pk, now=now) is False  # not due yet
        now += pause
    webhooks.deliver(delivery_id=delivery.pk, now=now)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("failed", len(outgoing.PAUSES) + 1)
    assert len(listener.heard) == len(outgoing.PAUSES) + 1
    assert len({headers["webhook-id"] for headers, _body in listener.heard}) == 1


def test_a_failed_message_is_sent_once_more_by_the_button(department, listener, published, staff):
    delivery = announced(department, listener, published)
    Delivery.objects.update(state="failed", attempts=9, error="Answered 503.")

    staff.post(f"/staff/departments/webhook-deliveries/{delivery.pk}/replay/")
    assert webhooks.deliver(delivery_id=delivery.pk, now=timezone.now()) is True

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.error) == ("sent", 1, "")


def test_a_redirect_is_not_followed(department, listener, published):
    delivery = announced(department, listener, published)
    listener.status, listener.headers = 302, {"Location": "http://127.0.0.1:1/"}

    webhooks.deliver(delivery_id=delivery.pk, now=NOW)

    delivery.refresh_from_db()
    assert delivery.error == "Answered 302: redirects are not followed."


def test_an_ended_webhook_hears_nothing_more(department, listener, published):
    delivery = announced(department, listener, published)
    webhooks.end(webhook=Webhook.objects.get(), now=NOW)

    assert webhooks.deliver(delivery_id=delivery.pk, now=NOW) is False
    assert listener.heard == []
    assert webhooks.announce(now=NOW) == 0


def test_a_new_secret_takes_the_place_of_the_old_one_once(department):
    webhook = listen(department)
    old = webhooks.secret_of(webhook)

    assert webhooks.renew_secret(webhook_id=webhook.pk, version=1) is True
    assert webhooks.renew_secret(webhook_id=webhook.pk, version=1) is False

    webhook.refresh_from_db()
    assert webhooks.secret_of(webhook) != old


def test_an_address_is_told_once_by_a_department(department):
    webhook = listen(department)

    with pytest.raises(AddressRefused, match="is told of releases already"):
        listen(department)

    assert list(Webhook.objects.all()) == [webhook]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://sct.example/", "begins with https://"),
        ("ftp://sct.example/", "begins with https://"),
        ("https://", "begins with https://"),
        ("https://me:secret@sct.example/", "without a name, a password"),
        ("https://sct.example:8080/", "only 443 is called"),
        ("https://[::1", "no address of the web"),
    ],
)
def test_what_is_never_called_is_refused_where_it_is_typed(department, url, words):
    with pytest.raises(AddressRefused, match=words):
        listen(department, url)


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
    ],
)
def test_a_name_that_leads_into_a_private_network_is_not_called(monkeypatch, number):
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))
    private = (family, socket.SOCK_STREAM, 6, "", (number, 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: [public, private])

    with pytest.raises(AddressRefused, match=r"sct\.example is not on the public internet"):
        calling.post("https://sct.example/", body=b"{}", headers={})


def test_a_name_nobody_knows_is_tried_again_later(monkeypatch):
    def unknown(*args: object, **options: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(NotAnswered, match="Nobody knows"):
        calling.post("https://sct.example/", body=b"{}", headers={})
