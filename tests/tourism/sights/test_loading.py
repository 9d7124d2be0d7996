"""Sights and festivals come from files with their sources, and a file that makes no sense changes nothing."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from marketplace.places.models import Commune
from tests.factories import load_province
from tourism.sights import reading, services
from tourism.sights.models import Festival, Sight

pytestmark = pytest.mark.django_db


def test_every_sight_and_festival_of_the_files_stands_in_its_commune(province):
    assert (Sight.objects.count(), Festival.objects.count()) == (31, 10)
    hill = Sight.objects.select_related("commune", "unit").get(slug="doi-a1")
    assert (hill.name, hill.name_en, hill.kind) == ("Đồi A1", "A1 Hill (Eliane 2)", "battlefield")
    assert (hill.commune.full_name, hill.unit.full_name) == ("Phường Điện Biên Phủ", "Phường Mường Thanh")
    assert Festival.objects.get(slug="le-hoi-thanh-ban-phu").months == [3, 4]


def test_loading_again_changes_nothing_and_keeps_the_rows(province):
    before = list(Sight.objects.order_by("pk").values_list("pk", "slug"))
    said = StringIO()

    call_command("load_sights", stdout=said)

    assert list(Sight.objects.order_by("pk").values_list("pk", "slug")) == before
    assert said.getvalue() == "31 sights and 10 festivals are loaded.\n"


def test_a_sight_that_left_the_file_leaves_the_table(province):
    sights = [placed for placed in reading.read_sights() if placed.made.slug != "doi-a1"]

    services.load(sights=sights, festivals=reading.read_festivals())

    assert not Sight.objects.filter(slug="doi-a1").exists()
    assert Sight.objects.count() == 30


def test_without_communes_the_command_says_which_code_is_missing():
    with pytest.raises(CommandError, match=r"doi-a1: there is no unit with the code “03127”"):
        call_command("load_sights", stdout=StringIO())


def test_a_former_unit_of_another_commune_is_refused_and_nothing_is_loaded():
    load_province()
    sights = reading.read_sights()
    wrong = reading.Placed(sights[0].made, sights[0].code_today, code_before="03154")
    expected = r"doi-a1: Xã Sín Thầu is part of Xã Sín Thầu, not of Phường Điện Biên Phủ"

    with pytest.raises(reading.SightsRefused, match=expected):
        services.load(sights=[wrong, *sights[1:]], festivals=[])

    assert Commune.objects.count() == 174
    assert not Sight.objects.exists()


SIGHT = "a,A,A,lake,03325,03325,21.4,103.1,K,high"
FESTIVAL = "f,F,F,03325,khi,when,solar,03-13,03-18,3,K,high"


@pytest.mark.parametrize(
    ("kind", "line", "complaint"),
    [
        ("sight", SIGHT.replace("lake", "volcano"), "'volcano' is not a valid Sight.Kind"),
        ("sight", SIGHT.replace("21.4", "north"), "could not convert string to float: 'north'"),
        ("sight", SIGHT.replace("high", "sure"), "'sure' is not a valid Certainty"),
        ("festival", FESTIVAL.replace("solar", "julian"), "'julian' is not a valid Festival.Calendar"),
        ("festival", FESTIVAL.replace("03-18", "18/3"), "“18/3” is no month and day; write it as 03-13."),
        ("festival", FESTIVAL.replace("solar", ""), "Days need a calendar: solar or lunar."),
        ("festival", FESTIVAL.replace(",3,K", ",13,K"), r"The months \[13\] are not all between 1 and 12."),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_with_its_line(tmp_path: Path, kind, line, complaint):
    columns = reading.SIGHT_COLUMNS if kind == "sight" else reading.FESTIVAL_COLUMNS
    path = tmp_path / "rows.csv"
    path.write_text(",".join(columns) + "\n" + line + "\n", encoding="utf-8")
    read = reading.read_sights if kind == "sight" else reading.read_festivals

    with pytest.raises(reading.SightsRefused, match=rf"rows.csv, line 2: {complaint}"):
        read(path)


def test_a_slug_that_stands_twice_and_other_columns_are_refused(tmp_path: Path):
    twice, other = tmp_path / "twice.csv", tmp_path / "other.csv"
    twice.write_text(",".join(reading.SIGHT_COLUMNS) + f"\n{SIGHT}\n{SIGHT}\n", encoding="utf-8")
    other.write_text("slug,name\n", encoding="utf-8")

    with pytest.raises(reading.SightsRefused, match="a slug stands there twice"):
        reading.read_sights(twice)
    with pytest.raises(reading.SightsRefused, match="the columns are"):
        reading.read_sights(other)
