"""A parcel changes hands: by the right digits, in a possible order, once however often it is told."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.delivery import codes
from marketplace.delivery import services as delivery
from marketplace.delivery.errors import (
    ActConflict,
    ActTooOld,
    Ended,
    NoCode,
    NotThere,
    TooManyTries,
    Unpaid,
    WrongCode,
)
from marketplace.delivery.models import HandOver, Shipment
from marketplace.fulfilment import services as fulfilment
from marketplace.sellers.models import SubOrder
from marketplace.settlement.models import PartClock
from tests.delivery.conftest import Kind, act, hand, order_to
from tests.payments.threads import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clerk")]


def other_digits(code: str) -> str:
    return f"{(int(code) + 1) % 10_000:04}"


def clock(part: SubOrder) -> PartClock:
    return PartClock.objects.get(part=part)


def test_a_parcel_goes_from_the_village_to_its_buyer_and_its_money_is_due_two_days_later(hub, village):
    part = order_to(hub)

    states = [
        hand(part, Kind.TO_POST, village).shipment.state,
        hand(part, Kind.SENT, village).shipment.state,
        hand(part, Kind.RECEIVED, hub).shipment.state,
    ]
    assert states == ["at-post", "on-way", "ready"]
    assert clock(part).delivered_at is None

    noted = hand(part, Kind.TO_BUYER, hub)

    assert noted.shipment.state == "delivered"
    assert clock(part).delivered_at == noted.happened_at
    assert list(
        HandOver.objects.order_by("recorded_at").values_list("kind", "office__code", "with_code")
    ) == [
        ("to-post", "384500", True),
        ("sent", "384500", False),
        ("received", "380000", False),
        ("to-buyer", "380000", True),
    ]


def test_the_sellers_and_the_buyers_digits_differ_in_what_they_open(hub):
    part = order_to(hub)
    assert delivery.code_for(part) == codes.seller_code(part.pk)
    assert delivery.buyer_code_for(part) == codes.buyer_code(part.pk)
    assert codes.part_of_buyer(codes.buyer_key(part.pk)) == part.pk
    assert codes.part_of_buyer(codes.label_key(part.pk)) is None
    assert codes.part_of_label(codes.buyer_key(part.pk)) is None


@pytest.mark.parametrize("kind", [Kind.TO_POST, Kind.TO_BUYER])
def test_wrong_digits_change_nothing(hub, kind):
    part = order_to(hub)
    right = act(part, kind).code

    with pytest.raises(WrongCode, match="not the right four digits"):
        hand(part, kind, hub, code=other_digits(right))
    with pytest.raises(NoCode, match="Type the four digits"):
        hand(part, kind, hub, code=" ")

    assert not HandOver.objects.exists()
    assert clock(part).delivered_at is None


def test_digits_cannot_be_found_by_trying(hub):
    part = order_to(hub)
    wrong = other_digits(delivery.buyer_code_for(part))
    for _ in range(10):
        with pytest.raises(WrongCode):
            hand(part, Kind.TO_BUYER, hub, code=wrong)

    with pytest.raises(TooManyTries, match="Too many wrong codes"):
        hand(part, Kind.TO_BUYER, hub)

    assert not HandOver.objects.exists()


def test_an_act_told_again_changes_nothing(hub):
    part, now = order_to(hub), timezone.now()
    told = act(part, Kind.TO_BUYER, None, happened_at=now - timedelta(hours=3))
    by = User.objects.first()

    first = fulfilment.hand_over(told, by=by, now=now)
    again = fulfilment.hand_over(told, by=by, now=now + timedelta(days=20))

    assert (first.is_repeated, again.is_repeated) == (False, True)
    assert clock(part).delivered_at == now - timedelta(hours=3)
    assert HandOver.objects.count() == 1


def test_the_same_by_a_second_phone_is_a_repeat(hub):
    part = order_to(hub)
    hand(part, Kind.TO_POST, hub)

    assert hand(part, Kind.TO_POST, hub).is_repeated
    assert HandOver.objects.count() == 1


def test_an_id_of_another_act_is_refused(hub):
    part, known = order_to(hub), uuid4()
    hand(part, Kind.TO_POST, hub, id=known)

    with pytest.raises(ActConflict):
        hand(part, Kind.TO_BUYER, hub, id=known)


def test_what_happened_more_than_a_week_ago_is_not_noted(hub):
    part = order_to(hub)

    with pytest.raises(ActTooOld):
        hand(part, Kind.TO_POST, hub, happened_at=timezone.now() - timedelta(days=8), now=timezone.now())


def test_a_clock_that_is_fast_is_taken_for_now(hub):
    part, now = order_to(hub), timezone.now()

    noted = hand(part, Kind.TO_POST, hub, happened_at=now + timedelta(hours=5), now=now)

    assert noted.happened_at == now


def test_a_parcel_cannot_be_sent_from_where_it_is_not(hub, village):
    part = order_to(hub)
    hand(part, Kind.TO_POST, village)

    with pytest.raises(NotThere, match=f"Parcel {part.number} cannot be handed over like this"):
        hand(part, Kind.SENT, hub)
    with pytest.raises(NotThere, match="noted as: at the post"):
        hand(part, Kind.TO_SELLER, village)

    assert Shipment.objects.get().state == "at-post"


def test_a_cancelled_order_is_not_handed_over(hub):
    part = order_to(hub)
    fulfilment.cancel(number=part.order.number, now=timezone.now())

    with pytest.raises(Ended, match="cancelled or refunded"):
        hand(part, Kind.TO_BUYER, hub)


def test_an_order_that_waits_for_its_payment_is_not_taken_in(hub):
    part = order_to(hub, paid=False)

    with pytest.raises(Unpaid, match="not paid yet"):
        hand(part, Kind.TO_POST, hub)


def test_a_seller_may_hand_the_parcel_to_the_buyer(hub):
    part = order_to(hub)

    noted = hand(part, Kind.TO_BUYER, None)

    assert (noted.shipment.state, noted.shipment.office) == ("delivered", None)
    assert clock(part).delivered_at == noted.happened_at


def test_a_parcel_nobody_collects_goes_back_to_its_seller(hub, village):
    part = order_to(hub)
    hand(part, Kind.TO_POST, village)
    hand(part, Kind.SENT, village)
    hand(part, Kind.RECEIVED, hub)

    states = [
        hand(part, Kind.BACK, hub).shipment.state,
        hand(part, Kind.SENT, hub).shipment.state,
        hand(part, Kind.RECEIVED, village).shipment.state,
        hand(part, Kind.TO_SELLER, village).shipment.state,
    ]

    assert states == ["returning", "returning", "returning", "returned"]


@pytest.mark.django_db(transaction=True)
def test_two_phones_at_once_note_a_hand_over_once(hub):
    part, by = order_to(hub), User.objects.first()
    now = timezone.now()
    acts = [act(part, Kind.TO_BUYER, None, happened_at=now) for _ in range(4)]

    noted = race([lambda each=each: fulfilment.hand_over(each, by=by, now=now) for each in acts])

    assert sorted(one.is_repeated for one in noted) == [False, True, True, True]
    assert HandOver.objects.count() == 1
