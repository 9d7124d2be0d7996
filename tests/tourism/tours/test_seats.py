from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.errors import DepartureClosed, Invalid, SeatsTaken
from tests.factories import DepartureFactory, TourFactory
from tests.payments.threads import race
from tourism.tours import seats
from tourism.tours.models import Departure, SeatBooking, Waiting
from tourism.tours.seats import Wanted

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 12, 1, 9, tzinfo=HANOI)
STARTS = datetime(2026, 12, 12, 8, tzinfo=HANOI)
HOST, RESELLER = SeatBooking.Channel.HOST, SeatBooking.Channel.RESELLER


def departure_of(**facts) -> Departure:
    return DepartureFactory(**{"starts_at": STARTS, "capacity": 10} | facts)


def book(departure: Departure, **facts) -> SeatBooking:
    facts = {"adults": 2, "children": 0, "channel": RESELLER, "now": NOW} | facts
    return seats.book(departure_id=departure.pk, **facts)


def taken_of(departure: Departure) -> int:
    departure.refresh_from_db()
    return departure.taken


@pytest.mark.django_db
def test_a_quote_reckons_adults_and_children_and_says_what_is_left(django_assert_num_queries):
    departure = departure_of(adult_vnd=600_000, child_vnd=420_000, taken=7)

    with django_assert_num_queries(1):
        quote = seats.quote(departure_id=departure.pk, adults=2, children=1, now=NOW)

    assert (quote.total_vnd, quote.left, quote.free) == (1_620_000, 3, True)
    assert not seats.quote(departure_id=departure.pk, adults=2, children=2, now=NOW).free


@pytest.mark.django_db
def test_a_departure_is_not_free_after_its_cut_off():
    departure = departure_of(cut_off_at=STARTS - timedelta(hours=24))

    quote = seats.quote(departure_id=departure.pk, adults=1, children=0, now=STARTS - timedelta(hours=24))

    assert (quote.is_open, quote.free) == (False, False)


@pytest.mark.django_db
def test_a_booking_of_a_reseller_takes_its_seats_and_knows_its_price():
    departure = departure_of(adult_vnd=600_000, child_vnd=420_000)

    booking = book(departure, adults=2, children=1, guest_name="Lò Thị Mai", guest_phone="+84912345678")

    assert (booking.state, booking.amount_vnd, booking.hold_until) == ("confirmed", 1_620_000, None)
    assert (booking.guest_name, booking.guest_phone) == ("Lò Thị Mai", "+84912345678")
    assert taken_of(departure) == 3


@pytest.mark.django_db
def test_a_hold_is_held_until_then_and_frees_its_seats_once():
    departure = departure_of()
    until = NOW + timedelta(minutes=30)
    booking = book(departure, hold_until=until)
    assert (booking.state, booking.hold_until) == ("held", until)

    assert seats.end_holds(now=until - timedelta(seconds=1)) == 0
    assert seats.end_holds(now=until) == 1
    assert seats.end_holds(now=until) == 0

    booking.refresh_from_db()
    assert booking.state == "released"
    assert taken_of(departure) == 0


@pytest.mark.django_db
def test_the_next_who_takes_frees_ended_holds_when_nobody_else_does():
    departure = departure_of(capacity=2, min_group=1)
    held = book(departure, hold_until=NOW + timedelta(minutes=30))

    with pytest.raises(SeatsTaken):
        book(departure, now=NOW + timedelta(minutes=29))
    later = book(departure, now=NOW + timedelta(minutes=30))

    held.refresh_from_db()
    assert (held.state, later.state) == ("released", "confirmed")
    assert taken_of(departure) == 2


@pytest.mark.django_db
def test_a_hold_can_be_longer_while_it_is_one():
    departure = departure_of()
    booking = book(departure, hold_until=NOW + timedelta(minutes=30))

    seats.extend(booking.pk, NOW + timedelta(minutes=60))

    assert seats.end_holds(now=NOW + timedelta(minutes=59)) == 0
    assert seats.end_holds(now=NOW + timedelta(minutes=60)) == 1
    with pytest.raises(Invalid, match=r"no longer held"):
        seats.extend(booking.pk, NOW + timedelta(minutes=90))


@pytest.mark.django_db
def test_cancelling_gives_the_seats_back_once():
    departure = departure_of()
    booking = book(departure)

    seats.cancel(booking.pk)
    seats.cancel(booking.pk)

    assert taken_of(departure) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("party", "words"),
    [
        ({"adults": 0, "children": 2}, "at least one adult"),
        ({"adults": 1, "children": -1}, "no children"),
        ({"adults": 40, "children": 11}, "At most 50 guests"),
    ],
)
def test_a_party_that_makes_no_sense_is_refused_in_its_own_words(party, words):
    departure = departure_of()

    with pytest.raises(Invalid, match=words):
        book(departure, **party)

    assert taken_of(departure) == 0


@pytest.mark.django_db
def test_a_departure_that_does_not_exist_is_refused():
    with pytest.raises(Invalid, match=r"no departure with number 4711"):
        seats.book(departure_id=4711, adults=1, children=0, channel=RESELLER, now=NOW)


