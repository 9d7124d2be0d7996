"""The parcels of a post point: taken in, sent on, received and handed out by its agents, and by no others."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from marketplace.counter import kept
from marketplace.delivery import codes
from marketplace.delivery import services as delivery
from marketplace.delivery.models import HandOver, Manifest, Promise, Route, RouteStop, Shipment
from marketplace.messaging.models import Message
from marketplace.settlement.models import PartClock
from tests.counter.conftest import agent_of, browser_of
from tests.delivery.conftest import order_to
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wallet(settings, _cash):
    settings.PAYMENT_PROVIDERS = {
        "viettel": {"class": "tests.shop.silent.SilentProvider", "label": "Viettel Money"}
    }


@pytest.fixture
def village(office, other_office):
    """The other office hangs on the central one by a route of every day; its agent's browser."""
    other_office.hub = office
    other_office.save()
    route = Route.objects.create(code="R1", name="Him Lam", office=office, weekdays=[0, 1, 2, 3, 4, 5, 6])
    RouteStop.objects.create(route=route, place=1, office=other_office)
    return browser_of(agent_of(other_office, "Lò Thị Ín"))


def take_in(browser, part, **changes):
    said = {"id": str(uuid4()), "kind": "to-post", "number": part.number, "code": delivery.code_for(part)}
    return browser.post("/post/parcels/", said | changes)


def send_on(browser, part, to_office):
    said = {"manifest_id": str(uuid4()), "to_office": to_office.code, "parts": [part.pk]}
    return browser.post("/post/manifests/", said)


def test_a_parcel_travels_from_the_village_to_the_hand_of_its_buyer(office, counter, village):
    part = order_to(office)

    assert take_in(village, part).status_code == 302
    assert part.number in village.get("/post/parcels/").content.decode()
    assert "To TP Điện Biên Phủ" in village.get("/post/manifests/").content.decode()
    send_on(village, part, office)
    manifest = Manifest.objects.get()
    assert manifest.number in counter.get("/post/parcels/").content.decode()
    assert village.get(f"/post/manifests/{manifest.number}.pdf").content.startswith(b"%PDF")
    page = counter.get(f"/post/manifests/{manifest.number}/").content.decode()
    assert codes.manifest_code(manifest.pk) not in page
    received = counter.post(f"/post/manifests/{manifest.number}/", {"code": codes.manifest_code(manifest.pk)})
    assert received.status_code == 302
    assert Shipment.objects.get().state == "ready"
    assert Message.objects.filter(purpose="parcel-ready").count() == 1

    handed = counter.post(
        f"/post/parcels/{part.number}/acts/",
        {"id": str(uuid4()), "kind": "to-buyer", "code": delivery.buyer_code_for(part)},
    )

    assert handed.status_code == 302
    assert Shipment.objects.get().state == "delivered"
    assert PartClock.objects.get(part=part).delivered_at is not None


def test_wrong_digits_are_said_beside_the_form_and_nothing_typed_is_lost(office, counter):
    part = order_to(office)

    answer = take_in(counter, part, code="0000" if delivery.code_for(part) != "0000" else "1111")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "not the right four digits" in page
    assert part.number in page
    assert not HandOver.objects.exists()
    assert "There is no parcel with this number" in take_in(counter, part, number="X-1").content.decode()


def test_to_a_counter_there_are_no_parcels_of_others(office, counter, village):
    part = order_to(office)
    take_in(village, part)
    send_on(village, part, office)
    manifest = Manifest.objects.get()
    far = browser_of(agent_of(_third(office), "Vừ A Sùng"))

    for path in (
        f"/post/parcels/{part.number}/",
        f"/post/manifests/{manifest.number}/",
        f"/post/manifests/{manifest.number}.pdf",
    ):
        assert far.get(path).status_code == 404, path
    assert counter.get(f"/post/manifests/{manifest.number}.pdf").status_code == 404  # the digits are on it
    assert far.post(f"/post/parcels/{part.number}/acts/", {"kind": "received"}).status_code == 404
    assert browser_of(UserFactory()).get("/post/parcels/").status_code == 403
    assert browser_of(None).get("/post/parcels/").status_code == 302
    assert Shipment.objects.get().state == "on-way"


