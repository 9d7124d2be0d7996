"""The demo's two files are read whole; a row that makes no sense is refused by name."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from marketplace.demo import reading, words
from marketplace.demo.art.goods import category_motif
from marketplace.demo.art.studio import MOTIFS, stay_motif
from marketplace.demo.errors import RowRefused
from marketplace.demo.stays import hamlet_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the files, to spoil."""
    shutil.copytree(reading.DATA_DIR, tmp_path / "data")
    return tmp_path / "data"


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, text.count(old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_all_rows_are_read_those_with_quotes_and_commas_as_well():
    produce = {row.slug: row for row in reading.read_produce()}
    tea, fish = produce["tra-shan-tuyet-5-cuc-tua-chua"], produce["ca-ho-pa-khoang-nuong-pa-pinh-top"]

    assert len(produce) == 94
    assert len(reading.read_stays()) == 42
    assert (tea.title, tea.category, tea.unit_code) == ("Trà Shan tuyết “5 cực” Tủa Chùa", "tea", "03232")
    assert (fish.name_en, fish.category) == ("Grilled fish, Thai style (frozen)", "fish")


def test_units_carry_what_else_is_said_of_them():
    rows = {row.slug: row for row in reading.read_produce()}
    cherries, hens = rows["ca-phe-qua-tuoi-muong-ang"], rows["ga-den-xuong-den-tua-chua"]
    fungus = rows["dong-trung-ha-thao-huy-hung"]

    assert (cherries.unit, cherries.unit_size, cherries.is_wholesale) == ("kg", "", True)
    assert (hens.unit, hens.unit_size, hens.is_live) == ("kg", "", True)
    assert (fungus.unit, fungus.unit_size, fungus.is_live) == ("box", "10 g", False)
    assert Counter((row.is_live, row.is_wholesale) for row in rows.values()) == {
        (False, False): 91,
        (True, False): 2,
        (False, True): 1,
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "Truong Huong Seng Cu rice,rice",
            "Truong Huong Seng Cu rice,ryce",
            r"products\.csv, row 'gao-seng-cu-truong-huong-dien-bien': category is 'ryce'; wanted is one of",
        ),
        ("box 10 g dried", "box of 10", r"row 'dong-trung-ha-thao-huy-hung': unit is 'box of 10'"),
        (
            "175000,160000,200000",
            "75000,160000,200000",
            r"price_vnd is '75000'; wanted is a price from 160000 to 200000",
        ),
    ],
)
def test_a_product_that_makes_no_sense_is_refused_by_name(folder, old, new, message):
    spoil(folder, "products.csv", old, new)

    with pytest.raises(RowRefused, match=message):
        reading.read_produce(folder)


def test_a_stay_of_an_unknown_kind_is_refused_by_name(folder):
    spoil(folder, "stays.csv", "Men stilt house,community village", "Men stilt house,castle")

    with pytest.raises(RowRefused, match=r"stays\.csv, row 'nha-san-men': type is 'castle'; wanted"):
        reading.read_stays(folder)


@pytest.mark.parametrize(
    ("months", "said"),
    [
        (tuple(range(1, 13)), "Có bán quanh năm."),
        ((6, 7), "Mùa chính: tháng 6 đến tháng 7."),
        ((9,), "Mùa chính: tháng 9."),
        ((10, 11, 12, 1, 2), "Mùa chính: tháng 10 đến tháng 2."),
        ((3, 4, 8, 9), "Mùa chính: tháng 3 đến tháng 4 và tháng 8 đến tháng 9."),
    ],
)
def test_a_season_is_said_in_words_over_the_turn_of_the_year(months, said):
    assert words._season(months) == said


def test_villages_become_hamlets_and_streets_do_not():
    hamlets = {row.slug: hamlet_of(row) for row in reading.read_stays()}

    assert hamlets["nha-san-che-can"] == "Bản Che Căn"
    assert hamlets["nha-san-ban-keo"] == "Bản Kéo"
    assert hamlets["nha-san-ta-ko-khu-a-pa-chai"] == hamlets["nha-san-ta-ko-khu"] == "Bản Tả Kố Khừ"
    assert {hamlets[slug] for slug in ("khach-san-514-vo-nguyen-giap", "nha-san-deo-pha-din")} == {""}


def test_there_is_a_picture_for_everything():
    goods = {category_motif(row.category, row.title) for row in reading.read_produce()}
    houses = {stay_motif(row.kind.value, row.hosts) for row in reading.read_stays()}

    assert goods <= MOTIFS["goods"].keys()
    assert houses <= MOTIFS["stay"].keys()
