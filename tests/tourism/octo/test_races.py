"""Many programs at once: nothing is sold twice, and one uuid books once."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from tests.factories import DepartureFactory, RoomTypeFactory, TourFactory
from tests.payments.threads import race
from tests.tourism.octo.conftest import (
    Octo,
    at,
    in_days,
    make_reseller,
    new_uuid,
    room_wish,
    seat_wish,
    taken_of,
)
from tourism.models import Booking
from tourism.octo.models import ResellerBooking
from tourism.tours.models import Departure

pytestmark = pytest.mark.django_db(transaction=True)


def rooms(number: int) -> Any:
    return RoomTypeFactory(rooms=number, open_from=in_days(0), open_to=in_days(20))


def test_of_many_who_want_the_last_room_one_gets_it():
    room = rooms(1)
    programs = [Octo(make_reseller(f"Đại lý {n}")) for n in range(6)]

    answers = race([lambda octo=octo: octo.reserve(room_wish(room)) for octo in programs])

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5
    assert taken_of(room, 5, 6) == [1, 1]


def test_of_many_who_want_the_last_seat_one_gets_it():
    departure = DepartureFactory(
        tour=TourFactory(capacity=1, min_group=1), starts_at=at(in_days(10), time(8))
    )
    programs = [Octo(make_reseller(f"Đại lý {n}")) for n in range(6)]

    answers = race([lambda octo=octo: octo.reserve(seat_wish(departure, adults=1)) for octo in programs])

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5
    assert Departure.objects.get().taken == 1


def test_one_uuid_sent_many_times_at_once_books_the_last_room_once():
    room = rooms(1)
    octo, uuid = Octo(make_reseller()), new_uuid()

    answers = race([lambda: octo.reserve(room_wish(room), uuid=uuid)] * 6)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["supplierReference"] for answer in answers}) == 1
    assert Booking.objects.count() == ResellerBooking.objects.count() == 1


def test_bookings_that_exchange_their_nights_do_not_wait_for_each_other_for_ever():
    room = rooms(4)
    octo = Octo(make_reseller())
    early = [octo.booked(room_wish(room, day=5, nights=1))["uuid"] for _n in range(2)]
    late = [octo.booked(room_wish(room, day=6, nights=1))["uuid"] for _n in range(2)]

    moves = [(uuid, 6) for uuid in early] + [(uuid, 5) for uuid in late]
    answers = race(
        [lambda m=m: octo.patch(f"bookings/{m[0]}", availabilityId=str(in_days(m[1]))) for m in moves]
    )

    assert [answer.status_code for answer in answers] == [200] * 4
    assert taken_of(room, 5, 6) == [2, 2]
