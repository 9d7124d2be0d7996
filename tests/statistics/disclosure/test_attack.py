"""An attacker with a solver, against markets like the province's."""

import pytest

from marketplace.statistics.disclosure import Sum, attack, protection
from marketplace.statistics.disclosure.contributors import Thresholds, is_sensitive
from tests.statistics.disclosure.markets import Market, market_of

RULE = Thresholds(min_holdings=3, p_percent=10)


def sensitive_of(market: Market) -> set:
    return {key for key, amounts in market.amounts.items() if is_sensitive(amounts, RULE)}


def attacked(market: Market, *, unknown: set, protected: set) -> list[attack.Exposure]:
    return attack.exposures(
        net_vnd=market.net_vnd, sums=market.sums, unknown=unknown, protected=protected, p_percent=10
    )


def protected_by_all(market: Market, sensitive: set) -> set:
    return set(
        protection.hide(
            net_vnd=market.net_vnd, sums=market.sums, sensitive=sensitive, unknown=(), fixed=(), p_percent=10
        )
    )


def test_the_bounds_are_those_that_the_published_sums_leave():
    net_vnd = {"all": 100_000, "a": 30_000, "b": 20_000, "c": 50_000}
    sums = [Sum("all", ("a", "b", "c"))]

    only_one = attack.exposures(net_vnd=net_vnd, sums=sums, unknown={"a"}, protected={"a"}, p_percent=10)
    of_two = attack.exposures(net_vnd=net_vnd, sums=sums, unknown={"a", "b"}, protected={"a"}, p_percent=70)

    assert only_one == [attack.Exposure("a", 30_000, 30_000, 30_000)]
    # a + b = 50,000, and neither is negative: 20,000 more is less than 70 % more.
    assert of_two == [attack.Exposure("a", 30_000, 0, 50_000)]
    assert not attack.exposures(net_vnd=net_vnd, sums=sums, unknown={"a", "b"}, protected={"a"}, p_percent=60)


def test_a_figure_that_is_protected_but_published_is_exposed_as_it_stands():
    found = attack.exposures(
        net_vnd={"all": 7_000, "a": 7_000},
        sums=[Sum("all", ("a",))],
        unknown=(),
        protected={"a"},
        p_percent=10,
    )

    assert found == [attack.Exposure("a", 7_000, 7_000, 7_000)]


@pytest.mark.parametrize("seed", [1, 2])
def test_hiding_only_sensitive_figures_lets_the_attacker_succeed_and_the_rest_stops_him(seed):
    market = market_of(seed)
    sensitive = sensitive_of(market)

    hidden = protected_by_all(market, sensitive)

    weak = attacked(market, unknown=sensitive, protected=sensitive)
    assert len(weak) >= 5
    assert all(one.lowest_vnd <= one.net_vnd <= one.highest_vnd for one in weak)
    assert sensitive <= hidden
    assert attacked(market, unknown=hidden, protected=sensitive) == []


def test_months_do_not_betray_each_other_through_the_year_to_date():
    market = market_of(3, months=2)
    sensitive = sensitive_of(market)
    hidden = protected_by_all(market, sensitive)

    each_month_alone = {key for key in hidden if not key[0].startswith("to ")} | sensitive

    assert attacked(market, unknown=each_month_alone, protected=sensitive)
    assert attacked(market, unknown=hidden, protected=sensitive) == []


def test_less_than_a_fifth_of_what_communes_sold_is_hidden():
    market = market_of(4, sellers=600, communes=45)
    hidden = protected_by_all(market, sensitive_of(market))

    hidden_vnd = sum(market.net_vnd[key] for key in hidden if key[1] and "." not in key[1] and not key[2])

    # The year to date is the month here, so both are counted twice.
    assert hidden_vnd <= 0.2 * 2 * market.net_vnd["1", "", ""]


def test_what_was_published_before_can_hide_no_more():
    market = market_of(5)
    sensitive = sensitive_of(market)
    fixed = set(market.amounts) - sensitive

    with pytest.raises(protection.CannotProtect, match="cannot be hidden: what was published before"):
        protection.hide(
            net_vnd=market.net_vnd, sums=market.sums,
            sensitive=sensitive, unknown=(), fixed=fixed, p_percent=10,
        )  # fmt: skip


def test_the_same_figures_always_hide_the_same():
    market, again = market_of(6), market_of(6)
    again.amounts = dict(reversed(again.amounts.items()))

    first, second = (protected_by_all(one, sensitive_of(one)) for one in (market, again))

    assert first == second
