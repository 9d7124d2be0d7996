"""When something can be had: times and days, from the same rows as everywhere."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.utils import timezone

from tests.factories import DepartureFactory
from tests.tourism.octo.conftest import Octo, at, in_days, make_reseller, room_wish
from tourism.models import Booking, RoomNight
from tourism.tours.models import Departure

pytestmark = pytest.mark.django_db


def ask(octo: Octo, room, *, nights: int = 2, **body):
    return octo.post("availability/", productId=f"room-{room.pk}", optionId=f"nights-{nights}", **body)


def night(room, day: int):
    return RoomNight.objects.filter(room_type=room, night_on=in_days(day))


def test_each_evening_of_arrival_is_a_time_until_the_nights_on_sale_end(octo, room):
    answer = ask(octo, room, nights=2, localDateStart=str(in_days(37)), localDateEnd=str(in_days(45)))

    assert [slot["id"] for slot in answer.json()] == [str(in_days(37)), str(in_days(38))]
    first = answer.json()[0]
    assert first["localDateTimeStart"] == f"{in_days(37)}T14:00:00+07:00"
    assert first["localDateTimeEnd"] == f"{in_days(39)}T11:00:00+07:00"
    assert first["utcCutoffAt"] == f"{in_days(37)}T07:00:00Z"
    assert (first["status"], first["available"], first["vacancies"], first["capacity"]) == (
        "AVAILABLE",
        True,
        3,
        3,
    )
    assert first["unitPricing"][0]["unitId"] == "room"
    assert (first["pricing"]["retail"], first["pricing"]["net"]) == (600_000, 510_000)


def test_the_fullest_night_counts_and_prices_are_those_of_the_nights(octo, room):
    night(room, 6).update(taken=2, price_vnd=450_000)

    (slot,) = ask(octo, room, nights=3, localDate=str(in_days(5))).json()

    assert (slot["status"], slot["vacancies"]) == ("LIMITED", 1)
    assert slot["pricing"]["retail"] == 1_050_000


def test_a_full_night_is_sold_out_and_a_closed_one_closed(octo, room):
    night(room, 5).update(taken=3)
    night(room, 8).update(is_closed=True)

    slots = ask(octo, room, nights=1, localDateStart=str(in_days(5)), localDateEnd=str(in_days(8))).json()

    assert [slot["status"] for slot in slots] == ["SOLD_OUT", "AVAILABLE", "AVAILABLE", "CLOSED"]
    assert [slot["available"] for slot in slots] == [False, True, True, False]
    assert slots[3]["vacancies"] == 0


def test_a_party_is_only_available_where_all_of_it_fits(octo, room):
    night(room, 5).update(taken=1)

    (slot,) = ask(
        octo, room, nights=1, localDate=str(in_days(5)), units=[{"id": "room", "quantity": 3}]
    ).json()

    assert (slot["status"], slot["available"], slot["vacancies"]) == ("SOLD_OUT", False, 2)
    assert slot["pricing"]["retail"] == 900_000


def test_ids_name_times_and_unknown_ones_none(octo, room):
    ids = [str(in_days(3)), str(in_days(30)), "2027-02-30", "never", str(in_days(400))]

    answer = ask(octo, room, nights=1, availabilityIds=ids)

    assert [slot["id"] for slot in answer.json()] == ids[:2]


def test_ids_of_days_far_away_cost_few_queries(room, django_assert_max_num_queries):
    octo = Octo(make_reseller())
    ids = [f"{year}-01-01" for year in range(2000, 2200)]

    with django_assert_max_num_queries(20):
        assert ask(octo, room, nights=1, availabilityIds=ids).status_code == 200


def test_nights_that_are_over_are_closed(octo, room):
    RoomNight.objects.filter(room_type=room, night_on=in_days(39)).update(night_on=in_days(-1))

    (slot,) = ask(octo, room, nights=1, localDate=str(in_days(-1))).json()

    assert slot["status"] == "CLOSED"


def test_a_hold_that_is_over_keeps_nobody_out_where_no_worker_runs(octo, room):
    octo.reserve(room_wish(room, day=5, nights=1, rooms=3))
    Booking.objects.update(hold_until=timezone.now() - timedelta(seconds=1))

    (slot,) = ask(octo, room, nights=1, localDate=str(in_days(5))).json()

    assert (slot["status"], slot["vacancies"]) == ("AVAILABLE", 3)


@pytest.mark.parametrize(
    "days",
    [
        {},
        {"localDateStart": "2027-03-01"},
        {"localDateEnd": "2027-03-01"},
        {"localDateStart": "2027-03-02", "localDateEnd": "2027-03-01"},
        {"localDateStart": "2027-03-01", "localDateEnd": "2029-03-01"},
        {"localDate": "1.3.2027"},
        {"localDate": "2027-02-30"},
        {"localDate": 20270301},
        {"localDate": "2027-03-01", "currency": "USD"},
        {"localDate": "2027-03-01", "units": [{"id": "room", "quantity": -1}]},
    ],
)
def test_questions_that_make_no_sense_are_bad_requests(octo, room, days):
    answer = ask(octo, room, **days)

    assert (answer.status_code, answer.json()["error"]) == (400, "BAD_REQUEST")


def test_wrong_ids_are_told_back(octo, room):
    day = str(in_days(5))

    product = octo.post("availability/", productId="room-0", optionId="nights-1", localDate=day).json()
    missing = octo.post("availability/", optionId="nights-1", localDate=day).json()
    option = ask(octo, room, nights=99, localDate=day).json()
    unit = ask(octo, room, localDate=day, units=[{"id": "tent", "quantity": 1}]).json()

    assert (product["error"], product["productId"]) == ("INVALID_PRODUCT_ID", "room-0")
    assert (missing["error"], missing["productId"]) == ("INVALID_PRODUCT_ID", "")
    assert (option["error"], option["optionId"]) == ("INVALID_OPTION_ID", "nights-99")
    assert (unit["error"], unit["unitId"]) == ("INVALID_UNIT_ID", "tent")


def test_a_calendar_has_every_day_and_nights_that_are_not_on_sale_are_closed(octo, room):
    days = octo.post(
        "availability/calendar",
        productId=f"room-{room.pk}",
        optionId="nights-1",
        localDateStart=str(in_days(38)),
        localDateEnd=str(in_days(41)),
    ).json()

    assert [day["localDate"] for day in days] == [str(in_days(n)) for n in range(38, 42)]
    assert [day["status"] for day in days] == ["AVAILABLE", "AVAILABLE", "CLOSED", "CLOSED"]
    assert days[0]["pricingFrom"]["retail"] == 300_000
    assert (days[3]["vacancies"], days[3]["capacity"], days[3]["unitPricingFrom"]) == (0, 0, [])


def test_a_calendar_needs_days(octo, room):
    answer = octo.post("availability/calendar", productId=f"room-{room.pk}", optionId="nights-1")

    assert (answer.status_code, answer.json()["error"]) == (400, "BAD_REQUEST")


def test_a_departure_is_a_time_with_its_seats_and_its_cut_off(octo, departure):
    Departure.objects.update(taken=6)

    (slot,) = octo.post(
        "availability/",
        productId=f"tour-{departure.tour_id}",
        optionId="DEFAULT",
        localDate=str(in_days(10)),
        units=[{"id": "adult", "quantity": 2}, {"id": "child", "quantity": 1}],
    ).json()

    assert slot["id"] == f"{in_days(10)}T08:00:00+07:00"
    assert slot["utcCutoffAt"] == f"{in_days(9)}T01:00:00Z"
    assert (slot["status"], slot["vacancies"], slot["capacity"]) == ("LIMITED", 4, 10)
    assert slot["pricing"]["retail"] == 1_620_000
    assert [unit["retail"] for unit in slot["unitPricing"]] == [600_000, 420_000]


@pytest.mark.parametrize(
    "facts", [{"state": "closed"}, {"state": "cancelled"}, {"cut_off_at": timezone.now()}]
)
def test_a_departure_that_nobody_may_book_is_closed(octo, departure, facts):
    Departure.objects.update(**facts)

    (slot,) = octo.post(
        "availability/", productId=f"tour-{departure.tour_id}", optionId="DEFAULT", localDate=str(in_days(10))
    ).json()

    assert (slot["status"], slot["available"]) == ("CLOSED", False)


def test_a_day_of_a_tour_s_calendar_is_its_best_departure(octo, departure):
    afternoon = at(in_days(10), time(14))
    DepartureFactory(tour=departure.tour, starts_at=afternoon, capacity=4, min_group=1, adult_vnd=500_000)
    Departure.objects.filter(pk=departure.pk).update(taken=10)

    days = octo.post(
        "availability/calendar",
        productId=f"tour-{departure.tour_id}",
        optionId="DEFAULT",
        localDateStart=str(in_days(9)),
        localDateEnd=str(in_days(10)),
    ).json()

    assert [(day["status"], day["vacancies"]) for day in days] == [("CLOSED", 0), ("AVAILABLE", 4)]
    assert days[1]["unitPricingFrom"][0]["retail"] == 500_000


def test_a_year_costs_as_many_queries_as_a_day(room, django_assert_num_queries):
    octo = Octo(make_reseller())
    # The key, the room type, its pictures, its policy, the holds of nights and of seats that are over (with
    # their transaction), the nights, the host's rules, the terms.
    queries = 11
    ask(octo, room, localDate=str(in_days(5)))

    with django_assert_num_queries(queries):
        ask(octo, room, localDate=str(in_days(5)))
    with django_assert_num_queries(queries):
        ask(octo, room, localDateStart=str(in_days(0)), localDateEnd=str(in_days(365)))
