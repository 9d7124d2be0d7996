from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from marketplace.errors import Invalid, SeatsTaken
from tests.factories import DepartureFactory
from tests.payments.threads import race
from tourism.tours import seats, waiting
from tourism.tours.models import Departure, SeatBooking, Waiting

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 12, 1, 9, tzinfo=HANOI)
STARTS = datetime(2026, 12, 12, 8, tzinfo=HANOI)
TWO_HOURS = timedelta(hours=2)


def full_departure(capacity: int = 4, **facts) -> Departure:
    departure = DepartureFactory(starts_at=STARTS, capacity=capacity, min_group=1, **facts)
    for _ in range(capacity // 2):
        seats.book(departure_id=departure.pk, adults=2, children=0, channel="reseller", now=NOW)
    return departure


def join(departure: Departure, number: int, *, adults: int = 2, minutes: int = 0) -> Waiting:
    return waiting.join(
        departure_id=departure.pk,
        name=f"Khách {number}",
        phone=f"+8439900{number:04d}",
        adults=adults,
        children=0,
        now=NOW + timedelta(minutes=minutes),
    )


def free_two(departure: Departure) -> None:
    seats.cancel(departure.bookings.filter(state="confirmed").order_by("pk").first().pk)


def states(*entries: Waiting) -> list[str]:
    return [Waiting.objects.get(pk=entry.pk).state for entry in entries]


@pytest.mark.django_db
def test_seats_that_come_free_are_held_two_hours_for_the_first_in_line():
    departure = full_departure()
    first, second = join(departure, 1), join(departure, 2, minutes=1)
    free_two(departure)

    assert waiting.offer(now=NOW) == 1
    assert waiting.offer(now=NOW) == 0

    first.refresh_from_db()
    assert (first.state, first.offered_until) == ("offered", NOW + TWO_HOURS)
    assert (first.held.state, first.held.hold_until) == ("held", NOW + TWO_HOURS)
    assert states(second) == ["waiting"]
    departure.refresh_from_db()
    assert departure.taken == 4


@pytest.mark.django_db
def test_an_offer_nobody_takes_goes_to_the_next_in_line():
    departure = full_departure()
    first, second = join(departure, 1), join(departure, 2, minutes=1)
    free_two(departure)
    waiting.offer(now=NOW)

    assert seats.end_holds(now=NOW + TWO_HOURS - timedelta(seconds=1)) == 0
    assert seats.end_holds(now=NOW + TWO_HOURS) == 1
    assert waiting.offer(now=NOW + TWO_HOURS) == 1

    assert states(first, second) == ["lapsed", "offered"]


@pytest.mark.django_db
def test_who_waits_for_more_keeps_their_place_while_the_next_whom_it_fits_is_asked():
    departure = full_departure()
    family, couple = join(departure, 1, adults=3), join(departure, 2, minutes=1)
    free_two(departure)

    waiting.offer(now=NOW)
    assert states(family, couple) == ["waiting", "offered"]

    free_two(departure)
    waiting.leave(couple.secret)
    waiting.offer(now=NOW)
    assert states(family, couple) == ["offered", "left"]


@pytest.mark.django_db
def test_a_stranger_cannot_have_the_seats_between_their_coming_free_and_the_offer():
    departure = full_departure()
    first = join(departure, 1)
    free_two(departure)

    with pytest.raises(SeatsTaken):
        seats.book(departure_id=departure.pk, adults=1, children=0, channel="reseller", now=NOW)

    waiting.offer(now=NOW)
    assert states(first) == ["offered"]


@pytest.mark.django_db
def test_an_offer_ends_with_the_cut_off_and_none_is_made_after_it():
    departure = full_departure(cut_off_at=NOW + timedelta(hours=1))
    first = join(departure, 1)
    free_two(departure)

    assert waiting.offer(now=NOW + timedelta(hours=1)) == 0
    waiting.offer(now=NOW)

    first.refresh_from_db()
    assert first.offered_until == NOW + timedelta(hours=1)


@pytest.mark.django_db
def test_leaving_gives_the_held_seats_back_once():
    departure = full_departure()
    first = join(departure, 1)
    free_two(departure)
    waiting.offer(now=NOW)

    waiting.leave(first.secret)
    waiting.leave(first.secret)

    departure.refresh_from_db()
    assert (states(first), departure.taken) == (["left"], 2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "wish", "words"),
    [
        ({}, {"name": " "}, "Write the name"),
        ({}, {"adults": 5}, "has 4 seats in all"),
        ({}, {"departure_id": 4711}, "no departure with number 4711"),
        ({"state": "cancelled"}, {}, "can no longer be booked"),
    ],
)
def test_waiting_in_vain_is_refused_in_its_own_words(facts, wish, words):
    departure = full_departure()
    Departure.objects.filter(pk=departure.pk).update(**facts or {"state": "goes"})
    call = {"departure_id": departure.pk, "name": "Mai", "phone": "+84399000001", "adults": 2, "children": 0}

    with pytest.raises(Invalid, match=words):
        waiting.join(**(call | wish), now=NOW)

    assert not Waiting.objects.exists()


