from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.settlement.models.rules import COMMISSION_BP_MAX, TAX_BP_MAX
from marketplace.settlement.splitting import Rates, Split, share_of, split_of

taxes = st.integers(0, TAX_BP_MAX)
rates = st.builds(Rates, st.integers(0, COMMISSION_BP_MAX), taxes, taxes)
amounts_vnd = st.integers(0, 1_000_000_000_000)

HOUSEHOLD_GOODS = Rates(commission_bp=500, vat_bp=100, pit_bp=50)


@given(amount_vnd=amounts_vnd, rates=rates)
def test_the_parts_add_up_to_the_amount_and_none_is_negative(amount_vnd, rates):
    split = split_of(amount_vnd, rates)

    assert split.gross_vnd == amount_vnd
    assert min(split.commission_vnd, split.vat_vnd, split.pit_vnd, split.seller_vnd) >= 0


@given(amount_vnd=amounts_vnd, more_vnd=amounts_vnd, rates=rates)
def test_nobody_but_the_seller_can_lose_by_rounding_when_the_amount_grows(amount_vnd, more_vnd, rates):
    small, large = split_of(amount_vnd, rates), split_of(amount_vnd + more_vnd, rates)

    assert large.commission_vnd >= small.commission_vnd
    assert large.vat_vnd >= small.vat_vnd
    assert large.pit_vnd >= small.pit_vnd
    assert large.seller_vnd >= small.seller_vnd - 2


@given(amount_vnd=amounts_vnd, rates=rates)
def test_each_share_is_within_half_a_dong_of_its_rate(amount_vnd, rates):
    split = split_of(amount_vnd, rates)

    for share_vnd, rate_bp in (
        (split.commission_vnd, rates.commission_bp),
        (split.vat_vnd, rates.vat_bp),
        (split.pit_vnd, rates.pit_bp),
    ):
        assert -5_000 < share_vnd * 10_000 - amount_vnd * rate_bp <= 5_000


@given(amount_vnd=amounts_vnd)
def test_without_rates_everything_is_the_sellers(amount_vnd):
    assert split_of(amount_vnd, Rates(0, 0, 0)) == Split(seller_vnd=amount_vnd)


@pytest.mark.parametrize(
    ("amount_vnd", "split"),
    [
        (0, Split(0, 0, 0, 0)),
        (1, Split(0, 0, 0, 1)),
        (9, Split(0, 0, 0, 9)),
        (10, Split(1, 0, 0, 9)),  # 0.5 đồng of commission is one
        (50, Split(3, 1, 0, 46)),
        (350_000, Split(17_500, 3_500, 1_750, 327_250)),
        (99_999, Split(5_000, 1_000, 500, 93_499)),
    ],
)
def test_goods_of_a_household(amount_vnd, split):
    assert split_of(amount_vnd, HOUSEHOLD_GOODS) == split


def test_half_a_dong_is_rounded_up():
    assert [share_of(amount_vnd, 50) for amount_vnd in (99, 100, 299, 300)] == [0, 1, 1, 2]


def test_more_than_half_is_refused():
    with pytest.raises(AssertionError):
        split_of(100, Rates(4_000, 1_000, 1_000))


@given(first=amounts_vnd, second=amounts_vnd, rates=rates)
def test_the_difference_of_two_splits_is_the_split_of_nothing_else(first, second, rates):
    change = split_of(second, rates) - split_of(first, rates)

    assert split_of(first, rates) + change == split_of(second, rates)
    assert change.gross_vnd == second - first
