from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from marketplace.errors import Invalid, NightsTaken
from tests.factories import RoomTypeFactory
from tourism import bookings
from tourism.errors import HoldEnded
from tourism.models import Booking, RoomType

FIRST = date(2026, 12, 1)
NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
IN_AN_HOUR = NOW + timedelta(hours=1)


def book(room: RoomType, **facts: Any) -> Booking:
    wish: dict[str, Any] = {"first_night": FIRST, "nights": 2, "rooms": 1, "guests": 2, "now": NOW}
    return bookings.book(room_type_id=room.pk, **(wish | {"channel": Booking.Channel.HOST} | facts))


def taken(room: RoomType) -> list[int]:
    return list(room.nights.order_by("night_on").values_list("taken", flat=True))


@pytest.fixture
def room() -> RoomType:
    return RoomTypeFactory(rooms=1, sleeps=2, open_from=FIRST, open_to=date(2026, 12, 5), price_vnd=300_000)


@pytest.mark.django_db
def test_a_booking_of_the_host_takes_its_nights_and_asks_them_what_they_cost(room):
    booking = book(room, guest_name=" Lò Thị Mai ", guest_phone="+84399000001", note="vegetarian")

    booking.refresh_from_db()
    assert taken(room) == [1, 1, 0, 0, 0]
    assert booking.state == Booking.State.CONFIRMED
    assert booking.amount_vnd == 600_000
    assert booking.guest_name == "Lò Thị Mai"


@pytest.mark.django_db
def test_a_night_that_is_taken_is_not_booked_again_by_anybody(room):
    book(room)

    with pytest.raises(NightsTaken, match=r"for the night of 02/12/2026: 0 free"):
        book(room, first_night=date(2026, 12, 2), channel=Booking.Channel.RESELLER)

    assert taken(room) == [1, 1, 0, 0, 0]
    assert Booking.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wish", "field", "words"),
    [
        ({"nights": 400}, "nights", "from 1 to 366 nights"),
        ({"nights": 31, "channel": "reseller"}, "nights", "from 1 to 30 nights"),
        ({"nights": 0}, "nights", "from 1 to 366 nights"),
        ({"guests": 0}, "guests", "sleeps 2 guests"),
        ({"guests": 3}, "guests", "sleeps 2 guests"),
        ({"rooms": 2}, "rooms", "from 1 to 1 rooms"),
        ({"first_night": date(2026, 11, 28)}, "first_night", "already over"),
        ({"first_night": date(2026, 11, 29), "channel": "reseller"}, "first_night", "already over"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_in_its_own_words(room, wish, field, words):
    with pytest.raises(Invalid, match=words) as refused:
        book(room, **wish)

    assert refused.value.field == field
    assert taken(room) == [0, 0, 0, 0, 0]


@pytest.mark.django_db
def test_a_hold_is_confirmed_once_and_then_never_ends(room):
    held = book(room, hold_until=IN_AN_HOUR)
    assert held.state == Booking.State.HELD

    for _repeat in range(2):
        assert bookings.confirm(held.pk).state == Booking.State.CONFIRMED

    assert bookings.end_holds(NOW + timedelta(days=1)) == 0
    assert taken(room) == [1, 1, 0, 0, 0]


@pytest.mark.django_db
def test_a_hold_ends_on_time_and_can_then_neither_be_confirmed_nor_extended(room):
    held = book(room, hold_until=IN_AN_HOUR)

    assert bookings.end_holds(IN_AN_HOUR - timedelta(seconds=1)) == 0
    assert bookings.end_holds(IN_AN_HOUR) == 1
    assert bookings.end_holds(IN_AN_HOUR) == 0

    assert taken(room) == [0, 0, 0, 0, 0]
    held.refresh_from_db()
    assert (held.state, held.hold_until) == (Booking.State.RELEASED, IN_AN_HOUR)
    for act in (lambda: bookings.confirm(held.pk), lambda: bookings.extend(held.pk, NOW)):
        with pytest.raises(HoldEnded, match="no longer held"):
            act()


@pytest.mark.django_db
def test_an_extended_hold_lasts_longer(room):
    held = book(room, hold_until=IN_AN_HOUR)

    bookings.extend(held.pk, IN_AN_HOUR + timedelta(hours=2))

    assert bookings.end_holds(IN_AN_HOUR) == 0
    assert taken(room) == [1, 1, 0, 0, 0]


@pytest.mark.django_db
def test_a_hold_that_is_over_keeps_nobody_out_although_no_worker_has_freed_it(room):
    book(room, hold_until=IN_AN_HOUR)

    booking = book(room, now=IN_AN_HOUR)

    assert booking.state == Booking.State.CONFIRMED
    assert taken(room) == [1, 1, 0, 0, 0]


@pytest.mark.django_db
def test_asking_for_ended_holds_costs_one_query_when_there_are_none(room, django_assert_num_queries):
    book(room, hold_until=IN_AN_HOUR)

    with django_assert_num_queries(1):
        assert bookings.end_holds(NOW) == 0


@pytest.mark.django_db
def test_cancelling_frees_the_nights_once(room):
    booking = book(room)

    for _repeat in range(2):
        assert bookings.cancel(booking.pk).state == Booking.State.RELEASED

    assert taken(room) == [0, 0, 0, 0, 0]


@pytest.mark.django_db
def test_a_booking_moves_by_a_night_although_the_room_is_its_own_only(room):
    booking = book(room)

    for _repeat in range(2):
        bookings.move(booking.pk, room_type_id=room.pk, first_night=date(2026, 12, 2), nights=3, rooms=1)

    booking.refresh_from_db()
    assert taken(room) == [0, 1, 1, 1, 0]
    assert (booking.first_night, booking.nights, booking.amount_vnd) == (date(2026, 12, 2), 3, 600_000)


@pytest.mark.django_db
def test_a_move_onto_a_taken_night_leaves_everything_where_it_was(room):
    booking = book(room)
    book(room, first_night=date(2026, 12, 3), nights=1)

    with pytest.raises(NightsTaken, match="03/12/2026"):
        bookings.move(booking.pk, room_type_id=room.pk, first_night=date(2026, 12, 2), nights=2, rooms=1)

    booking.refresh_from_db()
    assert booking.first_night == FIRST
    assert taken(room) == [1, 1, 1, 0, 0]


@pytest.mark.django_db
def test_a_booking_moves_to_another_room_of_the_house_but_not_to_another_house(room):
    booking = book(room)
    floor = RoomTypeFactory(stay=room.stay, kind="floor", sleeps=1, rooms=8, open_from=FIRST)
    elsewhere = RoomTypeFactory(open_from=FIRST)
    same = {"first_night": FIRST, "nights": 2}

    with pytest.raises(Invalid, match="another house"):
        bookings.move(booking.pk, room_type_id=elsewhere.pk, rooms=1, **same)
    with pytest.raises(Invalid, match="sleeps 1 guests, and 2 come"):
        bookings.move(booking.pk, room_type_id=floor.pk, rooms=1, **same)
    bookings.move(booking.pk, room_type_id=floor.pk, rooms=2, **same)

    assert taken(room) == [0, 0, 0, 0, 0]
    assert taken(floor)[:3] == [2, 2, 0]


@pytest.mark.django_db
def test_a_booking_that_stays_on_a_closed_night_can_be_shortened_but_takes_no_more_of_it(room):
    booking = book(room)
    room.nights.update(is_closed=True)

    bookings.move(booking.pk, room_type_id=room.pk, first_night=FIRST, nights=1, rooms=1)
    with pytest.raises(NightsTaken):
        bookings.move(booking.pk, room_type_id=room.pk, first_night=FIRST, nights=2, rooms=1)

    assert taken(room) == [1, 0, 0, 0, 0]


@pytest.mark.django_db
def test_the_nights_after_an_early_departure_are_free_and_the_price_stays(room):
    booking = book(room, nights=4)

    for _repeat in range(2):
        bookings.leave_early(booking.pk, date(2026, 12, 3))

    booking.refresh_from_db()
    assert taken(room) == [1, 1, 0, 0, 0]
    assert (booking.leaves_on, booking.amount_vnd) == (date(2026, 12, 3), 1_200_000)


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2026, 12, 4)])
def test_nobody_leaves_before_the_first_night_or_after_the_last(room, day):
    booking = book(room)

    with pytest.raises(Invalid, match=r"from 02/12/2026 to 03/12/2026"):
        bookings.leave_early(booking.pk, day)

    assert taken(room) == [1, 1, 0, 0, 0]


