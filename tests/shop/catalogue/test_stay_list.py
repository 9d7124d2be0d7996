"""For given nights the list of stays shows only those free on every one, with what it costs in all."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.factories import (
    CommuneFactory,
    RoomTypeFactory,
    StayFactory,
    UserFactory,
    commune_named,
    load_province,
)
from tourism.closures import services as closing
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


def test_when_nothing_is_free_the_nearest_free_dates_are_a_link_away(visitor, soon):
    room = RoomTypeFactory(rooms=1, price_vnd=300_000, open_from=soon, open_to=soon + timedelta(days=9))
    RoomNight.objects.filter(room_type=room, night_on__lt=soon + timedelta(days=3)).update(taken=1)
    first, leaving = soon + timedelta(days=3), soon + timedelta(days=5)

    page = visitor.get(f"/stays/?from={soon}&to={soon + timedelta(days=2)}&guests=2").content.decode()

    assert "Nothing is free then. The nearest free dates:" in page
    assert f"?from={first}&amp;to={leaving}&amp;guests=2" in page
    assert "from <strong>600.000\u00a0₫</strong> for 2 nights" in page


def test_a_closed_commune_says_why_nothing_is_free_there(visitor, soon):
    here = CommuneFactory(full_name="Xã Mường Thử")
    RoomTypeFactory(stay=StayFactory(commune=here), open_from=soon, open_to=soon + timedelta(days=9))
    closing.close(
        commune=here,
        first_night=soon,
        last_night=soon + timedelta(days=3),
        cause="flood",
        words="Cầu bị lũ cuốn.",
        by=UserFactory(),
        now=timezone.now(),
    )
    nights = f"from={soon}&to={soon + timedelta(days=2)}"

    response = visitor.get(f"/stays/?{nights}&commune={here.code}")

    page = response.content.decode()
    assert names(response) == []
    assert "Xã Mường Thử cannot be reached on the nights of" in page
    assert "Cầu bị lũ cuốn." in page
    assert [dates.first_night for dates in response.context["found"].other_dates] == [
        soon + timedelta(days=number) for number in (4, 5, 6, 7)
    ]


def test_near_a_sight_the_nearest_stays_come_first_with_their_distance(visitor):
    load_province()
    call_command("load_sights", stdout=StringIO())
    before = date(2025, 6, 30)
    for title, unit, price_vnd in (
        ("Nhà Him Lam", "Him Lam", 200_000),
        ("Nhà Mường Thanh", "Mường Thanh", 900_000),
        ("Nhà Sín Thầu", "Sín Thầu", 100_000),
    ):
        stay = StayFactory(title=title, commune=commune_named(unit, before))
        RoomTypeFactory(stay=stay, price_vnd=price_vnd)

    response = visitor.get("/stays/?near=doi-a1")

    assert names(response) == ["Nhà Mường Thanh", "Nhà Him Lam"]
    near, far = response.context["found"].cards
    assert near.km < far.km
    assert f"about {far.km} km from A1 Hill (Eliane 2)" in response.content.decode()


def test_the_map_counts_the_stays_of_each_commune_and_shows_the_sights(visitor):
    load_province()
    call_command("load_sights", stdout=StringIO())
    here = commune_named("Mường Phăng")
    for _ in range(3):
        RoomTypeFactory(stay=StayFactory(commune=here))

    response = visitor.get("/stays/?guests=2")

    drawn = response.context["found"].map
    assert {area.commune.full_name: area.number for area in drawn.areas if area.number} == {
        "Xã Mường Phăng": 3
    }
    assert len(drawn.sights) == 31
    page = response.content.decode()
    assert f'<a href="?guests=2&amp;commune={here.code}" tabindex="-1"><path class="map__c4"' in page
    assert "?guests=2&amp;near=doi-a1" in page


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
        ("near=no-such-hill", "There is no sight “no-such-hill”."),
        ("page=2", "There is no page 2: the list has 1 page, and this is it."),
    ],
)
def test_a_wish_that_makes_no_sense_is_named_and_left_out(visitor, soon, address, sentence):
    RoomTypeFactory(stay=StayFactory(title="Nhà sàn"))

    response = visitor.get("/stays/?" + address.format(soon=soon))

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert names(response) == ["Nhà sàn"]
