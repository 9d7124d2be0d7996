"""The page of a stay shows its rooms and free nights, and what the chosen ones cost, by its address alone."""

from datetime import timedelta

import pytest

from tests.factories import RoomTypeFactory, StayFactory
from tourism.models import RoomNight

pytestmark = pytest.mark.django_db


def ask(visitor, stay, **wish):
    return visitor.get(stay.product.get_absolute_url(), wish)


def test_chosen_nights_are_priced_and_can_be_put_into_the_basket(visitor, soon):
    room = RoomTypeFactory(sleeps=2, rooms=3, price_vnd=300_000, open_from=soon)

    response = ask(visitor, room.stay, first_night=soon, leaves_on=soon + timedelta(days=2), guests=3)

    chosen = response.context["page"].chosen
    assert (chosen.rooms, chosen.quote.total_vnd, chosen.free) == (2, 1_200_000, True)
    page = response.content.decode()
    assert "1.200.000\u00a0₫" in page
    assert f'formaction="/basket/add/{room.product_id}/"' in page
    assert f'name="first_night" value="{soon}"' in page


def test_nights_that_are_taken_are_named_and_cannot_be_put_into_the_basket(visitor, soon):
    room = RoomTypeFactory(rooms=3, open_from=soon)
    RoomNight.objects.filter(room_type=room, night_on=soon + timedelta(days=1)).update(taken=3)

    response = ask(visitor, room.stay, first_night=soon, leaves_on=soon + timedelta(days=2), guests=2)

    page = response.content.decode()
    assert f"{soon + timedelta(days=1):%d/%m}: none left." in page
    assert "/basket/add/" not in page


def test_the_first_tapped_night_is_priced_alone_until_the_day_of_leaving_is_chosen(visitor, soon):
    room = RoomTypeFactory(price_vnd=300_000, open_from=soon)

    page = ask(visitor, room.stay, first_night=soon).context["page"]

    assert (page.choice.leaves_on, page.nights, page.chosen.quote.total_vnd) == (None, 1, 300_000)


def test_of_several_rooms_the_cheapest_free_one_is_chosen_unless_another_is_wanted(visitor, soon):
    stay = StayFactory()
    cheap = RoomTypeFactory(stay=stay, price_vnd=200_000, rooms=1, open_from=soon)
    dear = RoomTypeFactory(stay=stay, price_vnd=400_000, rooms=1, open_from=soon)
    RoomNight.objects.filter(room_type=cheap, night_on=soon).update(taken=1)

    without, free, wanted = (
        ask(visitor, stay, **wish).context["page"].chosen.room_type
        for wish in ({}, {"first_night": soon}, {"first_night": soon, "room": cheap.pk})
    )

    assert (without, free, wanted) == (cheap, dear, cheap)


def test_the_calendar_shows_two_months_and_leads_to_the_next(visitor, soon):
    room = RoomTypeFactory(open_from=soon)

    page = ask(visitor, room.stay, month=f"{soon:%Y-%m}").context["page"]

    assert [month.first_day.day for month in page.months] == [1, 1]
    assert page.months[0].first_day == soon.replace(day=1)
    following = page.months[1].first_day
    assert f"month={following:%Y-%m}" in page.later


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"first_night": "abc"}, "The day of arrival is not a date."),
        ({"first_night": "2020-01-01"}, "The day of arrival has passed."),
        ({"month": "2027-13"}, "That is not a month."),
        ({"guests": "-1"}, "give at least one guest"),
        ({"rooms": "0"}, "Choose at least one room."),
        ({"room": "x"}, "There is no such room here."),
    ],
)
def test_a_wish_that_makes_no_sense_is_named_and_left_out(visitor, wish, sentence):
    room = RoomTypeFactory()

    response = ask(visitor, room.stay, **wish)

    assert response.status_code == 200
    assert sentence in response.content.decode()


@pytest.mark.parametrize("wish", [{"month": "0001-01"}, {"month": "9999-12"}, {"room": "9" * 30}])
def test_a_wish_beyond_what_there_is_shows_what_there_is(visitor, wish):
    room = RoomTypeFactory()

    response = ask(visitor, room.stay, **wish)

    assert response.status_code == 200
    assert response.context["page"].chosen.room_type == room


def test_a_stay_without_rooms_has_a_page_but_nothing_to_book(visitor):
    response = ask(visitor, StayFactory())

    assert response.status_code == 200
    assert "No room is for sale here yet." in response.content.decode()
    assert "/basket/add/" not in response.content.decode()


def test_the_address_of_a_room_leads_to_its_stay_with_the_room_chosen(visitor):
    room = RoomTypeFactory()

    response = visitor.get(room.product.get_absolute_url())

    assert response.status_code == 301
    assert response.url == f"{room.stay.product.get_absolute_url()}?room={room.pk}"


def test_the_rooms_of_a_hidden_stay_are_not_found(visitor):
    room = RoomTypeFactory(stay=StayFactory(is_public=False))

    assert visitor.get(room.product.get_absolute_url()).status_code == 404
    assert ask(visitor, room.stay).status_code == 404
