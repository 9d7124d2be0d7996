"""Holding, confirming and giving up over OCTO, down to the rows."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from tests.factories import UserFactory
from tests.tourism.octo.conftest import (
    GUEST,
    in_days,
    new_uuid,
    room_wish,
    seat_wish,
    taken_of,
)
from tourism import bookings
from tourism.closures.models import Closure
from tourism.desk.codes import booking_at_door
from tourism.desk.models import Visit
from tourism.models import Booking, BookingRule, RoomNight
from tourism.octo.models import ResellerBooking
from tourism.tours import seats
from tourism.tours.models import Departure, SeatBooking

pytestmark = pytest.mark.django_db


def hold_ends(**ago) -> None:
    """Let all holds be over since so long."""
    past = timezone.now() - timedelta(**ago)
    ResellerBooking.objects.update(expires_at=past, created_at=past - timedelta(minutes=30))
    Booking.objects.update(hold_until=past)
    SeatBooking.objects.update(hold_until=past)


def test_a_reservation_takes_the_nights_and_says_until_when_they_are_held(octo, room):
    answer = octo.reserve(room_wish(room, day=5, nights=2, rooms=2), expirationMinutes=45)

    booking = answer.json()
    assert answer.status_code == 200, booking
    assert booking["status"] == "ON_HOLD"
    assert (booking["productId"], booking["optionId"]) == (f"room-{room.pk}", "nights-2")
    assert booking["availabilityId"] == in_days(5).isoformat()
    assert booking["pricing"] == {
        "original": 1_200_000,
        "retail": 1_200_000,
        "net": 1_020_000,
        "currency": "VND",
        "currencyPrecision": 0,
        "includedTaxes": [],
    }
    assert taken_of(room, 4, 5, 6, 7) == [0, 2, 2, 0]
    row = ResellerBooking.objects.get()
    assert (row.expires_at - row.created_at).total_seconds() == 45 * 60
    assert row.stay_booking.hold_until == row.expires_at
    assert row.stay_booking.channel == Booking.Channel.RESELLER
    assert (row.stay_booking.guests, row.stay_booking.amount_vnd) == (4, 1_200_000)


def test_seats_are_held_with_their_adults_and_children(octo, departure):
    booking = octo.reserve(seat_wish(departure, adults=2, children=1)).json()

    departure.refresh_from_db()
    assert departure.taken == 3
    assert (booking["status"], booking["pricing"]["retail"]) == ("ON_HOLD", 1_620_000)
    taken = SeatBooking.objects.get()
    assert (taken.adults, taken.children, taken.channel) == (2, 1, "reseller")


def test_nothing_is_held_longer_than_the_reseller_may_or_beyond_the_cut_off(octo, room, departure):
    Departure.objects.update(cut_off_at=timezone.now() + timedelta(minutes=10))

    octo.reserve(room_wish(room), expirationMinutes=9_999)
    octo.reserve(seat_wish(departure), expirationMinutes=60)

    nights, places = ResellerBooking.objects.order_by("pk")
    assert nights.expires_at - nights.created_at == timedelta(minutes=120)
    assert places.expires_at == Departure.objects.get().cut_off_at


def test_confirming_makes_the_hold_final_and_names_the_guest(octo, room):
    held = octo.reserve(room_wish(room), uuid=new_uuid()).json()

    booking = octo.post(f"bookings/{held['uuid']}/confirm", contact=GUEST, resellerReference="V-7").json()

    assert booking["status"] == "CONFIRMED"
    assert booking["resellerReference"] == "V-7"
    assert booking["contact"]["fullName"] == "Lò Thị Mai"
    (voucher,) = booking["voucher"]["deliveryOptions"]
    assert voucher["deliveryFormat"] == "QRCODE"
    assert booking_at_door(voucher["deliveryValue"].split("/")[-2]) == Booking.objects.get().pk
    row = Booking.objects.get()
    assert (row.state, row.hold_until) == (Booking.State.CONFIRMED, None)
    assert (row.guest_name, row.guest_phone) == ("Lò Thị Mai", "+84912345678")


def test_guests_who_came_have_redeemed_their_booking(octo, room):
    booking = octo.booked(room_wish(room))
    arrived_at = timezone.now()
    Visit.objects.create(booking=Booking.objects.get(), arrived_at=arrived_at)

    seen = octo.get(f"bookings/{booking['uuid']}").json()
    cancelled = octo.post(f"bookings/{booking['uuid']}/cancel").json()

    assert (seen["status"], seen["cancellable"]) == ("REDEEMED", False)
    assert seen["utcRedeemedAt"] == f"{arrived_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    assert cancelled["error"] == "UNPROCESSABLE_ENTITY"


def test_confirmed_seats_count_for_the_group_and_confirming_again_changes_nothing(octo, departure):
    booking = octo.booked(seat_wish(departure, adults=2))

    again = octo.post(f"bookings/{booking['uuid']}/confirm", contact={"firstName": "Somebody else"}).json()

    assert Departure.objects.get().state == Departure.State.GOES
    assert (again["status"], again["contact"]["fullName"]) == ("CONFIRMED", "Lò Thị Mai")


def test_a_booking_needs_a_name_to_be_confirmed(octo, room):
    held = octo.reserve(room_wish(room)).json()

    answer = octo.post(f"bookings/{held['uuid']}/confirm", contact={"emailAddress": "mai@example.com"})

    assert answer.json()["error"] == "UNPROCESSABLE_ENTITY"
    assert Booking.objects.get().state == Booking.State.HELD


@pytest.mark.parametrize("is_swept", [True, False])
def test_a_hold_that_ran_out_is_expired_and_cannot_be_confirmed(octo, room, is_swept):
    held = octo.reserve(room_wish(room)).json()
    hold_ends(seconds=1)
    if is_swept:
        bookings.end_holds(timezone.now())

    seen = octo.get(f"bookings/{held['uuid']}").json()
    confirmed = octo.post(f"bookings/{held['uuid']}/confirm", contact=GUEST).json()
    extended = octo.post(f"bookings/{held['uuid']}/extend", expirationMinutes=30).json()
    cancelled = octo.post(f"bookings/{held['uuid']}/cancel").json()

    assert (seen["status"], seen["cancellable"], seen["cancellation"]) == ("EXPIRED", False, None)
    assert (confirmed["error"], confirmed["uuid"]) == ("INVALID_BOOKING_UUID", held["uuid"])
    assert extended["error"] == cancelled["error"] == "UNPROCESSABLE_ENTITY"


@pytest.mark.parametrize("number", [1, 3])
def test_the_same_uuid_reserves_once_and_tells_what_has_become_of_it(octo, room, number):
    uuid = new_uuid()
    wish = room_wish(room, day=5, nights=1, rooms=number)
    first = octo.reserve(wish, uuid=uuid).json()

    again = octo.reserve(wish, uuid=uuid).json()
    octo.post(f"bookings/{uuid}/confirm", contact=GUEST)
    later = octo.reserve(wish, uuid=uuid).json()

    assert again["supplierReference"] == later["supplierReference"] == first["supplierReference"]
    assert (again["status"], later["status"]) == ("ON_HOLD", "CONFIRMED")
    assert taken_of(room, 5) == [number]
    assert Booking.objects.count() == 1


def test_a_uuid_of_another_wish_is_refused(octo, room):
    uuid = new_uuid()
    octo.reserve(room_wish(room, rooms=1), uuid=uuid)

    answer = octo.reserve(room_wish(room, rooms=2), uuid=uuid)

    assert answer.json()["error"] == "UNPROCESSABLE_ENTITY"
    assert "This uuid was used for another booking" in answer.json()["errorMessage"]
    assert Booking.objects.count() == 1


def test_what_is_sold_out_cannot_be_reserved(octo, room, departure):
    RoomNight.objects.filter(night_on=in_days(6)).update(taken=3)
    Departure.objects.update(taken=9)

    nights = octo.reserve(room_wish(room, day=5, nights=2)).json()
    places = octo.reserve(seat_wish(departure, adults=2)).json()

    assert nights["error"] == places["error"] == "UNPROCESSABLE_ENTITY"
    assert "sold out for the night" in nights["errorMessage"]
    assert not ResellerBooking.objects.exists()
    assert taken_of(room, 5, 6) == [0, 3]


def test_a_closed_night_cannot_be_reserved(octo, room):
    RoomNight.objects.filter(night_on=in_days(6)).update(is_closed=True)

    answer = octo.reserve(room_wish(room, day=5, nights=2))

    assert answer.json()["error"] == "UNPROCESSABLE_ENTITY"
    assert not Booking.objects.exists()


def test_the_host_s_rules_hold_for_resellers(octo, room):
    BookingRule.objects.create(stay=room.stay, min_nights=2, lead_hours=48)

    too_short = octo.reserve(room_wish(room, day=5, nights=1)).json()
    too_soon = octo.reserve(room_wish(room, day=1, nights=2)).json()
    right = octo.reserve(room_wish(room, day=5, nights=2)).json()

    assert too_short["error"] == too_soon["error"] == "UNPROCESSABLE_ENTITY"
    assert right["status"] == "ON_HOLD"
    assert right["availability"]["utcCutoffAt"] == f"{in_days(3)}T07:00:00Z"
    assert taken_of(room, 1, 2, 5, 6) == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"productId": "room-0"}, "INVALID_PRODUCT_ID"),
        ({"productId": None}, "INVALID_PRODUCT_ID"),
        ({"optionId": "nights-0"}, "INVALID_OPTION_ID"),
        ({"optionId": 1}, "INVALID_OPTION_ID"),
        ({"availabilityId": "2020-01-01"}, "INVALID_AVAILABILITY_ID"),
        ({"availabilityId": "soon"}, "INVALID_AVAILABILITY_ID"),
        ({"unitItems": [{"unitId": "tent"}]}, "INVALID_UNIT_ID"),
        ({"unitItems": [{"unitId": "room"}, {}]}, "INVALID_UNIT_ID"),
        ({"unitItems": []}, "UNPROCESSABLE_ENTITY"),
        ({"unitItems": [{"unitId": "room"}] * 4}, "UNPROCESSABLE_ENTITY"),
        ({"unitItems": "room"}, "BAD_REQUEST"),
        ({"uuid": "1"}, "BAD_REQUEST"),
        ({"expirationMinutes": 0}, "BAD_REQUEST"),
        ({"expirationMinutes": "60"}, "BAD_REQUEST"),
        ({"contact": {"emailAddress": "mai"}}, "BAD_REQUEST"),
        ({"notes": "\0"}, "BAD_REQUEST"),
        ({"currency": "USD"}, "BAD_REQUEST"),
    ],
)
def test_a_wish_that_makes_no_sense_has_its_own_error(octo, room, change, error):
    answer = octo.reserve(room_wish(room) | change)

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("missing", "error"),
    [
        ("productId", "INVALID_PRODUCT_ID"),
        ("optionId", "INVALID_OPTION_ID"),
        ("availabilityId", "INVALID_AVAILABILITY_ID"),
        ("unitItems", "UNPROCESSABLE_ENTITY"),
    ],
)
def test_what_is_missing_is_named(octo, room, missing, error):
    wish = {name: value for name, value in room_wish(room).items() if name != missing}

    answer = octo.reserve(wish)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_children_cannot_be_booked_alone(octo, departure):
    answer = octo.reserve(seat_wish(departure, adults=0, children=2))

    assert answer.json()["errorMessage"] == "Child cannot be booked alone."


def test_a_hold_is_extended_from_now_and_never_shortened(octo, room):
    held = octo.reserve(room_wish(room), expirationMinutes=30).json()

    longer = octo.post(f"bookings/{held['uuid']}/extend", expirationMinutes=60).json()
    not_shorter = octo.post(f"bookings/{held['uuid']}/extend", expirationMinutes=1).json()

    row = ResellerBooking.objects.get()
    assert timedelta(minutes=59) < row.expires_at - row.created_at < timedelta(minutes=61)
    assert held["utcExpiresAt"] < longer["utcExpiresAt"] == not_shorter["utcExpiresAt"]
    assert Booking.objects.get().hold_until == row.expires_at


def test_however_often_a_hold_is_extended_it_ends(octo, room):
    held = octo.reserve(room_wish(room)).json()

    last = octo.post(f"bookings/{held['uuid']}/extend", expirationMinutes=9_999).json()
    refused = octo.post(f"bookings/{held['uuid']}/extend", expirationMinutes=9_999).json()

    row = ResellerBooking.objects.get()
    assert last["status"] == "ON_HOLD"
    assert row.expires_at == row.created_at + timedelta(minutes=120)
    assert refused["error"] == "UNPROCESSABLE_ENTITY"


def test_a_confirmed_booking_cannot_be_extended(octo, departure):
    booking = octo.booked(seat_wish(departure))

    answer = octo.post(f"bookings/{booking['uuid']}/extend", expirationMinutes=30)

    assert answer.json()["error"] == "UNPROCESSABLE_ENTITY"


def test_a_hold_that_is_given_up_is_expired_and_its_rows_are_free(octo, room, departure):
    for wish in (room_wish(room), seat_wish(departure)):
        held = octo.reserve(wish).json()

        ended = octo.post(f"bookings/{held['uuid']}/cancel", reason="Guest is ill").json()
        again = octo.post(f"bookings/{held['uuid']}/cancel", reason="Again").json()

        assert ended["status"] == again["status"] == "EXPIRED"
        assert ended["cancellation"] == again["cancellation"]
        assert (ended["cancellation"]["refund"], ended["cancellation"]["reason"]) == ("FULL", "Guest is ill")
        assert ended["cancellable"] is False
    assert taken_of(room, 5, 6) == [0, 0]
    assert Departure.objects.get().taken == 0


@pytest.mark.parametrize(
    ("steps", "refund", "percent"),
    [
        ([{"hours_before": 24, "refund_percent": 100}], "FULL", 100),
        ([{"hours_before": 24, "refund_percent": 50}], "PARTIAL", 50),
        ([{"hours_before": 2_000, "refund_percent": 100}], "NONE", 0),
    ],
)
def test_a_booking_that_is_cancelled_is_refunded_by_the_policy_that_was_agreed(
    octo, room, steps, refund, percent
):
    booking = octo.booked(room_wish(room))
    ResellerBooking.objects.update(policy={"steps": steps})

    cancelled = octo.post(f"bookings/{booking['uuid']}/cancel", reason=None).json()

    assert (cancelled["status"], cancelled["cancellation"]["refund"]) == ("CANCELLED", refund)
    assert ResellerBooking.objects.get().refund_percent == percent
    assert taken_of(room, 5, 6) == [0, 0]
    assert Booking.objects.get().state == Booking.State.RELEASED


@pytest.mark.parametrize(("first", "refund"), [(6, "FULL"), (7, "NONE")])
def test_nothing_is_owed_for_days_an_official_has_closed(octo, room, first, refund):
    booking = octo.booked(room_wish(room, day=5, nights=2))
    ResellerBooking.objects.update(policy={"steps": [{"hours_before": 2_000, "refund_percent": 100}]})
    Closure.objects.create(
        commune=room.stay.product.origin.commune,
        first_night=in_days(first),
        last_night=in_days(9),
        cause="road",
        words="Đường sạt lở.",
        opened_by=UserFactory(),
        opened_at=timezone.now(),
    )

    cancelled = octo.post(f"bookings/{booking['uuid']}/cancel").json()

    assert cancelled["cancellation"]["refund"] == refund


def test_what_has_begun_can_be_neither_cancelled_nor_changed(octo, departure):
    booking = octo.booked(seat_wish(departure))
    Departure.objects.update(cut_off_at=timezone.now(), starts_at=timezone.now())

    cancelled = octo.post(f"bookings/{booking['uuid']}/cancel").json()
    changed = octo.patch(f"bookings/{booking['uuid']}", notes="Late").json()

    assert cancelled["error"] == changed["error"] == "UNPROCESSABLE_ENTITY"
    assert octo.get(f"bookings/{booking['uuid']}").json()["cancellable"] is False


def test_what_its_host_gives_up_is_cancelled_and_nothing_is_owed(octo, room, departure):
    stay, tour = octo.booked(room_wish(room)), octo.booked(seat_wish(departure))
    bookings.cancel(Booking.objects.get().pk)
    seats.cancel(SeatBooking.objects.get().pk)

    for booking in (stay, tour):
        seen = octo.get(f"bookings/{booking['uuid']}").json()
        assert (seen["status"], seen["cancellation"]["refund"]) == ("CANCELLED", "FULL")
        assert seen["cancellation"]["reason"] == "Cancelled by the host or the market."


def test_what_its_host_moves_is_shown_where_it_is_now(octo, room):
    booking = octo.booked(room_wish(room, day=5, nights=2))
    bookings.move(Booking.objects.get().pk, room_type_id=room.pk, first_night=in_days(8), nights=3, rooms=1)

    seen = octo.get(f"bookings/{booking['uuid']}").json()

    assert (seen["availabilityId"], seen["optionId"]) == (in_days(8).isoformat(), "nights-3")
    assert seen["pricing"]["retail"] == 600_000


@pytest.mark.parametrize("uuid", ["1", "not-a-uuid", "00000000-0000-4000-8000-000000000000", "%00"])
@pytest.mark.parametrize("what", ["", "/confirm", "/extend", "/cancel"])
def test_an_unknown_uuid_is_told_back(octo, uuid, what):
    path = f"bookings/{uuid}{what}"

    answer = octo.post(path, contact=GUEST) if what else octo.get(path)

    assert (answer.status_code, answer.json()["error"]) == (400, "INVALID_BOOKING_UUID")
