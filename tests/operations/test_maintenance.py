"""A closed market says so to people and programs, and still hears of money."""

import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from marketplace.switches import published, services
from marketplace.switches.models import Switch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def closed_at():
    now = timezone.now()
    switch(is_on=False, now=now)
    yield now
    cache.delete(published.KEY)


def switch(*, is_on, now, **changes):
    services.decide(
        switch_id=uuid.uuid4(),
        name=Switch.Name.MARKET,
        is_on=is_on,
        note="new version",
        by=None,
        now=now,
        **changes,
    )


@pytest.mark.parametrize(
    "path", ["/payments/callbacks/viettel/", "/payments/callbacks/vietqr/", "/sms/inbound/", "/ussd/"]
)
def test_what_others_tell_us_once_is_heard(client, path):
    answer = client.post(path, data="{}", content_type="application/json")

    assert answer.status_code not in {404, 503}


def test_a_program_is_told_in_its_own_form_when_to_ask_again(client, closed_at):
    switch(is_on=True, now=closed_at, from_at=closed_at + timedelta(minutes=10))

    answer = client.get("/api/v1/products/")

    assert answer.status_code == 503
    assert answer.json()["code"] == "maintenance"
    retry_after_s = int(answer["Retry-After"])
    assert 590 <= retry_after_s <= 600
    assert answer.json()["details"] == {"retry_after_s": retry_after_s}


def test_a_closed_market_is_ready_and_says_since_when(client, closed_at):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert answer.json()["closed_since"].startswith(f"{closed_at:%Y-%m-%dT%H:%M}")
    assert b"market_closed 1.0" in client.get("/metrics").content


def test_nobody_else_gets_past_it_by_another_method_or_address(client):
    for path in ("/", "/basket/", "/checkout/", "/sell/", "/board/", "/accounts/register/", "//metrics"):
        assert Client().post(path).status_code in {403, 503}, path
        assert Client().get(path).status_code == 503, path


def test_a_page_that_was_kept_ready_is_not_given_out(client, settings, closed_at):
    settings.COPIES_KEPT_S = 300
    switch(is_on=True, now=closed_at)
    assert client.get("/produce/").status_code == 200

    switch(is_on=False, now=timezone.now())

    assert client.get("/produce/").status_code == 503
