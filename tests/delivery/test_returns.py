"""Parcels nobody collects: the buyer is told and reminded, then they go back and so does the money."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.delivery.models import HandOver, Shipment
from marketplace.delivery.services import buyer_code_for
from marketplace.delivery.services.telling import remind
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.services.returns import return_uncollected
from marketplace.messaging.models import Message
from marketplace.settlement.models import PartClock, Refund
from tests.delivery.conftest import Kind, hand, order_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clerk")]


@pytest.fixture
def ready(hub, village):
    """A parcel that lies at the central post office, ready to collect."""
    part = order_to(hub)
    hand(part, Kind.TO_POST, village)
    hand(part, Kind.SENT, village)
    hand(part, Kind.RECEIVED, hub)
    return part


def test_the_buyer_hears_once_that_it_is_there_with_the_digits_to_say(ready):
    (message,) = Message.objects.filter(purpose="parcel-ready")

    assert message.to == "+84399000001"
    assert buyer_code_for(ready) in message.text
    assert ready.number in message.text
    assert len(message.text) <= 160


def test_who_does_not_come_is_reminded_once(ready):
    now = timezone.now()

    assert remind(now=now + timedelta(days=2)) == 0
    assert remind(now=now + timedelta(days=4)) == 1
    remind(now=now + timedelta(days=5))

    assert Message.objects.filter(purpose="parcel-waits").count() == 1


def test_after_ten_days_it_goes_back_and_the_goods_are_refunded_less_a_tenth(ready):
    now = timezone.now()
    assert return_uncollected(now=now + timedelta(days=9)) == 0

    late = now + timedelta(days=10)
    assert return_uncollected(now=late) == 1
    assert return_uncollected(now=late) == 0

    assert Shipment.objects.get().state == "returning"
    assert HandOver.objects.get(kind=Kind.BACK).by is None
    refund = Refund.objects.get()
    # Two packs for 100.000 ₫ each; their delivery is spent.
    assert (refund.amount_vnd, refund.split.line.order_id) == (180_000, ready.order_id)
    assert PartClock.objects.get(part=ready).delivered_at == late


def test_what_was_collected_does_not_go_back(ready, hub):
    hand(ready, Kind.TO_BUYER, hub)

    assert return_uncollected(now=timezone.now() + timedelta(days=30)) == 0
    assert not Refund.objects.exists()


def test_what_the_buyer_says_to_have_does_not_go_back(ready):
    fulfilment.received(part=ready, by=None, now=timezone.now())
    fulfilment.received(part=ready, by=None, now=timezone.now())

    assert Shipment.objects.get().state == "delivered"
    assert return_uncollected(now=timezone.now() + timedelta(days=30)) == 0
    assert not Refund.objects.exists()
