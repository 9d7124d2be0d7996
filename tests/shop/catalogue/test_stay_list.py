"""For given nights the list of stays shows only those free on every one, with what it costs in all."""

from datetime import timedelta

import pytest

from tests.factories import RoomTypeFactory, StayFactory, commune_named, load_province
from tourism.models import RoomNight

pytestmark = pytest.mark.django_db


def names(response) -> list[str]:
    return [card.name for card in response.context["found"].cards]


def test_with_dates_only_stays_free_on_every_night_are_shown_with_their_total(visitor, soon):
    leaving = soon + timedelta(days=2)
    RoomTypeFactory(stay=StayFactory(title="Nhà trống"), price_vnd=300_000, open_from=soon)
    full = RoomTypeFactory(stay=StayFactory(title="Nhà kín"), rooms=1, open_from=soon)
    RoomNight.objects.filter(room_type=full, night_on=soon + timedelta(days=1)).update(taken=1)

    response = visitor.get(f"/stays/?from={soon}&to={leaving}&guests=3")

    assert names(response) == ["Nhà trống"]
    assert response.context["found"].cards[0].offer.total_vnd == 1_200_000
    page = response.content.decode()
    assert "<strong>1.200.000\u00a0₫</strong> for 2 nights · 2 rooms" in page
    assert f"?first_night={soon}&amp;leaves_on={leaving}&amp;guests=3" in page


def test_without_dates_every_stay_is_shown_with_its_price_per_night(visitor):
    RoomTypeFactory(stay=StayFactory(title="Nhà sàn"), kind="floor", sleeps=1, rooms=20, price_vnd=120_000)

    response = visitor.get("/stays/")

    assert names(response) == ["Nhà sàn"]
    assert '120.000\u00a0₫</strong> <span class="price__per">/ guest, night' in response.content.decode()


def test_a_commune_that_is_full_names_its_neighbours_that_are_not(visitor, soon):
    load_province()
    here, neighbour = commune_named("Mường Phăng"), commune_named("Nà Tấu")
    RoomTypeFactory(stay=StayFactory(commune=here))  # nothing on sale
    RoomTypeFactory(stay=StayFactory(commune=neighbour), open_from=soon)

    response = visitor.get(f"/stays/?from={soon}&to={soon + timedelta(days=1)}&commune={here.code}")

    nearby = response.context["found"].nearby
    assert names(response) == []
    assert [(near.commune.full_name, near.number) for near in nearby] == [("Xã Nà Tấu", 1)]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("from=abc&to=2030-01-02", "The day of arrival is not a date."),
        ("from={soon}&to=31/31/2030", "The day of departure is not a date."),
        ("from={soon}", "Choose the day of departure as well."),
        ("to={soon}", "Choose the day of arrival as well."),
        ("from={soon}&to={soon}", "The day of departure must be after the day of arrival."),
        ("from=2020-01-01&to=2020-01-02", "The day of arrival has passed."),
        ("from={soon}&to=9999-12-31", "At most 30 nights can be booked at once."),
        ("guests=0", "give at least one guest"),
        ("guests=many", "The number of guests is not a number."),
        ("guests=1000000", "For more than 60 guests please call the host."),
        ("commune=99999", "There is no commune “99999”."),
        ("page=2", "There is no page 2: the list has 1 page, and this is it."),
    ],
)
def test_a_wish_that_makes_no_sense_is_named_and_left_out(visitor, soon, address, sentence):
    RoomTypeFactory(stay=StayFactory(title="Nhà sàn"))

    response = visitor.get("/stays/?" + address.format(soon=soon))

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert names(response) == ["Nhà sàn"]
