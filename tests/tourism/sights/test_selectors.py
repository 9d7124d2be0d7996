"""What is near, and what is on: distances are about right, and each question costs one query."""

from datetime import date

import pytest

from marketplace.places.models import Commune
from tests.factories import commune_named
from tourism.sights import selectors
from tourism.sights.models import Sight

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def test_a_distance_is_that_along_the_great_circle():
    # Điện Biên Phủ to Mường Lay, as a crow flies.
    assert selectors.distance_km(21.3835, 103.0178, 22.045, 103.155) == pytest.approx(74.9, abs=0.2)
    assert selectors.distance_km(21.3, 103.0, 21.3, 103.0) == 0


def test_the_sights_near_a_village_come_nearest_first(province, django_assert_num_queries):
    village = commune_named("Mường Phăng")

    with django_assert_num_queries(1):
        near = selectors.sights_near(village)

    assert [each.km for each in near] == sorted(each.km for each in near)
    assert near[0].sight.commune.full_name == "Xã Mường Phăng"
    assert "so-chi-huy-chien-dich-muong-phang" in {each.sight.slug for each in near}
    assert len(near) == selectors.SIGHTS_SHOWN


def test_a_unit_without_a_point_has_the_sights_of_its_own(province):
    hill = Sight.objects.select_related("unit").get(slug="doi-a1")
    Commune.objects.filter(pk=hill.unit_id).update(lat=None, lon=None)
    hill.unit.refresh_from_db()

    near = selectors.sights_near(hill.unit)

    assert {each.sight.slug for each in near} == {
        "doi-a1",
        "bao-tang-chien-thang-dien-bien-phu",
        "cau-muong-thanh",
    }


def test_what_lies_around_a_sight_is_of_every_time_with_its_distance(province, django_assert_num_queries):
    hill = Sight.objects.get(slug="doi-a1")
    town = commune_named("Điện Biên Phủ")

    with django_assert_num_queries(1):
        around = selectors.around(hill)

    assert around.km[hill.unit_id] <= 3
    assert around.km[town.pk] <= 15
    assert commune_named("Sín Thầu").pk not in around.km
    assert max(around.km.values()) <= selectors.NEAR_KM
    today = set(Commune.objects.filter(pk__in=around.commune_ids).values_list("valid_to", flat=True))
    assert town.pk in around.commune_ids
    assert today == {None}


def test_festivals_come_with_the_next_first_and_those_without_days_last(province, django_assert_num_queries):
    town, border = commune_named("Điện Biên Phủ"), commune_named("Sín Thầu")

    with django_assert_num_queries(1):
        feasts = selectors.feasts_of([town.pk, border.pk], today=TODAY)

    assert [(feast.festival.slug, feast.days) for feast in feasts] == [
        ("le-hoi-hoa-ban", (date(2027, 3, 13), date(2027, 3, 18))),
        ("ky-niem-chien-thang-dien-bien-phu", (date(2027, 5, 7), date(2027, 5, 7))),
        ("tet-co-truyen-ha-nhi-ho-su-cha", None),
    ]


def test_the_sights_of_a_commune_of_today_are_those_of_all_its_former_units(province):
    town = commune_named("Điện Biên Phủ")

    assert len(selectors.sights_of(town.pk)) == 6
    assert selectors.sight("doi-a1").commune == town
    assert selectors.sight("no-such-hill") is None
