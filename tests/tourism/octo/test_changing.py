"""Changing a booking: all of a change, or none of it; and finding bookings again."""

from __future__ import annotations

import pytest

from tests.factories import Product, RoomTypeFactory
from tests.tourism.octo.conftest import GUEST, Octo, in_days, make_reseller, room_wish, seat_wish, taken_of
from tourism.models import Booking, RoomNight
from tourism.octo.models import ResellerBooking
from tourism.tours.models import Departure, SeatBooking

pytestmark = pytest.mark.django_db


def test_what_is_said_of_the_guest_is_replaced_and_the_rest_stays(octo, room):
    booking = octo.booked(room_wish(room), notes="Arrives late", resellerReference="V-1")

    changed = octo.patch(
        f"bookings/{booking['uuid']}", contact={"firstName": "Tòng", "lastName": "Văn Ân"}, notes=None
    ).json()

    assert changed["contact"]["fullName"] is None
    assert (changed["contact"]["firstName"], changed["contact"]["phoneNumber"]) == ("Tòng", "+84912345678")
    assert (changed["notes"], changed["resellerReference"]) == (None, "V-1")
    row = Booking.objects.get()
    assert (row.guest_name, row.note, row.state) == ("Tòng Văn Ân", "", Booking.State.CONFIRMED)


def test_another_day_is_taken_and_the_old_one_free(octo, room):
    booking = octo.booked(room_wish(room, day=5, nights=2))
    RoomNight.objects.filter(night_on=in_days(7)).update(price_vnd=500_000)

    changed = octo.patch(f"bookings/{booking['uuid']}", availabilityId=str(in_days(6))).json()

    assert (changed["status"], changed["availabilityId"]) == ("CONFIRMED", str(in_days(6)))
    assert taken_of(room, 5, 6, 7) == [0, 1, 1]
    assert (changed["pricing"]["retail"], changed["pricing"]["net"]) == (800_000, 680_000)
    assert changed["supplierReference"] == booking["supplierReference"]


def test_the_last_room_is_not_lost_while_it_is_moved_by_a_night(octo, room):
    RoomNight.objects.update(taken=2)
    booking = octo.booked(room_wish(room, day=5, nights=2))

    changed = octo.patch(f"bookings/{booking['uuid']}", availabilityId=str(in_days(6))).json()

    assert changed["status"] == "CONFIRMED"
    assert taken_of(room, 5, 6, 7) == [2, 3, 3]


def test_a_change_to_what_is_sold_out_leaves_everything_as_it_was(octo, room):
    booking = octo.booked(room_wish(room, day=5, nights=1))
    RoomNight.objects.filter(night_on=in_days(9)).update(taken=3)

    answer = octo.patch(f"bookings/{booking['uuid']}", availabilityId=str(in_days(9)), notes="Please")

    assert answer.json()["error"] == "UNPROCESSABLE_ENTITY"
    assert taken_of(room, 5, 9) == [1, 3]
    seen = octo.get(f"bookings/{booking['uuid']}").json()
    assert (seen["status"], seen["availabilityId"], seen["notes"]) == ("CONFIRMED", str(in_days(5)), None)


def test_more_nights_are_another_option(octo, room):
    held = octo.reserve(room_wish(room, day=5, nights=1)).json()

    changed = octo.patch(f"bookings/{held['uuid']}", optionId="nights-3").json()

    assert (changed["status"], changed["utcExpiresAt"]) == ("ON_HOLD", held["utcExpiresAt"])
    assert taken_of(room, 5, 6, 7) == [1, 1, 1]
    assert changed["pricing"]["retail"] == 900_000


def test_units_that_are_named_replace_those_that_were_booked(octo, departure):
    held = octo.reserve(seat_wish(departure, adults=2)).json()
    kept = held["unitItems"][0]["uuid"]

    changed = octo.patch(
        f"bookings/{held['uuid']}",
        unitItems=[
            {"uuid": kept, "unitId": "adult", "resellerReference": "T-1"},
            {"unitId": "child"},
            {"unitId": "child"},
        ],
    ).json()

    assert [unit["unitId"] for unit in changed["unitItems"]] == ["adult", "child", "child"]
    assert (changed["unitItems"][0]["uuid"], changed["unitItems"][0]["resellerReference"]) == (kept, "T-1")
    assert changed["pricing"]["retail"] == 600_000 + 2 * 420_000
    assert Departure.objects.get().taken == 3
    assert SeatBooking.objects.get(state=SeatBooking.State.HELD).children == 2


def test_the_same_units_with_other_names_take_nothing_new(octo, departure):
    held = octo.reserve(seat_wish(departure, adults=2)).json()

    changed = octo.post(
        f"bookings/{held['uuid']}/confirm",
        contact=GUEST,
        unitItems=[{"unitId": "adult", "contact": {"fullName": name}} for name in ("Mai", "Ân")],
    ).json()

    assert [unit["contact"]["fullName"] for unit in changed["unitItems"]] == ["Mai", "Ân"]
    assert [unit["uuid"] for unit in changed["unitItems"]] == [unit["uuid"] for unit in held["unitItems"]]
    assert SeatBooking.objects.count() == 1


