"""Two provinces in one market: each is loaded, drawn, listed and counted by itself."""

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from marketplace.places import selectors
from marketplace.places.models import MERGER_ON, Commune, Neighbour, Province, Succession
from marketplace.places.reference import DATA_DIR
from marketplace.statistics import provinces as sales
from tests.statistics.orders import sell_from

SOLD_ON = date(2026, 3, 2)
# Two communes of Điện Biên that touch, given the codes of a province that is made up.
COPIED = ("03127", "03325")


@pytest.fixture
def another(tmp_path: Path) -> Path:
    """A folder of a second, fictional province: two communes, their former units, their border and a map."""
    old = copy_rows(tmp_path, "communes_2024.csv", lambda row: row["new_code_2025"] in COPIED)
    copy_rows(tmp_path, "communes_2025.csv", lambda row: row["code"] in COPIED)
    copy_rows(tmp_path, "merges.csv", lambda row: row["new_code"] in COPIED)
    copy_rows(tmp_path, "neighbours.csv", lambda row: row["code_a"] in COPIED and row["code_b"] in COPIED)
    drawn = json.loads((DATA_DIR / "map.json").read_text())
    drawn["shapes"] = {renamed(code): drawn["shapes"][code] for code in COPIED}
    (tmp_path / "map.json").write_text(json.dumps(drawn))
    facts = json.loads((DATA_DIR / "province.json").read_text())
    facts |= {"code": "99", "name": "Tỉnh Mẫu", "units_2025": 2, "units_2024": len(old), "neighbours": 1}
    facts["districts"] = len({row["district_code"] for row in old})
    (tmp_path / "province.json").write_text(json.dumps(facts))
    return tmp_path


def renamed(code: str) -> str:
    return f"9{code[1:]}"


def copy_rows(folder: Path, name: str, wanted: Callable[[dict[str, str]], bool]) -> list[dict[str, str]]:
    with (DATA_DIR / name).open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if wanted(row)]
    for row in rows:
        for column in row.keys() & {
            *("code", "new_code_2025", "old_code", "new_code", "code_a", "code_b"),
            *("district_code", "old_district_code"),
        }:
            row[column] = renamed(row[column])
    with (folder / name).open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return rows


def test_a_second_province_stands_beside_the_first(places, another, settings):
    before = list(Commune.objects.order_by("pk").values())

    call_command("load_places", data=another)
    call_command("load_places", data=another)  # again: nothing changes

    assert [*Province.objects.order_by("code").values_list("code", "name")] == [
        ("11", "Điện Biên"),
        ("99", "Tỉnh Mẫu"),
    ]
    assert list(Commune.objects.filter(province="11").order_by("pk").values()) == before
    codes = selectors.communes_at(MERGER_ON, province="99").values_list("code", flat=True)
    assert list(codes) == ["93127", "93325"]
    assert selectors.communes_at(MERGER_ON).count() == 47
    assert selectors.current_unit(Commune.objects.get(code="93130"), MERGER_ON).code == "93127"
    assert Neighbour.objects.filter(a__province="99").count() == 1
    assert Succession.objects.filter(old__province="99", new__province="11").count() == 0


def test_each_province_has_a_map_of_its_own(places, another, settings):
    call_command("load_places", data=another)

    assert selectors.boundary_map().shapes.count() == 45
    assert selectors.boundary_map(province="99").shapes.count() == 2
    settings.PROVINCE = "99"
    assert {shape.commune.code for shape in selectors.boundary_map().shapes.all()} == {"93127", "93325"}


def test_the_first_can_be_loaded_again_beside_the_second(places, another):
    call_command("load_places", data=another)

    call_command("load_places")

    assert Commune.objects.filter(province="99", valid_to=None).count() == 2
    assert Neighbour.objects.filter(a__province="99").count() == 1


def test_a_code_of_another_province_is_refused(places, another, tmp_path):
    folder = tmp_path / "wrong"
    shutil.copytree(DATA_DIR, folder)
    facts = json.loads((folder / "province.json").read_text()) | {"code": "98", "name": "Tỉnh Khác"}
    (folder / "province.json").write_text(json.dumps(facts))

    with pytest.raises(CommandError, match="of Điện Biên"):
        call_command("load_places", data=folder)

    assert not Province.objects.filter(code="98").exists()


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"code": "9"}, "a code of 2 digits"),
        ({"name": " "}, "the province's name"),
        ({"units_2025": 3}, "2 communes.*3 communes"),
        ({"latitudes": ["22", "21"]}, "22 is not below 21"),
        ({"districts": None}, "province.json"),
    ],
)
def test_wrong_facts_of_a_province_are_named(places, another, facts, problem):
    path = another / "province.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))

    with pytest.raises(CommandError, match=problem):
        call_command("load_places", data=another)

    assert not Commune.objects.filter(province="99").exists()


def test_what_is_sold_is_summed_by_province(places, another, django_assert_num_queries):
    call_command("load_places", data=another)
    for code, amount_vnd in (("03127", 100_000), ("93127", 40_000), ("93325", 2_000)):
        sell_from(Commune.objects.get(code=code, valid_to=None), amount_vnd, on=SOLD_ON)

    with django_assert_num_queries(1):
        found = sales.sales_by_province(first_day=SOLD_ON, last_day=SOLD_ON)

    assert [(row.code, row.name, row.net_vnd) for row in found] == [
        ("11", "Điện Biên", 100_000),
        ("99", "Tỉnh Mẫu", 42_000),
    ]


def test_the_api_lists_the_communes_of_a_province(places, another, client):
    call_command("load_places", data=another)

    found = client.get("/api/v1/communes/?province=99").json()["results"]
    assert [(unit["code"], unit["province"]) for unit in found] == [("93127", "99"), ("93325", "99")]
    assert client.get("/api/v1/communes/?province=11").json()["count"] == 45
    named = client.get("/api/v1/communes/?q=Mường Phăng&province=99").json()["results"]
    assert [unit["code"] for unit in named] == ["93325"]
    assert client.get("/api/v1/communes/?province=x").status_code == 400
