import unicodedata
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, models

from marketplace.places.models import MERGER_ON, Commune, District, Hamlet, Neighbour, Succession
from tests.places.rows import TABLES, contents, set_value


def test_loading_fills_every_table_with_the_known_counts(db, capsys):
    call_command("load_places")

    counts = {table.__name__: table.objects.count() for table in TABLES}
    assert counts == {
        "District": 10,
        "Commune": 174,
        "Succession": 129,
        "Neighbour": 98,
        "MapSheet": 1,
        "MapShape": 45,
    }
    assert capsys.readouterr().out == (
        "45 communes and 129 former units read, 174 new, 0 already known; 129 successions, "
        "98 pairs of neighbours.\n"
    )


def test_loading_again_changes_nothing(places, capsys):
    before = contents()

    call_command("load_places")

    assert contents() == before
    assert "0 new, 174 already known" in capsys.readouterr().out


def test_loading_needs_as_many_queries_the_second_time_as_the_first(places, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        call_command("load_places")


def test_loading_puts_right_what_was_changed_by_hand(places):
    before = contents()
    Commune.objects.filter(code="03158").update(name="Elsewhere", area_km2=1, search_text="")
    Neighbour.objects.filter(a__code="03158").delete()
    Succession.objects.filter(old__code="03158").update(new=Commune.objects.get(code="03127", valid_to=None))

    call_command("load_places")

    assert contents()[Commune] == before[Commune]
    assert [row["new_id"] for row in contents()[Succession]] == [row["new_id"] for row in before[Succession]]
    assert {(row["a_id"], row["b_id"]) for row in contents()[Neighbour]} == {
        (row["a_id"], row["b_id"]) for row in before[Neighbour]
    }


def test_areas_and_population_add_up_to_the_province(places):
    today = Commune.objects.valid_on(MERGER_ON)

    sums = today.aggregate(area=models.Sum("area_km2"), people=models.Sum("population"))

    assert sums == {"area": Decimal("9539.27"), "people": 673_091}


def test_zones_borders_kinds_and_new_rural_status_are_as_published(places):
    today, before = Commune.objects.filter(valid_to=None), Commune.objects.filter(valid_to=MERGER_ON)

    assert {zone: today.filter(zone=zone).count() for zone in ("I", "II", "III")} == {
        "I": 2,
        "II": 5,
        "III": 38,
    }
    assert today.filter(border=True).count() == 15
    assert before.filter(border=True).count() == 29
    assert before.filter(border_certainty="likely").count() == 5
    assert {kind: today.filter(kind=kind).count() for kind in ("xã", "phường", "thị trấn")} == {
        "xã": 42,
        "phường": 3,
        "thị trấn": 0,
    }
    assert {kind: before.filter(kind=kind).count() for kind in ("xã", "phường", "thị trấn")} == {
        "xã": 115,
        "phường": 9,
        "thị trấn": 5,
    }
    assert before.exclude(ntm_status="").count() == 21
    assert before.filter(lat=None).count() == 14
    assert District.objects.filter(poor_2020="30a").count() == 5


def test_one_commune_has_all_its_facts(places):
    unit = Commune.objects.get(code="03158", valid_from=MERGER_ON)

    assert (unit.name, unit.full_name, unit.slug, unit.name_ascii) == (
        "Sín Thầu",
        "Xã Sín Thầu",
        "sin-thau",
        "Sin Thau",
    )
    assert (unit.area_km2, unit.population, unit.zone, unit.border) == (Decimal("516.42"), 6058, "III", True)
    assert (unit.lat, unit.lon) == (22.3959, 102.2765)
    assert unit.former_districts == "Huyện Mường Nhé"
    assert unit.search_terms == [
        *("Sín Thầu", "Xã Sín Thầu", "Sen Thượng", "Xã Sen Thượng", "Leng Su Sìn", "Xã Leng Su Sìn"),
    ]


def test_a_corrected_file_corrects_the_commune_in_place(places, changed_data):
    pk = Commune.objects.get(code="03158", valid_to=None).pk
    folder = changed_data("communes_2025.csv", set_value("population_2025", "6100", code="03158"))

    call_command("load_places", data=folder)

    assert Commune.objects.get(pk=pk).population == 6100


def test_decomposed_files_are_read_as_composed(places, changed_data):
    before = contents()
    folder = changed_data("communes_2025.csv", lambda rows: None)
    for file in folder.glob("*.csv"):
        file.write_text(unicodedata.normalize("NFD", file.read_text(encoding="utf-8")), encoding="utf-8")

    call_command("load_places", data=folder)

    assert contents() == before


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"code": "3158"}, "commune_code_has_five_digits"),
        ({"valid_to": MERGER_ON}, "commune_ends_after_it_begins"),
        ({"area_km2": 0}, "commune_area_is_positive"),
        ({"zone": "IV"}, "commune_zone_is_one_of_three"),
        ({"code": "03127"}, "one_unit_per_code_and_first_day|one_unit_of_today_per_code"),
    ],
)
def test_the_database_refuses_an_impossible_commune(places, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        Commune.objects.filter(code="03158", valid_to=None).update(**changes)


def test_a_hamlet_is_there_once_in_a_commune(places):
    commune = Commune.objects.get(code="03158", valid_to=None)
    Hamlet.objects.create(name="Bản Tả Miếu", commune=commune)

    with pytest.raises(IntegrityError, match="one_hamlet_per_name_in_a_commune"):
        Hamlet.objects.create(name="Bản Tả Miếu", commune=commune)
