from __future__ import annotations

import pytest

from marketplace.delivery.models import PostOffice, Province
from tests.factories import commune_named, load_province

pytestmark = pytest.mark.django_db


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [row["name"] for row in answer.json()["results"]]


@pytest.fixture
def province(db: None) -> None:
    load_province()


@pytest.mark.usefixtures("province")
def test_today_has_45_communes_and_the_day_before_the_merger_129_units(api, django_assert_num_queries):
    with django_assert_num_queries(2):
        today = api.get("communes/")
    before = api.get("communes/?on=2025-06-30")

    assert (today.json()["count"], len(today.json()["results"])) == (45, 45)
    assert (before.json()["count"], len(before.json()["results"])) == (129, 129)


@pytest.mark.usefixtures("province")
def test_a_commune_is_found_without_accents_and_by_an_old_name(api):
    assert names(api.get("communes/?q=muong phang"))[0] == "Mường Phăng"
    assert names(api.get("communes/?q=leng su sin")) == ["Sín Thầu"]
    assert names(api.get("communes/?q=leng su sin&on=2025-06-30")) == ["Leng Su Sìn"]
    assert names(api.get("communes/?q=")) == names(api.get("communes/"))


@pytest.mark.usefixtures("province")
def test_the_same_code_is_another_unit_before_the_merger(api):
    today, before = api.get("communes/03158/").json(), api.get("communes/03158/?on=2025-06-30").json()

    assert (today["name"], today["valid_from"], today["became"]) == ("Sín Thầu", "2025-07-01", None)
    assert sorted(part["name"] for part in today["made_of"]) == ["Leng Su Sìn", "Sen Thượng", "Sín Thầu"]
    assert len(today["neighbours"]) >= 1
    assert before["valid_to"] == "2025-07-01"
    assert before["became"]["code"] == "03158"
    assert before["district"] == "Huyện Mường Nhé"
    assert before["made_of"] == []


@pytest.mark.usefixtures("province")
@pytest.mark.parametrize("path", ["communes/99999/", "communes/03158/?on=2001-01-01"])
def test_a_code_nobody_had_on_that_day_is_unknown(api, path):
    answer = api.get(path)

    assert answer.status_code == 404
    assert answer.json()["code"] == "commune_unknown"


def test_a_day_that_is_none_is_refused(api):
    answer = api.get("communes/?on=yesterday")

    assert answer.status_code == 400
    assert answer.json()["details"] == {"on": ["This is not a day. Write it like 2026-03-31."]}


@pytest.mark.usefixtures("province")
def test_provinces_and_post_offices_are_listed_with_what_the_checkout_asks_for(api):
    Province.objects.get_or_create(code="01", defaults={"name": "Thành phố Hà Nội", "zone": "Z5"})
    phang = commune_named("Mường Phăng")
    PostOffice.objects.create(code="389999", name="BĐ-VHX Mường Phăng", commune=phang, address="Bản Che Căn")

    provinces, offices = api.get("delivery/provinces/"), api.get("delivery/post-offices/")

    assert {"code": "01", "name": "Thành phố Hà Nội"} in provinces.json()["results"]
    assert {
        "code": "389999",
        "name": "BĐ-VHX Mường Phăng",
        "address": "Bản Che Căn",
        "commune": {"code": phang.code, "name": phang.full_name},
    } in offices.json()["results"]
