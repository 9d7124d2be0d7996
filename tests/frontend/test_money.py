from decimal import Decimal

import pytest
from django.template import Context, Template

from frontend.templatetags.money import unit_price, vnd, whole_number
from payments.money import FractionOfADong


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "0\u00a0₫"),
        (500, "500\u00a0₫"),
        (120_000, "120.000\u00a0₫"),
        (1_234_567_890, "1.234.567.890\u00a0₫"),
        (-45_000, "\u221245.000\u00a0₫"),
        (Decimal("175000.00"), "175.000\u00a0₫"),
        (Decimal("1.2E+5"), "120.000\u00a0₫"),
    ],
)
def test_an_amount_is_shown_in_whole_dong_with_points_between_thousands(amount, shown):
    assert vnd(amount) == shown


def test_a_unit_price_names_its_unit_without_a_break():
    assert unit_price(35_000, "kg") == "35.000\u00a0₫/kg"


def test_a_number_is_parted_by_points_and_carries_no_currency():
    assert whole_number(2_318) == "2.318"


@pytest.mark.parametrize("amount", ["120000.50", "0.01", "-0.5", "NaN", "Infinity"])
def test_a_fraction_of_a_dong_is_refused_with_the_amount_in_the_message(amount):
    with pytest.raises(FractionOfADong, match=f"{amount} is not a whole number of đồng"):
        vnd(Decimal(amount))


@pytest.mark.parametrize("amount", [120_000.0, "120000", None, True])
def test_anything_but_an_int_or_a_decimal_is_refused(amount):
    with pytest.raises(TypeError, match="pass an int or a whole Decimal"):
        vnd(amount)


def test_a_template_shows_an_amount():
    template = Template("{% load money %}{{ price_vnd|vnd }} · {{ per_kg_vnd|unit_price:unit }}")

    shown = template.render(Context({"price_vnd": 175_000, "per_kg_vnd": 35_000, "unit": "kg"}))

    assert shown == "175.000\u00a0₫ · 35.000\u00a0₫/kg"
