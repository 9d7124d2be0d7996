"""Which stays are free is answered from the counters of the nights, for all stays in one query."""

from datetime import date, timedelta

import pytest

from tests.factories import CommuneFactory, RoomTypeFactory, StayFactory
from tourism import nights
from tourism.models import RoomNight, RoomType
from tourism.selectors import (
    Night,
    Offer,
    free_offers,
    listed,
    nights_of,
    quote_from,
    rooms_of,
    usual_offers,
)

pytestmark = pytest.mark.django_db
ARRIVAL = date(2027, 3, 13)
DEPARTURE = date(2027, 3, 15)
TWO_NIGHTS = {"open_from": ARRIVAL, "open_to": date(2027, 3, 14)}


def take(room_type: RoomType, night_on: date, rooms: int) -> None:
    RoomNight.objects.filter(room_type=room_type, night_on=night_on).update(taken=rooms)


def free(guests: int = 2, **wish) -> list[Offer]:
    return free_offers(first_night=ARRIVAL, leaves_on=DEPARTURE, guests=guests, **wish)


def test_a_stay_is_offered_with_its_price_for_all_nights_and_all_rooms_needed():
    room = RoomTypeFactory(sleeps=2, rooms=3, price_vnd=300_000, **TWO_NIGHTS)
    RoomNight.objects.filter(night_on=date(2027, 3, 14)).update(price_vnd=350_000)

    offers = free(guests=5)

    assert offers == [Offer(room.stay_id, room.pk, "room", rooms=3, price_vnd=300_000, total_vnd=1_950_000)]


@pytest.mark.parametrize("night_on", [ARRIVAL, date(2027, 3, 14)])
def test_one_full_night_takes_the_stay_off_the_list(night_on):
    room = RoomTypeFactory(sleeps=2, rooms=3, **TWO_NIGHTS)
    take(room, night_on, 3)

    assert free() == []


def test_one_night_that_is_not_on_sale_takes_the_stay_off_the_list():
    RoomTypeFactory(open_from=ARRIVAL, open_to=ARRIVAL)

    assert free() == []


def test_the_day_of_leaving_need_not_be_free():
    room = RoomTypeFactory(rooms=1, open_from=ARRIVAL, open_to=DEPARTURE)
    take(room, DEPARTURE, 1)

    assert len(free()) == 1


def test_as_many_guests_as_the_free_rooms_take_and_not_one_more():
    room = RoomTypeFactory(sleeps=2, rooms=3, **TWO_NIGHTS)
    take(room, ARRIVAL, 1)

    assert [len(free(guests=guests)) for guests in (3, 4, 5)] == [1, 1, 0]


def test_of_several_room_types_the_cheapest_for_these_guests_is_offered():
    stay = StayFactory()
    places = RoomTypeFactory(stay=stay, kind="floor", sleeps=1, rooms=20, price_vnd=120_000, **TWO_NIGHTS)
    house = RoomTypeFactory(stay=stay, kind="house", sleeps=10, rooms=1, price_vnd=900_000, **TWO_NIGHTS)

    few, many = free(guests=2), free(guests=10)

    assert [(offer.room_type_id, offer.total_vnd) for offer in few] == [(places.pk, 480_000)]
    assert [(offer.room_type_id, offer.total_vnd) for offer in many] == [(house.pk, 1_800_000)]


def test_stays_are_listed_cheapest_first_from_one_commune_and_only_if_public(django_assert_num_queries):
    here = CommuneFactory()
    dear = RoomTypeFactory(stay=StayFactory(commune=here), price_vnd=500_000, **TWO_NIGHTS)
    cheap = RoomTypeFactory(stay=StayFactory(commune=here), price_vnd=200_000, **TWO_NIGHTS)
    RoomTypeFactory(stay=StayFactory(commune=here, is_public=False), **TWO_NIGHTS)
    RoomTypeFactory(stay=StayFactory(), **TWO_NIGHTS)

    with django_assert_num_queries(1):
        offers = free(commune_id=here.pk)

    assert [offer.stay_id for offer in offers] == [cheap.stay_id, dear.stay_id]


def test_without_dates_every_stay_that_is_large_enough_is_offered_even_when_full(django_assert_num_queries):
    small = RoomTypeFactory(sleeps=2, rooms=1, price_vnd=200_000)
    large = RoomTypeFactory(sleeps=2, rooms=3, price_vnd=150_000, **TWO_NIGHTS)
    take(large, ARRIVAL, 3)

    with django_assert_num_queries(2):
        for_two, for_six = usual_offers(guests=2), usual_offers(guests=6)

    assert [offer.stay_id for offer in for_two] == [large.stay_id, small.stay_id]
    assert for_six == [Offer(large.stay_id, large.pk, "room", rooms=3, price_vnd=150_000)]


def test_a_listed_stay_knows_how_many_guests_it_takes():
    stay = StayFactory()
    RoomTypeFactory(stay=stay, sleeps=2, rooms=3)
    RoomTypeFactory(stay=stay, sleeps=1, rooms=20)

    assert listed([stay.pk]).get().capacity == 26


def test_the_nights_of_a_stay_are_read_in_one_query_for_any_ranges(django_assert_num_queries):
    room = RoomTypeFactory(rooms=3, price_vnd=300_000, open_from=ARRIVAL, open_to=date(2027, 4, 30))
    take(room, ARRIVAL, 2)
    RoomTypeFactory(open_from=ARRIVAL, open_to=DEPARTURE)  # another stay

    with django_assert_num_queries(1):
        found = nights_of(room.stay_id, (ARRIVAL, ARRIVAL), (date(2027, 4, 30), date(2027, 5, 31)))

    assert found == [
        Night(room.pk, ARRIVAL, left=1, price_vnd=300_000),
        Night(room.pk, date(2027, 4, 30), left=3, price_vnd=300_000),
    ]


def test_rooms_are_listed_cheapest_first():
    stay = StayFactory()
    dear = RoomTypeFactory(stay=stay, price_vnd=500_000)
    cheap = RoomTypeFactory(stay=stay, price_vnd=120_000)

    assert rooms_of(stay.pk) == [cheap, dear]


@pytest.mark.parametrize(("nights_wanted", "rooms"), [(1, 1), (2, 3), (3, 2), (4, 1)])
def test_a_quote_from_nights_read_before_is_the_quote_of_the_basket(nights_wanted, rooms):
    room = RoomTypeFactory(rooms=3, price_vnd=300_000, open_from=ARRIVAL, open_to=DEPARTURE)
    take(room, date(2027, 3, 14), 2)
    leaves_on = ARRIVAL + timedelta(days=nights_wanted)
    read = nights_of(room.stay_id, (ARRIVAL, leaves_on))

    quote = quote_from(read, room_type_id=room.pk, first_night=ARRIVAL, leaves_on=leaves_on, rooms=rooms)

    assert quote == nights.quote(room_type_id=room.pk, first_night=ARRIVAL, nights=nights_wanted, rooms=rooms)
