"""Guests of a closed commune have all of their money back, or other days: whatever they choose, once."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from marketplace.board import services
from marketplace.board.errors import ChosenAlready
from marketplace.errors import Invalid, NightsClosed, NightsTaken
from marketplace.fulfilment import books
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.models import Placement
from marketplace.settlement.models import PartClock, Refund
from payments.providers.base import Outcome
from tests.board.conftest import LATER, close, only_offer, order_of, pay_refunds_back
from tests.shop.conftest import in_days
from tests.shop.silent import tell
from tourism import bookings
from tourism.closures import services as closing
from tourism.closures.models import Offer
from tourism.models import Booking, RoomNight

pytestmark = pytest.mark.django_db(transaction=True)


def taken(room: Any) -> list[Any]:
    return list(
        RoomNight.objects.filter(room_type=room, taken=1)
        .order_by("night_on")
        .values_list("night_on", flat=True)
    )


def test_closing_offers_every_paid_booking_a_choice_until_the_eve(booked, commune, official):
    closure = close(commune, by=official)

    offer = only_offer()
    assert (offer.closure, offer.booking, offer.state) == (closure, booked.booking, "open")
    assert offer.first_day == in_days(10)
    assert offer.choose_by == closing.choose_by(in_days(10), now=closure.opened_at)
    assert taken(booked.room) == [in_days(10), in_days(11)]


def test_a_refund_is_of_everything_whatever_the_policy_would_keep(booked, commune, official):
    close(commune, by=official)

    offer = services.refund(offer_id=only_offer().pk, chosen_by="guest", now=timezone.now())
    services.refund(offer_id=offer.pk, chosen_by="guest", now=timezone.now())
    pay_refunds_back()

    assert (offer.state, offer.chosen_by, offer.refunded_vnd) == ("refunded", "guest", 600_000)
    assert list(Refund.objects.values_list("amount_vnd", "state")) == [(600_000, "done")]
    booked.order.refresh_from_db()
    assert booked.order.status == "refunded"
    assert taken(booked.room) == []
    assert books.compare().differences == []


def test_other_days_cost_nothing_more_and_the_money_waits_for_them(booked, commune, official):
    close(commune, by=official)

    offer = services.move_nights(offer_id=only_offer().pk, first_night=in_days(30), now=timezone.now())
    services.move_nights(offer_id=offer.pk, first_night=in_days(30), now=timezone.now())

    booking = Booking.objects.get()
    assert (booking.first_night, booking.nights, booking.amount_vnd) == (in_days(30), 2, 600_000)
    assert (offer.state, offer.moved_to) == ("moved", in_days(30))
    assert taken(booked.room) == [in_days(30), in_days(31)]
    clock = PartClock.objects.get(part__order=booked.order)
    assert timezone.localdate(clock.expected_at) == in_days(32)
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("days", "refusal", "words"),
    [
        (-1, Invalid, "This day has passed."),
        (400, Invalid, "Other days are free of charge until"),
        (10, NightsClosed, "cannot be reached on the night of"),
        (11, NightsClosed, "cannot be reached on the night of"),
        (50, NightsTaken, "has just sold out for the night of"),
    ],
)
def test_days_that_cannot_be_had_leave_the_choice_open(booked, commune, official, days, refusal, words):
    close(commune, by=official)
    order_of(booked.room, in_so_many_days=50)
    before = taken(booked.room)

    with pytest.raises(refusal, match=words):
        services.move_nights(offer_id=only_offer().pk, first_night=in_days(days), now=timezone.now())

    assert only_offer().state == "open"
    assert taken(booked.room) == before


def test_who_has_moved_cannot_have_the_money_too(booked, commune, official):
    close(commune, by=official)
    offer = services.move_nights(offer_id=only_offer().pk, first_night=in_days(30), now=timezone.now())

    with pytest.raises(ChosenAlready, match="This was decided already: moved to other days"):
        services.refund(offer_id=offer.pk, chosen_by="guest", now=timezone.now())

    assert not Refund.objects.exists()


def test_who_chooses_nothing_is_refunded_when_the_time_is_over(booked, commune, official):
    close(commune, by=official)

    assert services.refund_undecided(now=timezone.now()) == 0
    assert services.refund_undecided(now=timezone.now() + LATER) == 1
    assert services.refund_undecided(now=timezone.now() + LATER) == 0

    offer = only_offer()
    assert (offer.state, offer.chosen_by, offer.refunded_vnd) == ("refunded", "time", 600_000)


def test_an_official_refunds_all_who_have_not_chosen(booked, commune, official):
    closure = close(commune, by=official)

    assert services.refund_all(closure_id=closure.pk, by=official, now=timezone.now()) == 1

    assert only_offer().chosen_by == "official"
    assert services.outcome(closure) == {"open": 0, "moved": 0, "refunded": 1, "over": 0}


def test_when_the_way_is_free_again_who_has_not_chosen_keeps_the_booking(booked, commune, official):
    closure = close(commune, by=official)
    closing.lift(closure.pk, by=official, now=timezone.now())

    assert services.refund_undecided(now=timezone.now() + LATER) == 0

    assert only_offer().state == "over"
    assert Booking.objects.get().state == "confirmed"
    assert not Refund.objects.exists()


def test_a_booking_its_host_moved_meanwhile_is_not_refunded(booked, commune, official):
    close(commune, by=official)
    bookings.move(booked.booking.pk, room_type_id=booked.room.pk, first_night=in_days(40), nights=2, rooms=1)

    services.refund_undecided(now=timezone.now() + LATER)

    assert only_offer().state == "over"
    assert not Refund.objects.exists()


def test_a_booking_its_guests_cancelled_meanwhile_is_over(booked, commune, official):
    close(commune, by=official)
    fulfilment.cancel(number=booked.order.number, now=timezone.now())
    asked = list(Refund.objects.values_list("amount_vnd", flat=True))

    services.refund_undecided(now=timezone.now() + LATER)

    assert only_offer().state == "over"
    assert list(Refund.objects.values_list("amount_vnd", flat=True)) == asked


def test_an_order_that_is_not_paid_is_freed_and_nothing_goes_back(
    post, stay_options, booked, commune, official
):
    order = order_of(booked.room, in_so_many_days=12).order
    close(commune, by=official)
    offer = Offer.objects.get(booking__order_line__order=order)

    offer = services.refund(offer_id=offer.pk, chosen_by="guest", now=timezone.now())

    order.refresh_from_db()
    assert (order.status, offer.refunded_vnd) == ("cancelled", 0)
    assert not Refund.objects.exists()


def test_what_is_chosen_answers_the_offers_of_all_closures(booked, commune, official):
    close(commune, by=official)
    close(commune, by=official, first=10, last=20)
    first, second = Offer.objects.order_by("pk")

    services.move_nights(offer_id=first.pk, first_night=in_days(30), now=timezone.now())

    second.refresh_from_db()
    assert second.state == "over"


def test_choosing_both_at_once_is_choosing_one(booked, commune, official):
    close(commune, by=official)
    offer_id, together, said = only_offer().pk, Barrier(2), []

    def act(choose: Any) -> None:
        together.wait()
        try:
            said.append(choose().state)
        except ChosenAlready:
            said.append("refused")
        finally:
            connections.close_all()

    now = timezone.now()
    threads = [
        Thread(target=act, args=[lambda: services.refund(offer_id=offer_id, chosen_by="guest", now=now)]),
        Thread(
            target=act,
            args=[lambda: services.move_nights(offer_id=offer_id, first_night=in_days(30), now=now)],
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(said) in (["moved", "refused"], ["refunded", "refused"])
    assert Refund.objects.count() == (1 if "refunded" in said else 0)
    assert len(taken(booked.room)) == (0 if "refunded" in said else 2)


def test_late_money_for_closed_nights_goes_back(post, stay_options, booked, commune, official):
    placed = order_of(booked.room, in_so_many_days=12)
    fulfilment.release_ended_holds(now=timezone.now() + timedelta(hours=1))
    close(commune, by=official)

    tell(placed.intent.pk, Outcome.SUCCEEDED)

    placed.order.refresh_from_db()
    assert placed.order.status == "cancelled"
    assert Placement.objects.get(order=placed.order).refund_reason
