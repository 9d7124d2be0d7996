"""A carrier to other provinces: parcels handed over once, what it tells heard once, forgeries not at all."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.delivery.carriers.base import CarrierUnavailable, Told
from marketplace.delivery.carriers.http import HttpCarrier
from marketplace.delivery.models import CarrierEvent, Shipment
from marketplace.delivery.selectors import tracks
from marketplace.fulfilment.services.tracking import ask_carriers
from marketplace.settlement.models import PartClock
from tests.delivery.conftest import Kind, hand, order_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clerk")]

SECRET = "a-secret-of-the-carrier-of-32-by"
EVENTS = "/delivery/carriers/express/events/"


class Van(HttpCarrier):
    """A carrier at the border: signs and reads as the real one, and remembers instead of calling."""

    parcels: dict[str, str] = {}
    told: list[Told] = []
    is_down = False

    def register(self, consignment):
        if self.is_down:
            raise CarrierUnavailable("down")
        return self.parcels.setdefault(consignment.reference, f"SIM{len(self.parcels):09d}VN")

    def fetch(self, tracking_number):
        return [each for each in self.told if each.tracking_number == tracking_number]


@pytest.fixture(autouse=True)
def _carrier(settings):
    Van.parcels, Van.told, Van.is_down = {}, [], False
    settings.CARRIERS = {
        "express": {
            "class": "tests.delivery.test_carriers.Van",
            "options": {"base_url": "http://127.0.0.1:9/", "secret": SECRET, "timeout_s": 1.0},
        }
    }


@pytest.fixture
def given(hub):
    """A parcel for Hà Nội that the central office has given to the carrier, and the carrier knows."""
    part = order_to(None)
    hand(part, Kind.TO_POST, hub)
    hand(part, Kind.TO_CARRIER, hub)
    ask_carriers(now=timezone.now())
    return part


def number_of(part) -> str:
    return Shipment.objects.get(part=part).tracking_number


def tell(part, kind="delivered", *, secret=SECRET, at=None, **changes):
    event = {
        "id": f"E-{kind}",
        "tracking_number": number_of(part),
        "kind": kind,
        "place": "Hà Nội",
        "at": timezone.now().isoformat(),
    }
    body = json.dumps(event | changes).encode()
    stamp = str(int((at or timezone.now()).timestamp()))
    signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Carrier-Timestamp": stamp, "X-Carrier-Signature": signature}
    return Client().post(EVENTS, body, content_type="application/json", headers=headers)


def test_a_parcel_is_given_to_the_carrier_once(given):
    assert number_of(given) == "SIM000000000VN"

    ask_carriers(now=timezone.now())

    assert Van.parcels == {given.number: "SIM000000000VN"}


def test_a_carrier_that_is_down_is_asked_again(hub):
    Van.is_down = True
    part = order_to(None)
    hand(part, Kind.TO_POST, hub)
    hand(part, Kind.TO_CARRIER, hub)

    ask_carriers(now=timezone.now())
    assert number_of(part) == ""
    Van.is_down = False
    ask_carriers(now=timezone.now())

    assert number_of(part) == "SIM000000000VN"


def test_what_the_carrier_tells_is_the_story_and_its_last_word_starts_the_clock(given):
    assert tell(given, "sorted").json() == {"heard": True}
    assert PartClock.objects.get(part=given).delivered_at is None
    assert tell(given, "delivered").json() == {"heard": True}
    assert tell(given, "delivered").json() == {"heard": True}

    assert CarrierEvent.objects.count() == 2
    assert Shipment.objects.get().state == "delivered"
    assert PartClock.objects.get(part=given).delivered_at is not None
    said = [step.words for step in tracks([given.pk])[given.pk].steps]
    assert said[:3] == ["handed over to the post", "given to the carrier", "at the sorting centre"]


def test_a_notice_that_got_lost_is_heard_when_we_ask(given):
    now = timezone.now()
    Van.told = [Told("E-1", number_of(given), "delivered", "Hà Nội", now)]

    assert ask_carriers(now=now) == 1
    assert ask_carriers(now=now) == 0
    assert Shipment.objects.get().state == "delivered"


def test_forged_old_and_senseless_notices_change_nothing(given):
    assert tell(given, secret="another").status_code == 403
    assert tell(given, at=timezone.now() - timedelta(minutes=6)).status_code == 403
    assert tell(given, "eaten").status_code == 400
    assert tell(given, "delivered", id="").status_code == 400
    assert tell(given, tracking_number="SIM-of-others").json() == {"heard": False}
    nobody = Client().post("/delivery/carriers/nobody/events/", b"{}", content_type="text/plain")
    assert nobody.status_code == 404
    assert Client().get(EVENTS).status_code == 405

    assert not CarrierEvent.objects.exists()
    assert Shipment.objects.get().state == "with-carrier"


def test_what_nobody_took_goes_back(given):
    tell(given, "failed")
    tell(given, "returned")

    assert Shipment.objects.get().state == "returning"