def test_what_is_not_sold_any_more_can_still_be_changed(octo, room):
    booking = octo.booked(room_wish(room, day=5, nights=1))
    Product.objects.update(is_public=False)

    changed = octo.patch(
        f"bookings/{booking['uuid']}", productId=f"room-{room.pk}", availabilityId=str(in_days(6))
    ).json()

    assert (changed["status"], changed["availabilityId"]) == ("CONFIRMED", str(in_days(6)))


def test_a_confirmation_may_change_how_many_come(octo, room):
    held = octo.reserve(room_wish(room, rooms=1)).json()

    booking = octo.post(
        f"bookings/{held['uuid']}/confirm", contact=GUEST, unitItems=[{"unitId": "room"}] * 2
    ).json()

    assert (booking["status"], len(booking["unitItems"])) == ("CONFIRMED", 2)
    assert taken_of(room, 5, 6) == [2, 2]
    assert Booking.objects.get(state=Booking.State.CONFIRMED).rooms == 2


def test_a_room_can_become_another_room_or_a_tour(octo, room, departure):
    other = RoomTypeFactory(rooms=2, sleeps=4, price_vnd=700_000, open_from=in_days(0), open_to=in_days(39))
    booking = octo.booked(room_wish(room, day=5, nights=2))

    moved = octo.patch(f"bookings/{booking['uuid']}", productId=f"room-{other.pk}").json()
    toured = octo.patch(f"bookings/{booking['uuid']}", **seat_wish(departure, adults=1)).json()

    assert (moved["productId"], moved["pricing"]["retail"]) == (f"room-{other.pk}", 1_400_000)
    assert (toured["productId"], toured["status"]) == (f"tour-{departure.tour_id}", "CONFIRMED")
    assert taken_of(room, 5, 6) == taken_of(other, 5, 6) == [0, 0]
    assert Departure.objects.get().taken == 1
    row = ResellerBooking.objects.get()
    assert row.stay_booking is None
    assert row.seat_booking.guest_name == "Lò Thị Mai"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"productId": "room-0"}, "INVALID_PRODUCT_ID"),
        ({"optionId": "nights-99"}, "INVALID_OPTION_ID"),
        ({"availabilityId": "2020-01-01"}, "INVALID_AVAILABILITY_ID"),
        ({"unitItems": [{"unitId": "adult"}]}, "INVALID_UNIT_ID"),
        ({"unitItems": []}, "UNPROCESSABLE_ENTITY"),
        ({"notes": 7}, "BAD_REQUEST"),
    ],
)
def test_a_change_that_makes_no_sense_has_its_own_error(octo, room, change, error):
    held = octo.reserve(room_wish(room)).json()

    answer = octo.patch(f"bookings/{held['uuid']}", **change)

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert taken_of(room, 5, 6) == [1, 1]


def test_what_was_cancelled_is_not_changed(octo, room):
    booking = octo.booked(room_wish(room))
    octo.post(f"bookings/{booking['uuid']}/cancel")

    answer = octo.patch(f"bookings/{booking['uuid']}", notes="Back again")

    assert answer.json()["errorMessage"] == "This booking was cancelled."


def test_bookings_are_found_by_their_references_and_days(octo, room, departure):
    stay = octo.booked(room_wish(room, day=5), resellerReference="V-1")
    tour = octo.booked(seat_wish(departure), resellerReference="V-2")

    def found(**query: str) -> list[str]:
        return [booking["uuid"] for booking in octo.get("bookings/", **query).json()]

    assert found(resellerReference="V-1") == [stay["uuid"]]
    assert found(supplierReference=tour["supplierReference"]) == [tour["uuid"]]
    assert found(localDate=str(in_days(5))) == [stay["uuid"]]
    assert found(localDateStart=str(in_days(5)), localDateEnd=str(in_days(10))) == [
        tour["uuid"],
        stay["uuid"],
    ]
    assert found(localDate=str(in_days(6))) == []
    assert found(resellerReference="V-1", localDate=str(in_days(10))) == []


@pytest.mark.parametrize("query", [{}, {"localDateStart": "2027-01-01"}, {"localDate": "soon"}])
def test_a_list_needs_to_know_of_what(octo, query):
    answer = octo.get("bookings/", **query)

    assert (answer.status_code, answer.json()["error"]) == (400, "BAD_REQUEST")


def test_a_longer_list_costs_no_more_queries(room, departure, django_assert_num_queries):
    octo = Octo(make_reseller())
    for _n in range(2):
        octo.booked(room_wish(room), resellerReference="V")
        octo.booked(seat_wish(departure), resellerReference="V")
    # The key, the bookings, the terms; room types, pictures, policies, nights, rules; departures, tours,
    # pictures, schedules, policies.
    with django_assert_num_queries(13):
        assert len(octo.get("bookings/", resellerReference="V").json()) == 4