def in_threads(acts: list[Any]) -> list[BaseException | None]:
    """Run all the acts at once; return what each raised."""
    start = threading.Barrier(len(acts))
    raised: list[BaseException | None] = [None] * len(acts)

    def run(number: int) -> None:
        start.wait()
        try:
            acts[number]()
        except Exception as error:
            raised[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return raised


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_book_the_last_room_at_once_one_gets_it():
    room = RoomTypeFactory(rooms=1, open_from=FIRST)

    raised = in_threads([lambda: book(room, channel=Booking.Channel.RESELLER)] * 8)

    assert [type(error) for error in raised if error] == [NightsTaken] * 7
    assert taken(room)[:3] == [1, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_guests_who_change_places_at_once_neither_wait_for_ever_nor_share_a_bed():
    room = RoomTypeFactory(rooms=2, open_from=FIRST)
    early = [book(room, nights=1) for _ in range(2)]
    late = [book(room, first_night=date(2026, 12, 2), nights=1) for _ in range(2)]
    room.nights.filter(night_on__lte=date(2026, 12, 2)).update(capacity=4)

    def to(booking: Booking, day: date) -> Any:
        return lambda: bookings.move(booking.pk, room_type_id=room.pk, first_night=day, nights=1, rooms=1)

    raised = in_threads(
        [to(booking, date(2026, 12, 2)) for booking in early] + [to(booking, FIRST) for booking in late]
    )

    assert raised == [None] * 4
    assert taken(room)[:3] == [2, 2, 0]


@pytest.mark.django_db(transaction=True)
def test_a_hold_is_confirmed_or_ended_but_never_both():
    room = RoomTypeFactory(rooms=1, open_from=FIRST)
    held = book(room, hold_until=IN_AN_HOUR)

    confirming, ending = in_threads(
        [lambda: bookings.confirm(held.pk), lambda: bookings.end_holds(IN_AN_HOUR)]
    )

    held.refresh_from_db()
    assert ending is None
    if confirming is None:
        assert (held.state, taken(room)[0]) == (Booking.State.CONFIRMED, 1)
    else:
        assert isinstance(confirming, HoldEnded)
        assert (held.state, taken(room)[0]) == (Booking.State.RELEASED, 0)
