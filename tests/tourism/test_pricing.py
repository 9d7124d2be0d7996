"""What nights cost by season, weekday and feast, solar and lunar."""

from datetime import date, timedelta

import pytest

from tests.factories import RoomTypeFactory
from tourism import feasts, nights, opening, pricing
from tourism.models import Feast, PriceRule, RoomNight

FRIDAY, SATURDAY, SUNDAY = (date(2026, 12, day) for day in (4, 5, 6))
WEEKEND = {"kind": "weekend", "weekdays": [4, 5]}


def rule(room, **facts) -> PriceRule:
    return PriceRule.objects.create(stay=room.stay, **facts)


def price(room, night_on: date) -> int:
    return pricing.Prices([room.stay_id]).of_night(room, night_on)


# --- Feasts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "first_day"),
    [
        (2025, date(2025, 1, 29)),
        (2026, date(2026, 2, 17)),
        (2027, date(2027, 2, 6)),
    ],
)
def test_tet_is_where_the_lunar_calendar_has_it(year, first_day):
    assert first_day in feasts.nights_of(Feast.TET, year)
    assert feasts.feasts_on(first_day) == {"tet"}
    assert feasts.feasts_on(first_day - timedelta(days=3)) == frozenset()


@pytest.mark.parametrize(
    ("night", "feast"),
    [
        (date(2027, 3, 12), "hoa-ban"),
        (date(2027, 3, 13), "hoa-ban"),
        (date(2027, 5, 5), "victory"),
        (date(2027, 5, 7), "victory"),
        (date(2027, 4, 30), "reunification"),
        (date(2026, 12, 31), "new-year"),
        (date(2027, 1, 1), "new-year"),
        (date(2027, 9, 2), "national-day"),
        (date(2026, 4, 26), "hung-kings"),  # the 10th of the third month
    ],
)
def test_the_other_feasts_have_their_nights(night, feast):
    assert feast in feasts.feasts_on(night)


def test_an_ordinary_night_has_no_feast():
    assert feasts.feasts_on(date(2027, 6, 15)) == frozenset()


# --- Rules ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_without_rules_a_night_costs_what_the_room_costs():
    assert price(RoomTypeFactory(price_vnd=300_000), FRIDAY) == 300_000


@pytest.mark.django_db
def test_a_weekend_costs_its_share_more_in_whole_thousands():
    room = RoomTypeFactory(price_vnd=333_000)
    rule(room, **WEEKEND, percent=15)

    assert price(room, SATURDAY) == 383_000
    assert price(room, SUNDAY) == 333_000


@pytest.mark.django_db
def test_a_feast_goes_before_a_season_and_a_season_before_a_weekend():
    room = RoomTypeFactory(price_vnd=100_000)
    rule(room, kind="feast", feast="victory", percent=50)
    rule(room, kind="season", first_on=date(2027, 5, 1), last_on=date(2027, 5, 31), price_vnd=120_000)
    rule(room, **WEEKEND, percent=10)

    assert price(room, date(2027, 5, 7)) == 150_000  # a Friday
    assert price(room, date(2027, 5, 14)) == 120_000
    assert price(room, date(2027, 6, 4)) == 110_000


@pytest.mark.django_db
def test_of_two_rules_of_a_kind_the_later_one_counts_and_a_room_can_have_its_own():
    room = RoomTypeFactory(price_vnd=100_000)
    other = RoomTypeFactory(stay=room.stay, kind="floor", price_vnd=80_000)
    rule(room, **WEEKEND, percent=10)
    rule(room, **WEEKEND, room_type=other, price_vnd=99_000)

    assert price(room, FRIDAY) == 110_000
    assert price(other, FRIDAY) == 99_000


@pytest.mark.django_db
def test_nights_are_opened_at_the_price_of_the_rules(django_assert_num_queries):
    room = RoomTypeFactory(price_vnd=100_000, rooms=2)
    rule(room, **WEEKEND, percent=20)

    nights.open_nights(room_type=room, first_night=FRIDAY, last_night=SUNDAY)

    assert list(room.nights.order_by("night_on").values_list("price_vnd", flat=True)) == [
        120_000,
        120_000,
        100_000,
    ]


@pytest.mark.django_db
def test_nights_that_are_kept_open_follow_the_rules_and_not_the_week_before():
    room = RoomTypeFactory(price_vnd=100_000)
    rule(room, **WEEKEND, percent=20)
    nights.open_nights(room_type=room, first_night=FRIDAY, last_night=SUNDAY)
    RoomNight.objects.update(price_vnd=500_000)

    opening.keep_open(today=FRIDAY, days=10)

    later = room.nights.filter(night_on__gt=SUNDAY).order_by("night_on")
    assert list(later.values_list("price_vnd", flat=True)) == [100_000] * 4 + [120_000] * 2 + [100_000]


@pytest.mark.django_db
def test_new_rules_price_the_nights_to_come_but_not_those_set_by_hand():
    room = RoomTypeFactory(price_vnd=100_000, open_from=FRIDAY, open_to=SUNDAY)
    room.nights.filter(night_on=SATURDAY).update(price_vnd=77_000, is_price_set=True)
    rule(room, **WEEKEND, percent=50)

    changed = pricing.reprice(stay_id=room.stay_id, today=FRIDAY)

    assert changed == 1
    assert list(room.nights.order_by("night_on").values_list("price_vnd", flat=True)) == [
        150_000,
        77_000,
        100_000,
    ]


@pytest.mark.django_db
def test_pricing_many_nights_asks_for_the_rules_once(django_assert_num_queries):
    room = RoomTypeFactory()

    with django_assert_num_queries(1):
        prices = pricing.Prices([room.stay_id])
        for day in range(548):
            prices.of_night(room, FRIDAY + timedelta(days=day))
