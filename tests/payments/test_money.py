from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.money import AMOUNT_VND_MAX, FractionOfADong, to_decimal, to_vnd


@pytest.mark.parametrize(
    ("amount", "amount_vnd"),
    [("120000", 120_000), ("120000.00", 120_000), ("1.2E+5", 120_000), ("0", 0), ("-5.0", -5)],
)
def test_a_whole_amount_becomes_an_int(amount, amount_vnd):
    crossed = to_vnd(Decimal(amount))

    assert crossed == amount_vnd
    assert type(crossed) is int


@pytest.mark.parametrize("amount", ["0.5", "120000.01", "NaN", "Infinity"])
def test_anything_else_is_refused_and_says_where_to_round(amount):
    with pytest.raises(
        FractionOfADong, match=rf"^{amount} is not a whole number of đồng.*where the price is"
    ):
        to_vnd(Decimal(amount))


@given(st.integers(-AMOUNT_VND_MAX, AMOUNT_VND_MAX))
def test_there_and_back_nothing_is_lost(amount_vnd):
    assert to_vnd(to_decimal(amount_vnd)) == amount_vnd
