import unicodedata
from datetime import date

import pytest

from marketplace.places import selectors
from marketplace.places.consistency import read
from marketplace.places.errors import CommuneUnknown, MapMissing, UnitNotContained
from marketplace.places.models import MERGER_ON, Commune
from marketplace.places.reference import DATA_DIR

pytestmark = pytest.mark.usefixtures("places")

TODAY = date(2026, 3, 1)
BEFORE = date(2025, 6, 30)


@pytest.mark.parametrize(
    ("code", "before", "since"),
    [
        ("03158", "Xã Leng Su Sìn", "Xã Sín Thầu"),
        ("03166", "Xã Chà Cang", "Xã Mường Chà"),
        ("03172", "Thị trấn Mường Chà", "Xã Na Sang"),
        ("03176", "Xã Vàng Đán", "Xã Nà Bủng"),
        ("03226", "Xã Tả Sìn Thàng", "Xã Sín Chải"),
        ("03349", "Xã Noong Luống", "Xã Thanh Yên"),
        ("03356", "Xã Pom Lót", "Xã Sam Mứn"),
    ],
)
def test_a_code_names_another_unit_since_the_merger(code, before, since):
    assert selectors.commune_at(code, BEFORE).full_name == before
    assert selectors.commune_at(code, MERGER_ON).full_name == since


def test_a_code_that_is_no_longer_used_is_known_only_before_the_merger():
    assert selectors.commune_at("03124", BEFORE).full_name == "Phường Noong Bua"

    with pytest.raises(CommuneUnknown, match=r"No commune had the code '03124' on 2025-07-01"):
        selectors.commune_at("03124", MERGER_ON)


def test_there_were_129_units_until_the_merger_and_45_since():
    assert selectors.communes_at(BEFORE).count() == 129
    assert selectors.communes_at(MERGER_ON).count() == 45
    assert selectors.communes_at(date(2019, 12, 31)).count() == 0
    assert selectors.communes_at(TODAY).first().code == "03127"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Sín Thầu", ["03158"]),
        ("sin thau", ["03158"]),
        ("  SIN   THAU", ["03158"]),
        ("leng su sin", ["03158"]),
        ("Muong Thanh", ["03334", "03127"]),
        ("phường Mường Thanh", ["03334", "03127"]),
        ("Mường Chà", ["03166", "03172"]),
        ("Sam Mứn", ["03356", "03352"]),
        ("thị trấn mường chà", ["03172"]),
        ("Huổi Lếnh", ["03163"]),  # the other spelling of old Huổi Lếch
        ("Xá Tổng", ["03151"]),
        ("Noọng Hẹt", ["03352"]),
        ("Nà Tòng", ["03217", "03358"]),  # right to the accent comes first
        ("Na Tông", ["03358", "03217"]),
        ("noong", ["03334", "03352", "03349"]),
        ("Hà Nội", []),
        ("", []),
        ("%", []),
        ("_", []),
        ("\x00", []),
    ],
)
def test_a_name_of_any_time_finds_the_communes_of_today(text, codes):
    assert [unit.code for unit in selectors.find_communes(text, TODAY)] == codes


@pytest.mark.parametrize("text", ["Điện Biên Phủ", "Mường Ảng", "Tìa Dình", "Huổi Lếnh"])
def test_decomposed_input_finds_the_same_as_composed(text):
    composed, apart = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)

    found = selectors.find_communes(apart, TODAY)

    assert composed != apart
    assert found
    assert found == selectors.find_communes(composed, TODAY)


def test_without_a_day_units_of_every_time_are_found():
    found = selectors.find_communes("leng su sìn")

    assert [(unit.full_name, unit.valid_from) for unit in found] == [
        ("Xã Leng Su Sìn", date(2020, 1, 1)),
        ("Xã Sín Thầu", MERGER_ON),
    ]


def test_before_the_merger_a_name_finds_old_units_only():
    found = selectors.find_communes("Mường Chà", BEFORE)

    assert [unit.full_name for unit in found] == ["Thị trấn Mường Chà"]


def test_a_whole_name_comes_before_a_beginning_and_a_beginning_before_a_part():
    found = selectors.find_communes("Thanh", BEFORE)

    names = [unit.name for unit in found]
    assert names[:2] == ["Thanh An", "Thanh Bình"]
    assert names.index("Thanh Yên") < names.index("Hua Thanh")
    assert {"Hua Thanh", "Mường Thanh", "Nam Thanh"} <= set(names)


def test_every_old_unit_is_followed_to_the_commune_that_took_it_in():
    expected = {merge.old_code: merge.new_code for merge in read(DATA_DIR).merges}

    reached = {unit.code: selectors.current_unit(unit, TODAY) for unit in selectors.communes_at(BEFORE)}

    assert len(reached) == 129
    assert {code: unit.code for code, unit in reached.items()} == expected
    assert {unit.valid_from for unit in reached.values()} == {MERGER_ON}


