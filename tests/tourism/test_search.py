"""When nothing is free on the wished days, the nearest days on which something is."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.factories import CommuneFactory, RoomTypeFactory, StayFactory
from tourism.models import BookingRule, RoomNight, RoomType
from tourism.search import DAYS_AROUND, OtherDates, Place, nearest_dates, places_of
from tourism.selectors import free_offers

pytestmark = pytest.mark.django_db
WISHED = date(2027, 5, 10)
NOW = datetime(2027, 4, 1, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def nearest(nights: int = 2, guests: int = 2, **wish) -> list[OtherDates]:
    wish = {"now": NOW} | wish
    return nearest_dates(first_night=WISHED, leaves_on=WISHED + timedelta(days=nights), guests=guests, **wish)


def fill(room_type: RoomType, first: date, last: date) -> None:
    RoomNight.objects.filter(room_type=room_type, night_on__range=(first, last)).update(taken=3)


def test_the_nearest_days_before_and_after_come_in_their_order_with_the_price_for_all(
    django_assert_num_queries,
):
    room = RoomTypeFactory(price_vnd=300_000, open_from=date(2027, 4, 1), open_to=date(2027, 6, 30))
    fill(room, date(2027, 5, 9), date(2027, 5, 12))
    RoomNight.objects.filter(night_on=date(2027, 5, 8)).update(price_vnd=350_000)

    with django_assert_num_queries(2):
        found = nearest(guests=3)

    assert found == [
        OtherDates(date(2027, 5, 6), date(2027, 5, 8), stays=1, from_vnd=1_200_000),
        OtherDates(date(2027, 5, 7), date(2027, 5, 9), stays=1, from_vnd=1_300_000),
        OtherDates(date(2027, 5, 13), date(2027, 5, 15), stays=1, from_vnd=1_200_000),
        OtherDates(date(2027, 5, 14), date(2027, 5, 16), stays=1, from_vnd=1_200_000),
    ]


def test_nights_free_one_by_one_are_no_stay_of_two_nights():
    room = RoomTypeFactory(open_from=date(2027, 5, 1), open_to=date(2027, 5, 20))
    for day in range(2, 21, 2):
        fill(room, date(2027, 5, day), date(2027, 5, day))

    assert nearest(nights=2) == []
    assert [dates.first_night.day for dates in nearest(nights=1)] == [7, 9, 11, 13]


def test_two_room_types_of_one_stay_do_not_make_up_for_each_other():
    stay = StayFactory()
    one = RoomTypeFactory(stay=stay, open_from=date(2027, 5, 12), open_to=date(2027, 5, 12))
    RoomTypeFactory(stay=one.stay, kind="house", open_from=date(2027, 5, 13), open_to=date(2027, 5, 13))

    assert nearest(nights=2) == []


def test_nothing_in_the_past_and_nothing_too_far_away_is_offered():
    RoomTypeFactory(open_from=date(2027, 5, 1), open_to=date(2027, 5, 9))
    later = WISHED + timedelta(days=DAYS_AROUND + 1)
    RoomTypeFactory(open_from=later, open_to=later + timedelta(days=5))

    assert [each.first_night for each in nearest(now=NOW.replace(month=5, day=8))] == [date(2027, 5, 8)]
    assert nearest(now=NOW.replace(month=5, day=9)) == []


def test_closed_nights_full_houses_small_houses_and_hidden_ones_are_left_out():
    days = {"open_from": date(2027, 5, 12), "open_to": date(2027, 5, 14)}
    closed = RoomTypeFactory(**days)
    RoomNight.objects.filter(room_type=closed).update(is_closed=True)
    RoomTypeFactory(stay=StayFactory(is_public=False), **days)
    RoomTypeFactory(sleeps=2, rooms=1, **days)
    fill(RoomTypeFactory(rooms=3, **days), date(2027, 5, 12), date(2027, 5, 14))

    assert nearest(guests=4) == []


def test_only_the_communes_and_units_asked_for_count():
    here, old = CommuneFactory(), CommuneFactory()
    stay = StayFactory(commune=here)
    RoomTypeFactory(stay=stay, open_from=date(2027, 5, 12), open_to=date(2027, 5, 13))

    assert len(nearest(commune_ids=[here.pk])) == 1
    assert nearest(commune_ids=[old.pk]) == []
    assert len(nearest(unit_ids=[here.pk, old.pk])) == 1
    assert nearest(unit_ids=[old.pk]) == []


def test_days_on_which_the_host_takes_nobody_are_not_offered():
    room = RoomTypeFactory(open_from=date(2027, 5, 1), open_to=date(2027, 5, 30))
    fill(room, WISHED, WISHED)
    BookingRule.objects.create(stay=room.stay, arrival_days=[4])  # Fridays

    assert [dates.first_night.day for dates in nearest()] == [7, 14, 21]


def test_what_a_host_s_rule_forbids_is_not_found_and_another_room_of_the_house_may_be(
    django_assert_num_queries,
):
    stay = StayFactory()
    days = {"open_from": WISHED, "open_to": date(2027, 5, 20)}
    cheap = RoomTypeFactory(stay=stay, price_vnd=200_000, **days)
    dear = RoomTypeFactory(stay=stay, kind="house", sleeps=4, price_vnd=900_000, **days)
    BookingRule.objects.create(stay=stay, room_type=cheap, min_nights=3)
    wish = {"first_night": WISHED, "guests": 2, "now": NOW}

    with django_assert_num_queries(3):
        two_nights = free_offers(leaves_on=date(2027, 5, 12), **wish)
    three_nights = free_offers(leaves_on=date(2027, 5, 13), **wish)

    assert [offer.room_type_id for offer in two_nights] == [dear.pk]
    assert [offer.room_type_id for offer in three_nights] == [cheap.pk]


def test_stays_are_placed_in_one_query(django_assert_num_queries):
    stays = [StayFactory(), StayFactory()]

    with django_assert_num_queries(1):
        places = places_of([stay.pk for stay in stays])

    assert places == {
        stay.pk: Place(stay.product.origin.commune_id, stay.product.origin.unit_id) for stay in stays
    }
