import shutil

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from marketplace.places.models import MERGER_ON, Commune
from marketplace.places.reference import DATA_DIR
from tests.places.rows import contents, drop, repeat, row_of, set_value

REFUSED = {
    "a code there twice": (
        "communes_2025.csv",
        repeat(code="03158"),
        r"communes_2025\.csv, line 47, code: found '03158', expected a code not used before; line 4 has it",
    ),
    "an old code there twice": (
        "communes_2024.csv",
        repeat(code="03124"),
        r"communes_2024\.csv, line 131, code: found '03124', .* line 2 has it",
    ),
    "a code without its zero": (
        "communes_2025.csv",
        set_value("code", "3158", code="03158"),
        r"communes_2025\.csv, line 4, code: found '3158', expected a code of 5 digits",
    ),
    "an unknown kind": (
        "communes_2025.csv",
        set_value("type", "huyện", code="03158"),
        r"communes_2025\.csv, line 4, type: found 'huyện', expected one of 'xã', 'phường', 'thị trấn'",
    ),
    "a full name of another name": (
        "communes_2025.csv",
        set_value("full_name", "Xã Sen Thượng", code="03158"),
        r"line 4, full_name: found 'Xã Sen Thượng', expected 'Xã Sín Thầu'",
    ),
    "no name": (
        "communes_2025.csv",
        set_value("name", "", code="03158"),
        r"line 4, name: found '', expected some text",
    ),
    "a name without accents of another name": (
        "communes_2024.csv",
        set_value("name_ascii", "Nong Bua", code="03124"),
        r"communes_2024\.csv, line 2, name_ascii: found 'Nong Bua', expected Noong Bua without accents",
    ),
    "a slug of another name": (
        "communes_2025.csv",
        set_value("slug", "sinthau", code="03158"),
        r"line 4, slug: found 'sinthau', expected 'sin-thau'",
    ),
    "a negative area": (
        "communes_2025.csv",
        set_value("area_km2", "-516.42", code="03158"),
        r"line 4, area_km2: found '-516\.42', expected a number above zero",
    ),
    "an area of zero": (
        "communes_2025.csv",
        set_value("area_km2", "0", code="03158"),
        r"line 4, area_km2: found '0', expected a number above zero",
    ),
    "an area that is no number": (
        "communes_2025.csv",
        set_value("area_km2", "516,42", code="03158"),
        r"line 4, area_km2: found '516,42', expected a number above zero",
    ),
    "an endless area": (
        "communes_2025.csv",
        set_value("area_km2", "Infinity", code="03158"),
        r"line 4, area_km2: found 'Infinity', expected a number above zero",
    ),
    "a population in part": (
        "communes_2025.csv",
        set_value("population_2025", "6058.5", code="03158"),
        r"line 4, population_2025: found '6058\.5', expected a whole number above zero",
    ),
    "a wrong zone": (
        "communes_2025.csv",
        set_value("zone_2026_2030", "IV", code="03158"),
        r"line 4, zone_2026_2030: found 'IV', expected one of 'I', 'II', 'III'",
    ),
    "a point outside the province": (
        "communes_2025.csv",
        set_value("label_lat", "102.2765", code="03158"),
        r"line 4, label_lat: found '102\.2765', expected degrees between 20\.8 and 22\.7",
    ),
    "half a point": (
        "communes_2024.csv",
        set_value("lon", "", code="03124"),
        r"communes_2024\.csv, line 2, lon: found '', expected degrees between 102\.0 and 103\.7",
    ),
    "a border that is neither": (
        "communes_2025.csv",
        set_value("border_2025", "maybe", code="03158"),
        r"line 4, border_2025: found 'maybe', expected one of 'yes', 'no'",
    ),
    "a certainty without a border": (
        "communes_2024.csv",
        set_value("border_certainty", "likely", code="03124"),
        r"communes_2024\.csv, line 2, border_certainty: found 'likely', expected one of ''",
    ),
    "a status without a year": (
        "communes_2024.csv",
        set_value("ntm_status", "NTM", code="03124"),
        r"communes_2024\.csv, line 2, ntm_year: found '', expected a year if and only if",
    ),
    "a district of two names": (
        "communes_2024.csv",
        set_value("district", "Huyện Điện Biên", code="03127"),
        r"communes_2024\.csv, line 3, district: found 'Huyện Điện Biên', expected 'Thành phố Điện Biên Phủ'",
    ),
    "a district poor in part": (
        "communes_2024.csv",
        set_value("district_poor_2020", "30a", code="03127"),
        r"communes_2024\.csv, line 3, district_poor_2020: found '30a', expected '' as in line 2",
    ),
    "an unknown successor": (
        "communes_2024.csv",
        set_value("new_code_2025", "03999", code="03124"),
        r"communes_2024\.csv, line 2, new_code_2025: found '03999', expected a code of communes_2025\.csv",
    ),
    "a merge into nothing": (
        "merges.csv",
        set_value("new_code", "03999", old_code="03124"),
        r"merges\.csv, line 2, new_code: found '03999', expected a code of communes_2025\.csv",
    ),
    "a merge of nothing": (
        "merges.csv",
        set_value("old_code", "03999", old_code="03124"),
        r"merges\.csv, line 2, old_code: found '03999', expected a code of communes_2024\.csv",
    ),
    "a merge into another commune than the unit says": (
        "merges.csv",
        set_value("new_code", "03127", old_code="03124"),
        r"merges\.csv, line 2, new_code: found '03127', expected '03334' as in communes_2024\.csv, line 2",
    ),
    "a unit merged twice": (
        "merges.csv",
        repeat(old_code="03124"),
        r"merges\.csv, line 131, old_code: found '03124', expected one successor a unit; line 2 names one",
    ),
    "a unit not merged": (
        "merges.csv",
        drop(old_code="03124"),
        r"communes_2024\.csv, line 2, code: found '03124', expected a code that merges\.csv has, too",
    ),
    "a unit merged in part": (
        "merges.csv",
        set_value("whole_or_part", "part", old_code="03124"),
        r"merges\.csv, line 2, whole_or_part: found 'part', expected one of 'whole'",
    ),
    "a merge under another name": (
        "merges.csv",
        set_value("old_full_name", "Phường Him Lam", old_code="03124"),
        r"merges\.csv, line 2, old_full_name: found 'Phường Him Lam', expected 'Phường Noong Bua' as",
    ),
    "a merge that keeps no code and says so": (
        "merges.csv",
        set_value("keeps_code", "yes", old_code="03124"),
        r"merges\.csv, line 2, keeps_code: found 'yes', expected 'no'",
    ),
    "a commune of another number of units": (
        "communes_2025.csv",
        set_value("n_old_units", "4", code="03158"),
        r"line 4, n_old_units: found '4', expected 3 as in merges\.csv",
    ),
    "a commune of other units": (
        "communes_2025.csv",
        set_value("merged_from", "Xã Sín Thầu; Xã Sen Thượng; Xã Chung Chải", code="03158"),
        r"line 4, merged_from: found .*Chung Chải', expected Xã Leng Su Sìn; Xã Sen Thượng; Xã Sín Thầu as",
    ),
    "a commune of other districts": (
        "communes_2025.csv",
        set_value("former_districts", "Huyện Nậm Pồ", code="03158"),
        r"line 4, former_districts: found 'Huyện Nậm Pồ', expected Huyện Mường Nhé as",
    ),
    "an unknown neighbour": (
        "neighbours.csv",
        set_value("code_b", "03999", code_a="03127", code_b="03325"),
        r"neighbours\.csv, line 2, code_b: found '03999', expected a code of communes_2025\.csv",
    ),
    "a neighbour under another name": (
        "neighbours.csv",
        set_value("name_b", "Xã Mường Pồn", code_a="03127", code_b="03325"),
        r"neighbours\.csv, line 2, name_b: found 'Xã Mường Pồn', expected 'Xã Mường Phăng'",
    ),
    "neighbours the wrong way round": (
        "neighbours.csv",
        lambda rows: row_of(rows, code_a="03127", code_b="03325").update(
            code_a="03325", name_a="Xã Mường Phăng", code_b="03127", name_b="Phường Điện Biên Phủ"
        ),
        r"neighbours\.csv, line 2, code_b: found '03127', expected a code above 03325",
    ),
    "neighbours there twice": (
        "neighbours.csv",
        repeat(code_a="03127", code_b="03325"),
        r"neighbours\.csv, line 100, code_b: found '03325', expected a new pair; line 2 has this one",
    ),
    "a pair of neighbours too few": (
        "neighbours.csv",
        drop(code_a="03127", code_b="03325"),
        r"neighbours\.csv: found '97 pairs of neighbours', expected 98 pairs of neighbours",
    ),
    "a commune too few": (
        "communes_2025.csv",
        drop(code="03158"),
        r"communes_2024\.csv, line \d+, new_code_2025: found '03158', expected a code of communes_2025\.csv",
    ),
}