@pytest.mark.parametrize(
    ("old_code", "old_name", "name"),
    [
        ("03172", "Thị trấn Mường Chà", "Xã Na Sang"),
        ("03136", "Phường Mường Thanh", "Phường Điện Biên Phủ"),
        ("03124", "Phường Noong Bua", "Phường Mường Thanh"),
        ("03334", "Xã Thanh Xương", "Phường Mường Thanh"),
        ("03355", "Xã Sam Mứn", "Xã Thanh An"),
        ("03356", "Xã Pom Lót", "Xã Sam Mứn"),
    ],
)
def test_names_that_moved_are_followed_by_place_not_by_name(old_code, old_name, name):
    unit = selectors.commune_at(old_code, BEFORE)

    assert unit.full_name == old_name
    assert selectors.current_unit(unit, TODAY).full_name == name


def test_a_unit_contains_itself_while_it_is_valid(django_assert_num_queries):
    old = selectors.commune_at("03158", BEFORE)
    new = selectors.commune_at("03158", TODAY)

    with django_assert_num_queries(0):
        assert selectors.current_unit(old, BEFORE) is old
        assert selectors.current_unit(new, TODAY) is new


def test_a_commune_of_today_is_not_followed_back_to_its_parts():
    unit = selectors.commune_at("03127", TODAY)

    with pytest.raises(UnitNotContained, match=r"No single unit of 2025-06-30 contains Phường Điện Biên Phủ"):
        selectors.current_unit(unit, BEFORE)


def test_the_units_table_maps_all_174_units_to_those_of_today(django_assert_num_queries):
    with django_assert_num_queries(1):
        table = selectors.units_table(TODAY)

    today = set(selectors.communes_at(TODAY).values_list("id", flat=True))
    assert len(table) == 174
    assert set(table.values()) == today
    assert all(table[pk] == pk for pk in today)
    assert all(
        table[unit.pk] == selectors.current_unit(unit, TODAY).pk for unit in selectors.communes_at(BEFORE)
    )


def test_the_units_table_of_a_day_before_the_merger_has_the_old_units_only():
    old = set(selectors.communes_at(BEFORE).values_list("id", flat=True))

    assert selectors.units_table(BEFORE) == {pk: pk for pk in old}


def test_eight_communes_lie_across_former_districts():
    across = [unit for unit in selectors.communes_at(TODAY) if ";" in unit.former_districts]

    assert {unit.name for unit in across} == {
        "Mường Lay",
        "Quảng Lâm",
        "Mường Pồn",
        "Tủa Chùa",
        "Sáng Nhè",
        "Búng Lao",
        "Nà Tấu",
        "Mường Thanh",
    }
    for unit in across:
        districts = {part.district.name for part in selectors.parts_of(unit)}
        assert districts == set(unit.former_districts.split("; "))
        assert len(districts) == 2


def test_parts_and_neighbours_cost_one_query_each(django_assert_num_queries):
    unit = selectors.commune_at("03158", TODAY)

    with django_assert_num_queries(1):
        parts = [(part.code, part.name, part.district.name) for part in selectors.parts_of(unit)]
    with django_assert_num_queries(1):
        neighbours = [neighbour.name for neighbour in selectors.neighbours_of(unit)]

    assert parts == [
        ("03154", "Sín Thầu", "Huyện Mường Nhé"),
        ("03155", "Sen Thượng", "Huyện Mường Nhé"),
        ("03158", "Leng Su Sìn", "Huyện Mường Nhé"),
    ]
    assert neighbours == ["Mường Nhé"]


def test_lookups_cost_one_query_each(django_assert_num_queries):
    old = selectors.commune_at("03124", BEFORE)

    with django_assert_num_queries(1):
        selectors.commune_at("03158", TODAY)
    with django_assert_num_queries(1):
        selectors.find_communes("thanh", TODAY)
    with django_assert_num_queries(1):
        selectors.current_unit(old, TODAY)


def test_the_map_in_use_comes_with_its_communes_in_two_queries(django_assert_num_queries):
    pk = selectors.commune_at("03158", TODAY).pk

    with django_assert_num_queries(2):
        sheet = selectors.boundary_map()
        areas = selectors.areas_of(sheet, {pk: "share-5"})

    assert sheet.is_schematic
    assert [area.commune.code for area in areas] == sorted(
        unit.code for unit in Commune.objects.valid_on(TODAY)
    )
    assert {area.commune.name: area.css_class for area in areas if area.css_class} == {"Sín Thầu": "share-5"}


def test_without_a_map_the_message_says_how_to_draw_one():
    selectors.boundary_map().delete()

    with pytest.raises(MapMissing, match=r"manage.py load_places"):
        selectors.boundary_map()