def _third(office):
    return type(office).objects.create(code="381999", name="Xa", commune=office.commune, address="")


def test_a_scanned_code_of_the_buyer_is_as_good_as_the_digits(office, counter):
    part = order_to(office)
    take_in(counter, part)
    address = f"/post/p/{codes.buyer_key(part.pk)}/"

    assert "Hand it to the buyer" in counter.get(address).content.decode()
    counter.post(address, {"id": str(uuid4()), "kind": "to-buyer"})

    assert Shipment.objects.get().state == "delivered"
    assert HandOver.objects.get(kind="to-buyer").with_code
    assert counter.get("/post/p/1.forged/").status_code == 404


def test_a_scanned_label_takes_a_parcel_in(office, counter):
    part = order_to(office)

    counter.post(f"/post/p/{codes.label_key(part.pk)}/", {"id": str(uuid4()), "kind": "to-post"})

    assert Shipment.objects.get().state == "ready"


def test_a_list_that_was_sent_twice_is_one(office, village):
    part = order_to(office)
    take_in(village, part)
    said = {"manifest_id": str(uuid4()), "to_office": office.code, "parts": [part.pk]}

    first, again = village.post("/post/manifests/", said), village.post("/post/manifests/", said)

    assert first.url == again.url
    assert Manifest.objects.count() == 1


def test_what_was_missing_in_the_bag_stays_on_its_way(office, counter, village):
    here, lost = order_to(office), order_to(office)
    for part in (here, lost):
        take_in(village, part)
    village.post(
        "/post/manifests/",
        {"manifest_id": str(uuid4()), "to_office": office.code, "parts": [here.pk, lost.pk]},
    )
    manifest = Manifest.objects.get()

    counter.post(
        f"/post/manifests/{manifest.number}/",
        {"code": codes.manifest_code(manifest.pk), "missing": [lost.pk]},
    )

    assert dict(Shipment.objects.values_list("part", "state")) == {here.pk: "ready", lost.pk: "on-way"}


def test_fifty_queued_acts_are_each_noted_once_however_the_network_breaks(office, counter):
    """The phone sends an act until it has an answer; the cut comes before the request or behind it."""
    chance = random.Random(7)
    parts = [order_to(office) for _ in range(5)]
    queue = []
    for part in parts:
        digits = {"to-post": delivery.code_for(part), "to-buyer": delivery.buyer_code_for(part)}
        for kind in ["to-post"] * 5 + ["to-buyer"] * 5:
            act = {"id": str(uuid4()), "kind": kind, "number": part.number, "code": digits[kind]}
            queue.append((part, act | {"happened_at": timezone.now().isoformat()}))

    for part, act in queue:
        url = "/post/parcels/" if act["kind"] == "to-post" else f"/post/parcels/{part.number}/acts/"
        answered = False
        while not answered:
            if chance.random() < 0.3:
                continue  # cut before it was sent
            answer = counter.post(url, json.dumps(act), content_type="application/json")
            assert answer.json()["noted"] is True, answer.json()
            answered = chance.random() >= 0.3  # or the answer was lost

    assert len(queue) == 50
    assert HandOver.objects.count() == 10
    assert set(Shipment.objects.values_list("state", flat=True)) == {"delivered"}


def test_the_staff_see_how_promises_were_kept(office, counter):
    today = timezone.localdate()
    kept_part, late_part = order_to(office), order_to(office)
    Promise.objects.update(sends_on=today, reaches_on=today)
    Promise.objects.filter(part=late_part).update(
        sends_on=today - timedelta(days=3), reaches_on=today - timedelta(days=3)
    )
    take_in(counter, kept_part)
    staff = browser_of(UserFactory(is_staff=True))

    assert [row.number for row in kept.late_parcels(today=today)] == [late_part.number]
    page = staff.get("/staff/deliveries/").content.decode()
    assert late_part.number in page
    assert kept_part.number not in page
    assert browser_of(UserFactory()).get("/staff/deliveries/").status_code == 403
