"""A commune is closed in one act: nothing of it is for sale any more, and lifting that puts it back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from marketplace.errors import Invalid, NightsClosed
from tests.factories import (
    CommuneFactory,
    DepartureFactory,
    RoomTypeFactory,
    StayFactory,
    TourFactory,
    UserFactory,
)
from tourism import bookings, nights
from tourism.calendars import hosting
from tourism.closures import selectors, services
from tourism.closures.models import ClosedNight, Closure, Offer
from tourism.models import Booking, RoomNight
from tourism.search import nearest_dates
from tourism.selectors import free_offers
from tourism.tours.models import Departure

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 7, 10, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
FIRST, LAST = date(2027, 7, 12), date(2027, 7, 14)
WORDS = "Lũ cuốn trôi cầu, đường 279 bị cắt."


@pytest.fixture
def commune() -> Any:
    return CommuneFactory(full_name="Xã Mường Thử")


def room_in(commune: Any, **facts: Any) -> Any:
    stay = StayFactory(title="Nhà sàn Che Căn", commune=commune)
    return RoomTypeFactory(
        stay=stay, rooms=2, open_from=date(2027, 7, 10), open_to=date(2027, 7, 20), **facts
    )


def close(commune: Any, **changes: Any) -> Closure:
    call = {"commune": commune, "first_night": FIRST, "last_night": LAST, "cause": "flood", "words": WORDS}
    return services.close(**(call | {"by": UserFactory(), "now": NOW} | changes))


def closed_days(room: Any) -> list[int]:
    rows = RoomNight.objects.filter(room_type=room, is_closed=True).order_by("night_on")
    return [night.night_on.day for night in rows]


def book(room: Any, first_night: date, **facts: Any) -> Booking:
    return bookings.book(
        room_type_id=room.pk,
        first_night=first_night,
        nights=1,
        rooms=1,
        guests=2,
        channel=Booking.Channel.HOST,
        now=NOW,
        **facts,
    )


def test_the_closed_nights_of_the_commune_alone_are_no_longer_for_sale(commune):
    here, elsewhere = room_in(commune), room_in(CommuneFactory())

    close(commune)

    assert closed_days(here) == [12, 13, 14]
    assert closed_days(elsewhere) == []
    wish = {"first_night": FIRST, "leaves_on": FIRST + timedelta(days=1), "guests": 2}
    assert [offer.room_type_id for offer in free_offers(**wish)] == [elsewhere.pk]
    other = nearest_dates(**wish, now=NOW, commune_ids=[commune.pk])
    assert [dates.first_night.day for dates in other] == [10, 11, 15, 16]


def test_booking_a_closed_night_is_refused_with_the_official_s_words(commune):
    room = room_in(commune)
    close(commune)
    expected = r"“Phòng đôi” cannot be reached on the night of 12/07/2027: Lũ cuốn trôi cầu"

    with pytest.raises(NightsClosed, match=expected), transaction.atomic():
        nights.take([nights.Wanted(room.pk, date(2027, 7, 11), 2, 1)])

    assert set(RoomNight.objects.values_list("taken", flat=True)) == {0}


def test_lifting_puts_on_sale_what_was_closed_and_leaves_closed_what_the_host_had_closed(commune):
    room = room_in(commune)
    RoomNight.objects.filter(night_on=date(2027, 7, 13)).update(is_closed=True)
    closure = close(commune)

    services.lift(closure.pk, by=UserFactory(name="Lò Văn Xôm"), now=NOW + timedelta(hours=5))
    again = services.lift(closure.pk, by=UserFactory(), now=NOW + timedelta(hours=6))

    assert closed_days(room) == [13]
    assert (again.lifted_by.name, again.lifted_at) == ("Lò Văn Xôm", NOW + timedelta(hours=5))
    assert not ClosedNight.objects.exists()


def test_a_night_closed_twice_opens_with_the_last_of_the_two(commune):
    room = room_in(commune)
    flood = close(commune)
    road = close(commune, first_night=date(2027, 7, 14), last_night=date(2027, 7, 16), cause="road")

    services.lift(flood.pk, by=UserFactory(), now=NOW)

    assert closed_days(room) == [14, 15, 16]
    services.lift(road.pk, by=UserFactory(), now=NOW)
    assert closed_days(room) == []


def test_closing_the_same_nights_again_is_the_same_act(commune):
    first = close(commune)

    assert close(commune, words="Khác").pk == first.pk
    assert Closure.objects.get().words == WORDS
    with pytest.raises(IntegrityError, match="one_closure_of_the_same_nights"), transaction.atomic():
        Closure.objects.create(
            commune=commune, first_night=FIRST, last_night=LAST, opened_by=UserFactory(), opened_at=NOW
        )


def test_what_comes_on_sale_afterwards_is_closed_by_the_next_sweep(commune):
    close(commune)
    late = room_in(commune)

    assert services.keep_closed(today=NOW.date()) == 3
    assert services.keep_closed(today=NOW.date()) == 0
    assert closed_days(late) == [12, 13, 14]
    assert services.keep_closed(today=date(2027, 7, 15)) == 0


def test_departures_that_are_on_their_way_are_closed_and_come_back_as_they_were(commune):
    def departure(day: int, state: str = "open", last_day: int | None = None) -> Departure:
        return DepartureFactory(
            tour=tour,
            starts_at=datetime(2027, 7, day, 8, tzinfo=NOW.tzinfo),
            last_day=date(2027, 7, last_day or day),
            state=state,
        )

    tour = TourFactory(commune=commune)
    before, there, goes = departure(10), departure(11, last_day=12), departure(13, state="goes")
    cancelled, after = departure(14, state="cancelled"), departure(15)
    closure = close(commune)

    def states() -> list[str]:
        rows = [before, there, goes, cancelled, after]
        for row in rows:
            row.refresh_from_db()
        return [row.state for row in rows]

    assert states() == ["open", "closed", "closed", "cancelled", "open"]
    services.lift(closure.pk, by=UserFactory(), now=NOW)
    assert states() == ["open", "open", "goes", "cancelled", "open"]


def test_who_has_no_order_here_is_told_by_others_and_who_is_there_stays(commune):
    room = room_in(commune)
    book(room, date(2027, 7, 12), guest_name="Mùa A Páo")
    there = book(room, date(2027, 7, 10))
    Booking.objects.filter(pk=there.pk).update(nights=4)
    book(room, date(2027, 7, 15))

    close(commune)

    found = selectors.affected(
        commune_id=commune.pk, first_night=FIRST, last_night=LAST, today=date(2027, 7, 11)
    )
    assert [booking.guest_name for booking in found.to_be_told] == ["Mùa A Páo"]
    assert found.staying == [there]
    assert (found.bookings, found.seats, found.guests) == ([], [], 2)
    assert not Offer.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"first_night": date(2027, 7, 9)}, "first_night", "The first night has passed."),
        ({"last_night": date(2027, 7, 11)}, "last_night", "The last closed night is before the first."),
        ({"last_night": date(2027, 9, 10)}, "last_night", "At most 60 nights can be closed at once."),
        ({"words": "  "}, "words", "Say in one sentence why nobody can come"),
    ],
)
def test_an_act_that_makes_no_sense_closes_nothing(commune, changes, field, words):
    room = room_in(commune)

    with pytest.raises(Invalid, match=words) as refused:
        close(commune, **changes)

    assert refused.value.field == field
    assert closed_days(room) == []
    assert not Closure.objects.exists()


@pytest.mark.parametrize(
    ("first_day", "until"),
    [
        (date(2027, 7, 10), NOW + timedelta(hours=12)),
        (date(2027, 7, 12), datetime(2027, 7, 12, tzinfo=NOW.tzinfo)),
        (date(2027, 8, 30), NOW + timedelta(days=7)),
    ],
)
def test_guests_may_choose_until_the_eve_but_for_half_a_day_at_least_and_a_week_at_most(first_day, until):
    assert services.choose_by(first_day, now=NOW) == until


def test_a_host_cannot_open_what_an_official_closed(commune):
    room = room_in(commune)
    RoomNight.objects.filter(night_on=date(2027, 7, 16)).update(is_closed=True)
    close(commune)
    days = [date(2027, 7, 13), date(2027, 7, 16)]

    opened = hosting.set_closed(room_type_id=room.pk, days=days, is_closed=False, today=NOW.date())

    assert opened == 1
    assert closed_days(room) == [12, 13, 14]