@pytest.mark.django_db
def test_nobody_waits_where_there_are_seats_or_twice_with_one_number():
    departure = full_departure()
    join(departure, 1)
    with pytest.raises(Invalid, match="in the waiting list already"):
        join(departure, 1, minutes=1)

    roomy = DepartureFactory(starts_at=STARTS, capacity=4, min_group=1)
    with pytest.raises(Invalid, match="There are seats for you"):
        join(roomy, 2)


@pytest.mark.django_db
def test_the_line_knows_how_many_parties_stand_before_one():
    departure = full_departure()
    entries = [join(departure, number, minutes=number) for number in range(3)]

    assert [waiting.parties_before(entry) for entry in entries] == [0, 1, 2]


@pytest.mark.django_db
def test_who_waited_is_forgotten_a_month_after_the_departure():
    departure = full_departure()
    first, second = join(departure, 1), join(departure, 2, minutes=1)
    month_after = departure.starts_at + timedelta(days=30)

    assert waiting.forget(now=month_after - timedelta(seconds=1)) == 0
    assert waiting.forget(now=month_after) == 2
    assert waiting.forget(now=month_after) == 0

    assert states(first, second) == ["lapsed", "lapsed"]
    assert set(Waiting.objects.values_list("name", "phone")) == {("", "")}


@pytest.mark.django_db(transaction=True)
def test_offers_made_by_two_workers_at_once_hold_the_seats_for_one_party():
    departure = full_departure()
    first, second = join(departure, 1), join(departure, 2, minutes=1)
    free_two(departure)

    race([lambda: waiting.offer(now=NOW)] * 4)

    assert states(first, second) == ["offered", "waiting"]
    departure.refresh_from_db()
    assert departure.taken == 4
    assert SeatBooking.objects.filter(state="held").count() == 1


@pytest.mark.django_db(transaction=True)
def test_taking_an_offer_and_its_end_at_the_same_moment_give_the_seats_to_one_side_only():
    departure = full_departure()
    first = join(departure, 1)
    free_two(departure)
    waiting.offer(now=NOW)
    first.refresh_from_db()

    def take() -> bool:
        with transaction.atomic():
            return waiting.hand_over(
                first.secret,
                departure,
                now=NOW + TWO_HOURS - timedelta(seconds=1),
                channel="request",
            )

    taken, ended = race([take, lambda: seats.end_holds(now=NOW + TWO_HOURS)])

    departure.refresh_from_db()
    booking = SeatBooking.objects.get(pk=first.held_id)
    assert (taken, ended) in [(True, 0), (False, 1), (True, 1)]
    assert departure.taken == (4 if booking.state == "held" else 2)
