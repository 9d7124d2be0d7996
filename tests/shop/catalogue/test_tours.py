"""The pages of tours: the list, a tour with its departures, and the waiting list of a full one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import CommuneFactory, DepartureFactory, SellerFactory, TourFactory
from tests.shop.conftest import check_out
from tests.shop.test_seats import departure_in, tour_options  # noqa: F401  (fixture)
from tourism.tours import seats, waiting
from tourism.tours.models import Departure, SeatBooking, Waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tour_options")]


def page_of(departure: Departure) -> str:
    return str(departure.tour.product.get_absolute_url())


def test_the_list_shows_tours_that_go_the_next_first(visitor):
    departure_in(9, tour=TourFactory(title="Vườn cà phê", name_en="Coffee garden"))
    departure_in(4, tour=TourFactory(title="Hồ Pá Khoang", name_en="Pa Khoang lake"))
    departure_in(2, tour=TourFactory(title="Đèo Pha Đin", is_public=False))

    shown = visitor.get("/tours/").content.decode()

    assert shown.index("Pa Khoang lake") < shown.index("Coffee garden")
    assert "Pha Đin" not in shown
    assert "2 tours with seats" in shown


def test_the_list_is_narrowed_by_days_guests_and_commune(visitor):
    commune = CommuneFactory(code="03325", name="Mường Phăng", full_name="Xã Mường Phăng")
    seller = SellerFactory(commune=commune)
    departure_in(5, tour=TourFactory(title="Đường rừng", seller=seller, capacity=4))
    departure_in(9, tour=TourFactory(title="Vườn cà phê", capacity=10))
    last = f"{timezone.localdate() + timedelta(days=6)}"

    def shown(query: str) -> str:
        return visitor.get(f"/tours/?{query}").content.decode()

    assert "Vườn cà phê" not in shown(f"to={last}")
    assert "Đường rừng" in shown(f"to={last}")
    assert "Đường rừng" not in shown("guests=5")
    assert "Vườn cà phê" not in shown("commune=03325")
    assert "No tour goes then" in shown("commune=03325&guests=5")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=2020-01-01", "This day has passed."),
        ("from=tomorrow", "The first day is not a date."),
        ("guests=0", "give at least one guest"),
        ("guests=51", "For more than 50 guests please call the organiser."),
    ],
)
def test_a_wish_that_makes_no_sense_is_named_and_the_list_is_there(visitor, query, words):
    departure_in(5, tour=TourFactory(title="Vườn cà phê"))

    shown = visitor.get(f"/tours/?{query}")

    assert shown.status_code == 200
    assert words in shown.content.decode()
    assert "Vườn cà phê" in shown.content.decode()


def test_the_list_costs_the_same_queries_however_many_tours(visitor, django_assert_num_queries):
    departure_in(5)
    with django_assert_num_queries(4) as few:
        visitor.get("/tours/")

    for days in range(6, 12):
        departure_in(days)
    with django_assert_num_queries(len(few)):
        visitor.get("/tours/")


def test_the_page_of_a_tour_shows_its_departures_with_seats_and_who_is_missing(visitor):
    departure = departure_in(3, tour=TourFactory(adult_vnd=600_000, capacity=10, min_group=4))
    seats.book(departure_id=departure.pk, adults=2, children=0, channel="host", now=timezone.now())

    shown = visitor.get(f"{page_of(departure)}?departure={departure.pk}").content.decode()

    assert "8 seats left" in shown
    assert "2 more guests and it goes" in shown
    assert "1.200.000" in shown
    assert "If there are fewer at" in shown


def test_the_page_says_until_when_what_goes_back(visitor):
    departure = departure_in(20, tour=TourFactory(policy="flexible"))

    shown = visitor.get(page_of(departure)).content.decode()

    day_before = timezone.localtime(departure.starts_at) - timedelta(hours=24)
    assert f"Before {day_before:%H:%M %d/%m/%Y}: 100% of what you paid goes back." in shown


def test_the_page_costs_the_same_queries_however_many_departures(visitor, django_assert_num_queries):
    tour = TourFactory()
    departure = departure_in(3, tour=tour)
    visitor.get(page_of(departure))
    with django_assert_num_queries(8) as few:
        visitor.get(page_of(departure))

    for days in range(4, 20):
        departure_in(days, tour=tour)
    with django_assert_num_queries(len(few)):
        visitor.get(page_of(departure))


@pytest.mark.parametrize(
    "query", ["departure=x&adults=x", "departure=99999999&adults=0&children=999", "month=x"]
)
def test_an_address_that_makes_no_sense_shows_the_page(visitor, query):
    departure = departure_in()

    assert visitor.get(f"{page_of(departure)}?{query}").status_code == 200


def test_seats_are_put_into_the_basket_from_the_page(visitor):
    departure = departure_in()

    answer = visitor.post(
        "/tours/book/", {"departure": departure.pk, "adults": "2", "children": "1"}, follow=True
    )

    shown = answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/basket/"
    assert "2 adults" in shown
    assert "1 child" in shown


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"adults": "11"}, "has 10 free seats, you wanted 11"),
        ({"adults": "0"}, "at least one adult"),
        ({"adults": "many"}, "The number of adults is not a number."),
    ],
)
def test_a_party_that_cannot_be_booked_is_told_why_on_the_page_of_the_tour(visitor, wish, words):
    departure = departure_in()

    answer = visitor.post("/tours/book/", {"departure": departure.pk} | wish, follow=True)

    assert words in answer.content.decode()
    assert answer.redirect_chain[-1][0].startswith(page_of(departure))


def test_a_full_departure_leads_to_the_waiting_list_and_from_there_into_the_basket(visitor):
    departure = departure_in(capacity=2, min_group=1)
    booked = seats.book(departure_id=departure.pk, adults=2, children=0, channel="host", now=timezone.now())
    shown = visitor.get(f"{page_of(departure)}?departure={departure.pk}").content.decode()
    assert f"/tours/departures/{departure.pk}/wait/?adults=2" in shown

    wish = {"adults": "2", "children": "0", "name": "Lò Thị Mai", "phone": "0399000001"}
    joined = visitor.post(f"/tours/departures/{departure.pk}/wait/", wish, follow=True)
    place = joined.redirect_chain[-1][0]
    assert "You are the first in line." in joined.content.decode()

    seats.cancel(booked.pk)
    waiting.offer(now=timezone.now())
    assert "they are held for you" in visitor.get(place).content.decode()

    basket = visitor.post(place, {"act": "take"}, follow=True)
    assert basket.redirect_chain[-1][0] == "/basket/"
    assert "No seat is left" not in basket.content.decode()


def test_what_was_offered_becomes_the_order_of_who_waited(visitor):
    departure = departure_in(capacity=2, min_group=1)
    booked = seats.book(departure_id=departure.pk, adults=2, children=0, channel="host", now=timezone.now())
    entry = waiting.join(
        departure_id=departure.pk,
        name="Mai",
        phone="+84399000001",
        adults=2,
        children=0,
        now=timezone.now(),
    )
    seats.cancel(booked.pk)
    waiting.offer(now=timezone.now())
    visitor.post(f"/tours/waiting/{entry.secret}/", {"act": "take"})
    basket = departure.tour.product.basket_lines.get().basket

    placed = check_out(basket, wish=None)

    entry.refresh_from_db()
    assert entry.state == "taken"
    assert entry.held.order_line.order == placed.order
    assert (entry.held.channel, entry.held.state, entry.held.hold_until) == ("shop", "held", None)
    departure.refresh_from_db()
    assert departure.taken == 2
    assert seats.end_holds(now=timezone.now() + timedelta(days=1)) == 0


def test_one_may_stop_waiting(visitor):
    departure = departure_in(taken=10)
    entry = Waiting.objects.create(
        departure=departure, name="Mai", phone="+84399000001", adults=2, secret="abc", asked_at=timezone.now()
    )

    visitor.post("/tours/waiting/abc/", {"act": "leave"})

    entry.refresh_from_db()
    assert entry.state == "left"
    assert visitor.get("/tours/waiting/unknown/").status_code == 404


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"phone": "12"}, "phone"),
        ({"name": ""}, "This field is required."),
        ({"adults": "11"}, "This departure has 10 seats in all."),
    ],
)
def test_the_waiting_list_refuses_in_words(visitor, wish, words):
    departure = departure_in(taken=10)
    sent = {"adults": "2", "children": "0", "name": "Mai", "phone": "0399000001"} | wish

    answer = visitor.post(f"/tours/departures/{departure.pk}/wait/", sent)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Waiting.objects.exists()


def test_the_home_page_shows_the_tours_that_go_next(visitor):
    departure_in(4, tour=TourFactory(title="Hồ Pá Khoang", name_en="Pa Khoang lake"))

    assert "Pa Khoang lake" in visitor.get("/").content.decode()


def test_a_departure_of_the_past_is_not_offered(visitor):
    tour = TourFactory()
    past = DepartureFactory(tour=tour, starts_at=timezone.now() - timedelta(days=1))

    shown = visitor.get(f"{page_of(past)}?departure={past.pk}").content.decode()

    assert "can no longer be booked" in shown
    assert "/tours/book/" not in shown
    assert not SeatBooking.objects.exists()


def test_whoever_reads_next_frees_a_hold_that_ended_though_no_worker_runs(visitor):
    departure = departure_in(capacity=2, min_group=1)
    now = timezone.now()
    seats.book(departure_id=departure.pk, adults=2, children=0, channel="reseller", hold_until=now, now=now)

    shown = visitor.get(f"{page_of(departure)}?departure={departure.pk}").content.decode()

    assert "2 seats left" in shown
    assert "/tours/book/" in shown