@pytest.mark.parametrize(("name", "edit", "message"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_contradicts_itself_is_refused_by_row_and_changes_nothing(
    db, changed_data, name, edit, message
):
    folder = changed_data(name, edit)

    with pytest.raises(CommandError, match=message):
        call_command("load_places", data=folder)

    assert not any(contents().values())


def test_a_refused_file_leaves_what_was_loaded_before(places, changed_data):
    before = contents()
    folder = changed_data("communes_2025.csv", set_value("area_km2", "-1", code="03385"))

    with pytest.raises(CommandError, match=r"area_km2: found '-1'.*Nothing was loaded"):
        call_command("load_places", data=folder)

    assert contents() == before


def test_a_unit_the_files_do_not_have_is_named_and_nothing_is_loaded(places):
    Commune.objects.create(code="03999", name="Lạc", full_name="Xã Lạc", kind="xã", valid_from=MERGER_ON)
    before = contents()

    with pytest.raises(CommandError, match=r"table of communes: found '03999 valid from 2025-07-01'"):
        call_command("load_places")

    assert contents() == before


def test_a_missing_file_is_named(db, tmp_path):
    with pytest.raises(
        CommandError, match=r"communes_2024\.csv: found .*No such file.*expected a readable file"
    ):
        call_command("load_places", data=tmp_path)


def test_a_missing_column_is_named(db, changed_data):
    folder = changed_data("merges.csv", lambda rows: None)
    text = (folder / "merges.csv").read_text(encoding="utf-8")
    (folder / "merges.csv").write_text(text.replace("new_code", "target", 1), encoding="utf-8")

    with pytest.raises(
        CommandError, match=r"merges\.csv, line 1: found .*expected the columns \['new_code'\] as"
    ):
        call_command("load_places", data=folder)


def test_a_row_cut_short_is_named(db, changed_data):
    folder = changed_data("neighbours.csv", lambda rows: None)
    text = (folder / "neighbours.csv").read_text(encoding="utf-8")
    (folder / "neighbours.csv").write_text(text + "03127,Phường", encoding="utf-8")

    with pytest.raises(CommandError, match=r"neighbours\.csv, line 100: found .*expected 5 columns"):
        call_command("load_places", data=folder)


def test_a_map_without_a_commune_is_refused(db, changed_data):
    folder = changed_data("merges.csv", lambda rows: None)
    text = (DATA_DIR / "map.json").read_text(encoding="utf-8")
    (folder / "map.json").write_text(text.replace('"03158"', '"03999"'), encoding="utf-8")

    with pytest.raises(
        CommandError, match=r"map\.json, shapes: found .*03158.*03999.*, expected the 45 codes"
    ):
        call_command("load_places", data=folder)

    assert not any(contents().values())


def test_a_map_that_is_no_map_is_refused(db, changed_data):
    folder = changed_data("merges.csv", lambda rows: None)
    shutil.copy(folder / "merges.csv", folder / "map.json")

    with pytest.raises(CommandError, match=r"map\.json: found .*expected a map as build_map writes it"):
        call_command("load_places", data=folder)


def test_markup_in_a_path_is_refused(db, changed_data):
    folder = changed_data("merges.csv", lambda rows: None)
    text = (DATA_DIR / "map.json").read_text(encoding="utf-8")
    (folder / "map.json").write_text(text.replace('"M', '"<script>M', 1), encoding="utf-8")

    with pytest.raises(
        CommandError, match=r"map\.json, shapes, 03127: found '<script>M.*expected an SVG path"
    ):
        call_command("load_places", data=folder)
