"""The pages of those who organise tours: their own tours only, and everything a departure needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from marketplace.organising.forms import in_words
from marketplace.sellers.models import Member, Seller
from marketplace.settlement.models import Refund
from payments.providers.base import Outcome
from tests.factories import DepartureFactory, SellerFactory, TourFactory, UserFactory
from tests.shop.conftest import _silent_wallet, check_out, new_basket  # noqa: F401  (fixtures)
from tests.shop.silent import tell
from tests.shop.test_seats import order_of, tour_options  # noqa: F401  (fixtures)
from tourism.tours import seats
from tourism.tours.models import Departure, Schedule, SeatBooking, Tour, Waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tour_options")]

TOUR = {
    "title": "Đi rừng chè cổ thụ",
    "name_en": "Old tea forest",
    "description": "Hái chè cùng người trong bản.",
    "stops": "Hấu Chua\nTả Sìn Thàng",
    "days": "2",
    "adult_vnd": "1700000",
    "child_vnd": "1190000",
    "child_age_max": "11",
    "capacity": "10",
    "min_group": "4",
    "cut_off_hours": "48",
    "meeting_point": "Nhà văn hóa xã Sín Chải",
    "policy": "moderate",
    "is_public": "on",
}


@pytest.fixture
def seller() -> Seller:
    return SellerFactory(name="Hợp tác xã du lịch Tủa Chùa")


@pytest.fixture
def organiser(seller: Seller) -> Client:
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    user = UserFactory()
    Member.objects.create(seller=seller, user=user)
    client.force_login(user)
    return client


def departure_of(seller: Seller, days: int = 10, **facts: Any) -> Departure:
    starts_at = timezone.localtime().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=days)
    tour = TourFactory(seller=seller, capacity=10, min_group=2)
    return DepartureFactory(tour=tour, starts_at=starts_at, **facts)


def test_a_new_tour_is_for_sale_once_it_has_a_schedule(organiser, seller):
    answer = organiser.post("/sell/tours/new/", TOUR)

    tour = Tour.objects.get()
    assert answer.headers["Location"] == f"/sell/tours/{tour.pk}/"
    assert (tour.stops, tour.min_group, tour.days) == (["Hấu Chua", "Tả Sìn Thàng"], 4, 2)
    assert tour.product.origin.seller == seller
    assert tour.product.origin.kind == "seats"

    first_on = timezone.localdate() + timedelta(days=7)
    wish = {"act": "schedule", "weekdays": ["SA", "SU"], "every": "1", "starts_at_time": "07:30"}
    wish |= {"first_on": f"{first_on}", "last_on": f"{first_on + timedelta(days=13)}", "guide": "Vàng A Sơn"}
    organiser.post(f"/sell/tours/{tour.pk}/", wish)

    departures = Departure.objects.filter(tour=tour).order_by("starts_at")
    assert [timezone.localtime(each.starts_at).isoweekday() for each in departures] == [6, 7, 6, 7]
    assert {each.guide for each in departures} == {"Vàng A Sơn"}
    assert "Old tea forest" in organiser.get("/tours/").content.decode()


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"min_group": "11"}, "The group must fit into the seats."),
        ({"is_half_day": "on"}, "Half a day is one day: write 1 for the days."),
        ({"stops": "x" * 121}, "Keep each line under 120 letters."),
        ({"title": ""}, "This field is required."),
        ({"policy": "generous"}, "generous"),
    ],
)
def test_a_tour_that_makes_no_sense_is_refused_in_its_own_words(organiser, wish, words):
    answer = organiser.post("/sell/tours/new/", TOUR | wish)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Tour.objects.exists()


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({}, "Choose weekdays, or write a rule."),
        ({"rule": "FREQ=SECONDLY"}, "Say how often"),
        ({"weekdays": ["SA"], "except_on": "yesterday"}, "is no day"),
        ({"weekdays": ["SA"], "last_on": "2020-01-01"}, "must not be before the first"),
    ],
)
def test_a_schedule_that_makes_no_sense_opens_nothing(organiser, seller, wish, words):
    tour = TourFactory(seller=seller)
    wish = {"act": "schedule", "first_on": f"{timezone.localdate()}", "starts_at_time": "08:00"} | wish

    answer = organiser.post(f"/sell/tours/{tour.pk}/", wish)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Schedule.objects.exists()
    assert not Departure.objects.exists()


def test_a_schedule_that_leads_to_no_departure_is_not_kept(organiser, seller):
    tour = TourFactory(seller=seller, months=[timezone.localdate().month % 12 + 1])
    today = timezone.localdate()
    wish = {"act": "schedule", "rule": "FREQ=DAILY", "starts_at_time": "08:00"}

    answer = organiser.post(f"/sell/tours/{tour.pk}/", wish | {"first_on": f"{today}", "last_on": f"{today}"})

    assert "By this rule it never goes" in answer.content.decode()
    assert not Schedule.objects.exists()


def test_a_party_that_telephoned_takes_its_seats_and_can_be_freed(organiser, seller):
    departure = departure_of(seller)
    page = f"/sell/tours/departures/{departure.pk}/"

    organiser.post(
        page, {"act": "guests", "adults": "3", "guest_name": "Đoàn cô Lan", "guest_phone": "0399000008"}
    )

    booking = SeatBooking.objects.get()
    assert (booking.channel, booking.state, booking.guest_phone) == ("host", "confirmed", "+84399000008")
    shown = organiser.get(page).content.decode()
    assert "Đoàn cô Lan" in shown
    assert "3/10" in shown

    organiser.post(page, {"act": "release", "booking": booking.pk})
    departure.refresh_from_db()
    assert departure.taken == 0


def test_too_many_on_the_telephone_are_told_how_many_seats_there_are(organiser, seller):
    departure = departure_of(seller, taken=9)

    answer = organiser.post(
        f"/sell/tours/departures/{departure.pk}/", {"act": "guests", "adults": "2", "guest_name": "Lan"}
    )

    assert answer.status_code == 422
    assert "has 1 free seats, you wanted 2" in answer.content.decode()


def test_a_party_that_paid_in_the_shop_cannot_be_freed_by_hand(organiser, seller):
    departure = departure_of(seller)
    placed = order_of(departure, adults=2)
    booking = SeatBooking.objects.get(order_line__order=placed.order)

    answer = organiser.post(
        f"/sell/tours/departures/{departure.pk}/", {"act": "release", "booking": booking.pk}
    )

    assert answer.status_code == 404
    booking.refresh_from_db()
    assert booking.state == "held"


def test_cancelling_a_departure_refunds_its_guests_at_once(organiser, seller):
    departure = departure_of(seller)
    placed = order_of(departure, adults=2)
    tell(placed.intent.pk, Outcome.SUCCEEDED)
    page = f"/sell/tours/departures/{departure.pk}/"

    refused = organiser.post(page, {"act": "cancel", "reason": ""})
    assert refused.status_code == 422
    organiser.post(page, {"act": "cancel", "reason": "Đường sạt lở"})

    departure.refresh_from_db()
    assert (departure.state, departure.taken) == ("cancelled", 0)
    assert Refund.objects.get().amount_vnd == placed.intent.amount_vnd
    assert "Đường sạt lở" in organiser.get(page).content.decode()


def test_closing_and_opening_the_sale(organiser, seller):
    departure = departure_of(seller)
    page = f"/sell/tours/departures/{departure.pk}/"

    organiser.post(page, {"act": "close"})
    departure.refresh_from_db()
    assert departure.state == "closed"
    organiser.post(page, {"act": "reopen"})
    departure.refresh_from_db()
    assert departure.state == "open"


def test_ending_a_schedule_leaves_only_departures_with_guests(organiser, seller):
    tour = TourFactory(seller=seller, cut_off_hours=1)
    wish = {"act": "schedule", "rule": "FREQ=DAILY", "starts_at_time": "08:00"}
    first_on = timezone.localdate() + timedelta(days=3)
    wish |= {"first_on": f"{first_on}", "last_on": f"{first_on + timedelta(days=4)}"}
    organiser.post(f"/sell/tours/{tour.pk}/", wish)
    booked = tour.departures.order_by("starts_at").first()
    seats.book(departure_id=booked.pk, adults=1, children=0, channel="host", now=timezone.now())

    organiser.post(f"/sell/tours/schedules/{tour.schedules.get().pk}/end/")

    assert list(tour.departures.all()) == [booked]


def test_the_waiting_list_shows_who_waits(organiser, seller):
    departure = departure_of(seller, taken=10)
    Waiting.objects.create(
        departure=departure,
        name="Cà Thị Chờ",
        phone="+84399000008",
        adults=2,
        secret="s",
        asked_at=timezone.now(),
    )

    assert "Cà Thị Chờ" in organiser.get(f"/sell/tours/departures/{departure.pk}/").content.decode()


@pytest.mark.parametrize(
    "page", ["{tour}/", "{tour}/edit/", "departures/{departure}/", "schedules/{schedule}/end/"]
)
def test_nobody_sees_or_changes_the_tours_of_others(organiser, page):
    departure = departure_of(SellerFactory())
    schedule = Schedule.objects.create(tour=departure.tour, rule="FREQ=DAILY", first_on=timezone.localdate())
    address = "/sell/tours/" + page.format(
        tour=departure.tour_id, departure=departure.pk, schedule=schedule.pk
    )

    assert organiser.post(address, {"act": "cancel", "reason": "x"} | TOUR).status_code == 404
    assert organiser.get(address).status_code in (404, 405)
    departure.refresh_from_db()
    assert departure.state == "open"


def test_strangers_sign_in_first_and_buyers_sell_nothing():
    stranger, buyer = Client(), Client()
    buyer.force_login(UserFactory())

    assert stranger.get("/sell/tours/").status_code == 302
    assert buyer.get("/sell/tours/").status_code == 403


def test_the_list_costs_the_same_queries_however_many_departures(
    organiser, seller, django_assert_num_queries
):
    departure_of(seller)
    organiser.get("/sell/tours/")
    with django_assert_num_queries(7) as few:
        organiser.get("/sell/tours/")

    for days in range(11, 16):
        departure_of(seller, days)
    with django_assert_num_queries(len(few)):
        organiser.get("/sell/tours/")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=WEEKLY;INTERVAL=1;BYDAY=SA,SU", "every week: Saturday, Sunday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "every 2 weeks: Wednesday"),
        ("FREQ=MONTHLY;BYDAY=1SA", "FREQ=MONTHLY;BYDAY=1SA"),
    ],
)
def test_a_rule_is_told_in_words(rule, words):
    with override("en"):
        assert in_words(rule) == words