@pytest.mark.django_db
def test_too_few_seats_say_how_many_there_are_and_take_none():
    departure = departure_of(tour=TourFactory(title="Leo đỉnh Pú Huốt"), taken=9)

    with pytest.raises(SeatsTaken, match=r"“Leo đỉnh Pú Huốt” on 12/12/2026 08:00 has 1 free seats, you"):
        book(departure)

    assert taken_of(departure) == 9
    assert not SeatBooking.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_what_is_closed_or_cancelled_is_not_sold(state):
    departure = departure_of(state=state)

    with pytest.raises(DepartureClosed, match=r"can no longer be booked"):
        book(departure)


@pytest.mark.django_db
def test_the_seller_books_after_the_cut_off_and_until_the_start():
    departure = departure_of(cut_off_at=STARTS - timedelta(hours=24))

    assert book(departure, channel=HOST, now=STARTS - timedelta(minutes=1)).state == "confirmed"
    with pytest.raises(DepartureClosed):
        book(departure, channel=RESELLER, now=STARTS - timedelta(minutes=1))
    with pytest.raises(DepartureClosed):
        book(departure, channel=HOST, now=STARTS)


@pytest.mark.django_db
def test_taking_is_all_or_nothing_over_several_departures():
    one, other = departure_of(), departure_of(starts_at=STARTS + timedelta(days=1), taken=9)

    with pytest.raises(SeatsTaken), transaction.atomic():
        seats.take([Wanted(one.pk, 2, 0), Wanted(other.pk, 2, 0)], now=NOW)

    assert (taken_of(one), taken_of(other)) == (0, 9)


@pytest.mark.django_db
def test_a_departure_goes_once_enough_guests_have_paid_and_that_promise_stays():
    departure = departure_of(min_group=4)
    first = book(departure, adults=2)
    held = book(departure, adults=2, hold_until=NOW + timedelta(hours=1))
    departure.refresh_from_db()
    assert departure.state == "open"

    seats.confirm([held])
    departure.refresh_from_db()
    assert departure.state == "goes"

    seats.cancel(first.pk)
    departure.refresh_from_db()
    assert departure.state == "goes"


@pytest.mark.django_db
def test_late_money_takes_the_seats_again_only_while_there_are_some():
    departure = departure_of(capacity=2, min_group=1)
    booking = book(departure, hold_until=NOW)
    seats.end_holds(now=NOW)

    with transaction.atomic():
        seats.retake([booking], now=NOW)
    booking.refresh_from_db()
    assert (booking.state, taken_of(departure)) == ("held", 2)

    with transaction.atomic():
        seats.release([booking])
    with pytest.raises(DepartureClosed), transaction.atomic():
        seats.retake([booking], now=STARTS)
    assert taken_of(departure) == 0


@pytest.mark.django_db
def test_nobody_overtakes_who_waits_and_fits():
    departure = departure_of(capacity=4, min_group=1, taken=2)
    Waiting.objects.create(
        departure=departure, name="Mai", phone="+84912345678", adults=2, secret="s", asked_at=NOW
    )

    quote = seats.quote(departure_id=departure.pk, adults=1, children=0, now=NOW)
    with pytest.raises(SeatsTaken):
        book(departure, adults=1)

    assert (quote.left, quote.free, taken_of(departure)) == (0, False, 2)


@pytest.mark.django_db
def test_who_waits_for_more_than_there_is_keeps_nobody_from_it():
    departure = departure_of(capacity=4, min_group=1, taken=2)
    Waiting.objects.create(
        departure=departure, name="Mai", phone="+84912345678", adults=2, children=1, secret="s", asked_at=NOW
    )

    book(departure, adults=2)

    assert taken_of(departure) == 4


@pytest.mark.django_db
def test_the_database_itself_refuses_to_oversell():
    departure = departure_of(capacity=10)

    with pytest.raises(IntegrityError, match="departure_not_oversold"), transaction.atomic():
        Departure.objects.filter(pk=departure.pk).update(taken=11)


@pytest.mark.django_db(transaction=True)
def test_of_twelve_who_want_the_last_seat_one_gets_it():
    departure = departure_of(capacity=10, taken=9)

    results = race([lambda: book(departure, adults=1)] * 12)

    won = [result for result in results if isinstance(result, SeatBooking)]
    assert len(won) == 1
    assert all(isinstance(result, SeatsTaken) for result in results if result not in won), results
    assert taken_of(departure) == 10


@pytest.mark.django_db(transaction=True)
def test_parties_that_take_and_give_back_two_departures_at_once_never_deadlock():
    one, other = departure_of(), departure_of(starts_at=STARTS + timedelta(days=1))
    held = [book(each, hold_until=NOW) for each in (one, other)]

    def take_both(first: Departure, second: Departure) -> None:
        with transaction.atomic():
            seats.take([Wanted(first.pk, 1, 0), Wanted(second.pk, 1, 0)], now=NOW)

    calls = [lambda: take_both(one, other), lambda: take_both(other, one)] * 4
    results = race([*calls, lambda: seats.end_holds(now=NOW)])

    assert [result for result in results if isinstance(result, Exception)] == []
    assert (taken_of(one), taken_of(other)) == (8, 8)
    assert {SeatBooking.objects.get(pk=each.pk).state for each in held} == {"released"}


@pytest.mark.django_db(transaction=True)
def test_two_who_make_the_group_at_the_same_moment_make_it_go():
    departure = departure_of(capacity=10, min_group=4)
    held = [book(departure, adults=2, hold_until=NOW + timedelta(hours=1)) for _ in range(2)]

    race([lambda each=each: seats.confirm([each]) for each in held])

    departure.refresh_from_db()
    assert departure.state == "goes"
    assert connection.in_atomic_block is False
