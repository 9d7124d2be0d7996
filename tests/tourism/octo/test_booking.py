"""Holding, confirming and giving up over OCTO, down to the rows."""

from __future__ import annotations

from tests.tourism.octo.conftest import (
    GUEST,
    in_days,
    new_uuid,
    room_wish,
    seat_wish,
    taken_of,
)
from tourism.models import Booking
from tourism.octo.models import ResellerBooking
from tourism.tours.models import SeatBooking


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
    seats = SeatBooking.objects.get()
    assert (seats.adults, seats.children, seats.channel) == (2, 1, "reseller")


def test_confirming_makes_the_hold_final_and_names_the_guest(octo, room):
    held = octo.reserve(room_wish(room), uuid=new_uuid()).json()

    booking = octo.post(f"bookings/{held['uuid']}/confirm", contact=GUEST, resellerReference="V-7").json()

    assert booking["status"] == "CONFIRMED"
    assert booking["resellerReference"] == "V-7"
    assert booking["contact"]["fullName"] == "Lò Thị Mai"
    assert booking["voucher"]["deliveryOptions"] == [
        {"deliveryFormat": "QRCODE", "deliveryValue": held["supplierReference"]}
    ]
    row = Booking.objects.get()
    assert (row.state, row.hold_until) == (Booking.State.CONFIRMED, None)
    assert (row.guest_name, row.guest_phone) == ("Lò Thị Mai", "+84912345678")
