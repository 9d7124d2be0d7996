"""What people write of quantities and prices is read as they mean it, or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agriculture.crops import crop_of, crops
from agriculture.prices import PRICE_VND_MAX, PRICE_VND_MIN, parse_price
from agriculture.units import (
    FIXED_G,
    QUANTITY_MAX,
    Quantity,
    Unit,
    convert,
    grams_of,
    parse_number,
    parse_quantity,
    parse_unit,
    size_words,
)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("50kg", Quantity(50, Unit.KG, 1_000)),
        ("3 tạ", Quantity(3, Unit.TA, 100_000)),
        ("2 TA RUOI", Quantity(25, Unit.YEN, 10_000)),
        ("1,5 yến", Quantity(15, Unit.KG, 1_000)),
        ("1 tấn", Quantity(10, Unit.TA, 100_000)),
        ("1.500 kg", Quantity(1_500, Unit.KG, 1_000)),
        ("7 lạng", Quantity(7, Unit.LANG, 100)),
        ("10 bó", Quantity(10, Unit.BUNCH)),
        ("3 con", Quantity(3, Unit.HEAD)),
        ("20 quả", Quantity(20, Unit.PIECE)),
        ("5 bao 50kg", Quantity(5, Unit.BAG, 50_000)),
        ("20 chai 500ml", Quantity(20, Unit.BOTTLE, 500)),
    ],
)
def test_quantities_are_read_as_farmers_write_them(text, quantity):
    assert parse_quantity(text) == quantity


@pytest.mark.parametrize(
    "text", ["", "kg", "0 kg", "0,5 con", "-5kg", "3 gà", "1/2kg", "1 yến 5kg", "999999999 kg"]
)
def test_what_makes_no_sense_is_no_quantity(text):
    assert parse_quantity(text) is None


@given(st.integers(1, QUANTITY_MAX), st.sampled_from(sorted(FIXED_G)))
def test_any_whole_number_of_a_weight_keeps_its_grams(number, unit):
    quantity = parse_quantity(f"{number} {unit}")

    assert quantity is not None
    assert quantity.total_g == number * FIXED_G[unit]


@given(st.text(max_size=40))
def test_any_text_is_a_sound_quantity_and_price_or_none(text):
    quantity, price_vnd = parse_quantity(text), parse_price(text)

    assert quantity is None or 0 < quantity.number <= QUANTITY_MAX
    assert price_vnd is None or PRICE_VND_MIN <= price_vnd <= PRICE_VND_MAX


def test_weights_convert_into_each_other():
    assert convert(3, Unit.TA, Unit.YEN) == 30
    assert convert(5, Unit.LANG, Unit.KG) == Decimal("0.5")


def test_units_are_known_with_and_without_accents():
    assert (parse_unit("Lạng"), parse_unit("TRAI"), parse_unit("bao"), parse_unit("sào")) == (
        Unit.LANG,
        Unit.PIECE,
        Unit.BAG,
        None,
    )


def test_a_point_parts_thousands_only_where_three_digits_follow():
    assert [parse_number(text) for text in ("1.500", "1,5", "1.5", "0,500", "1.234.567", "1,2,3", "x")] == [
        1_500,
        Decimal("1.5"),
        Decimal("1.5"),
        Decimal("0.500"),
        1_234_567,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("text", "price_vnd"),
    [
        ("18000", 18_000),
        ("18.000đ", 18_000),
        ("18k", 18_000),
        ("18 nghìn", 18_000),
        ("18k5", 18_500),
        ("1tr2", 1_200_000),
        ("1 triệu 2", 1_200_000),
        ("2 triệu rưỡi", 2_500_000),
        ("1,5 tr", 1_500_000),
        ("499", None),
        ("-18000", None),
        ("18 000", None),
        ("600 triệu", None),
        ("gratis", None),
    ],
)
def test_prices_are_read_as_people_write_and_say_them(text, price_vnd):
    assert parse_price(text) == price_vnd


def test_grams_and_labels():
    assert (grams_of("2,5", "kg"), grams_of("300", "g"), grams_of("0", "kg"), grams_of("6000", "kg")) == (
        2_500,
        300,
        None,
        None,
    )
    assert [size_words(Unit.BAG, grams) for grams in (500, 5_000, 2_500)] == ["500 g", "5 kg", "2,5 kg"]
    assert size_words(Unit.KG, 1_000) == ""


def test_a_crop_is_known_by_how_a_name_begins_or_by_its_whole_words():
    keys = {
        name: crop.key if (crop := crop_of(name)) else ""
        for name in ("Gạo nếp nương Mường Nhà", "GAO SENG CU", "Măng ớt mắc mật", "Hạt mắc ca", "Khèn Mông")
    }

    assert keys == {
        "Gạo nếp nương Mường Nhà": "nep",
        "GAO SENG CU": "gao",
        "Măng ớt mắc mật": "mang-ot",
        "Hạt mắc ca": "mac-ca",
        "Khèn Mông": "",
    }


def test_every_crop_has_a_picture_a_shelf_and_units_that_can_be_sold():
    from django.contrib.staticfiles.finders import find

    from agriculture.categories import CATEGORIES

    for crop in crops().values():
        assert find(crop.image), crop.key
        assert crop.category in CATEGORIES
        assert all(crop.grams_of(unit) > 0 for unit in crop.units)
