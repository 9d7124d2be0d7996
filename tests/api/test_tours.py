from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import CommuneFactory, DepartureFactory, SellerFactory, TourFactory
from tests.shop.test_seats import departure_in, tour_options  # noqa: F401  (fixture)
from tourism.tours.models import Departure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tour_options")]


def day(days: int) -> str:
    return str(timezone.localdate() + timedelta(days=days))


def test_tours_that_can_take_the_guests_are_listed_the_next_first(api):
    later, sooner, full = departure_in(12), departure_in(5), departure_in(3, taken=9)

    listed = api.get("tours/?guests=2").json()

    assert [row["id"] for row in listed["results"]] == [sooner.tour.product_id, later.tour.product_id]
    assert api.get("tours/?guests=1").json()["results"][0]["id"] == full.tour.product_id
    assert listed["results"][0]["adult_vnd"] == 600_000


def test_tours_are_narrowed_to_a_commune_and_to_days(api):
    commune = CommuneFactory(code="03325")
    there = departure_in(5, tour=TourFactory(seller=SellerFactory(commune=commune)))
    departure_in(5)

    assert [row["id"] for row in api.get("tours/?commune=03325").json()["results"]] == [there.tour.product_id]
    assert api.get(f"tours/?from={day(6)}").json()["count"] == 0
    assert api.get(f"tours/?to={day(5)}").json()["count"] == 2
    refused = api.get(f"tours/?from={day(6)}&to={day(5)}")
    assert (refused.status_code, list(refused.json()["details"])) == (400, ["to"])


def test_the_list_costs_the_same_queries_however_many_tours(api, django_assert_num_queries):
    departure_in(5)
    with django_assert_num_queries(3) as few:
        api.get("tours/")

    for days in (6, 7, 8):
        departure_in(days)
    with django_assert_num_queries(len(few)):
        api.get("tours/")


def test_a_tour_says_its_policy_and_how_many_must_come(api):
    departure = departure_in()

    tour = api.get(f"tours/{departure.tour.product_id}/").json()

    assert (tour["min_group"], tour["cut_off_hours"], tour["policy"]["code"]) == (2, 24, "moderate")
    assert api.get("tours/4711/").status_code == 404


def test_departures_say_seats_left_cut_off_and_guests_missing(api, django_assert_num_queries):
    tour = TourFactory(capacity=10, min_group=4)
    departure = departure_in(5, tour=tour, taken=3)
    departure_in(6, tour=tour, state=Departure.State.CLOSED)
    departure_in(200, tour=tour)

    with django_assert_num_queries(3):
        listed = api.get(f"tours/{tour.product_id}/departures/").json()

    first, closed = listed["results"]
    assert (first["id"], first["seats_left"], first["guests_missing"]) == (departure.pk, 7, 4)
    assert first["cut_off_at"] == timezone.localtime(departure.cut_off_at).isoformat()
    assert (closed["state"], closed["seats_left"]) == ("closed", 0)
    assert api.get(f"tours/{tour.product_id}/departures/?to={day(400)}").status_code == 400


@pytest.mark.parametrize(
    ("wish", "party", "total_vnd"),
    [
        ({"seats": 2}, (2, 0), 1_200_000),
        ({"adults": 2, "children": 1}, (2, 1), 1_620_000),
        ({"adults": 1}, (1, 0), 600_000),
    ],
)
def test_seats_go_into_the_basket_and_are_ordered(api, wish: dict[str, Any], party, total_vnd):
    departure = departure_in()
    basket = api.post("baskets/").json()["id"]

    line = api.post(f"baskets/{basket}/lines/", {"departure": departure.pk} | wish).json()

    assert (line["seats"]["adults"], line["seats"]["children"], line["total_vnd"]) == (*party, total_vnd)
    assert line["nights"] is None
    order = api.post(
        f"baskets/{basket}/checkout/",
        {"phone": "0399000001", "name": "Lò Thị Mai", "provider": "viettel", "msisdn": "0399000001"},
    )
    assert order.status_code in (200, 201, 202), order.json()
    number, key = order.json()["order_number"], order.json()["order_key"]
    ordered = api.get(f"orders/{number}/?key={key}").json()["lines"][0]
    assert ordered["seats"]["departure"] == departure.pk
    departure.refresh_from_db()
    assert departure.taken == sum(party)


def test_seats_that_are_gone_are_refused(api):
    departure = departure_in(taken=9)
    basket = api.post("baskets/").json()["id"]

    answer = api.post(f"baskets/{basket}/lines/", {"departure": departure.pk, "seats": 2})

    assert (answer.status_code, answer.json()["code"]) == (409, "seats_taken")
    assert answer.json()["details"]["left"] == 1


def test_a_departure_that_is_over_is_not_listed(api):
    tour = TourFactory()
    DepartureFactory(tour=tour, starts_at=timezone.now() - timedelta(hours=1))

    assert api.get(f"tours/{tour.product_id}/departures/").json()["results"] == []
