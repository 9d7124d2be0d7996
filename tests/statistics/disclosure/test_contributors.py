import pytest

from marketplace.statistics.disclosure.contributors import Thresholds, holdings, is_sensitive

RULE = Thresholds(min_holdings=3, p_percent=10)


@pytest.mark.parametrize(
    ("amounts", "sensitive"),
    [
        ({}, False),
        ({1: 100}, True),
        ({1: 100, 2: 100}, True),
        ({1: 100, 2: 100, 3: 100}, False),
        # The second largest knows its own 100: what is left is 9 of 100, less than 10 %.
        ({1: 100, 2: 100, 3: 9}, True),
        ({1: 100, 2: 100, 3: 10}, False),
        # What was paid back tells as much as what was sold.
        ({1: -100, 2: 100, 3: 9}, True),
    ],
)
def test_a_figure_needs_three_holdings_and_none_that_another_can_estimate(amounts, sensitive):
    assert is_sensitive(amounts, RULE) is sensitive


def test_two_who_share_what_they_know_are_stopped_by_asking_for_four_holdings():
    three, four = {1: 100, 2: 100, 3: 100}, {1: 100, 2: 100, 3: 100, 4: 100}
    against_two = Thresholds(min_holdings=4, p_percent=10)

    # The rule for one attacker shows three, of whom two together know the third.
    assert not is_sensitive(three, RULE)
    assert is_sensitive(three, against_two)
    assert not is_sensitive(four, against_two)


def test_a_holding_that_consented_may_be_told_but_not_a_household_beside_it():
    assert not is_sensitive({1: 100}, RULE, waived={1})
    assert not is_sensitive({1: 900, 2: 30, 3: 30, 4: 30}, RULE, waived={1})
    assert is_sensitive({1: 100, 2: 5}, RULE, waived={1})
    assert is_sensitive({1: 900, 2: 100, 3: 9}, RULE, waived={1})


def test_sellers_of_one_household_or_co_operative_are_one_holding():
    assert holdings([1, 2, 3, 4, 5], [(2, 3), (5, 3)]) == {1: 1, 2: 2, 3: 2, 4: 4, 5: 2}
