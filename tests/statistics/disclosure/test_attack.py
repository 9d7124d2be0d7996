"""An attacker with a solver, against markets like the province's."""

import pytest

from marketplace.statistics.disclosure import Sum, attack, protection
from marketplace.statistics.disclosure.contributors import Thresholds, is_sensitive
from tests.statistics.disclosure.markets import Market, market_of

RULE = Thresholds(min_holdings=3, p_percent=10)


def sensitive_of(market: Market) -> set:
    return {key for key, amounts in market.amounts.items() if is_sensitive(amounts, RULE)}


def attacked(
    market: Market, *, unknown: set, protected: set, by_singles: bool = True
) -> list[attack.Exposure]:
    return attack.exposures(
        values=market.net_vnd,
        sums=market.sums,
        unknown=unknown,
        protected=protected,
        p_percent=10,
        amounts=market.amounts if by_singles else None,
    )


def protected_by_all(market: Market, sensitive: set, *, from_singles: bool = True) -> set:
    return set(
        protection.hide(
            values=market.net_vnd,
            sums=market.sums,
            sensitive=sensitive,
            unknown=(),
            fixed=(),
            p_percent=10,
            amounts=market.amounts if from_singles else None,
        )
    )


def test_the_bounds_are_those_that_the_published_sums_leave():
    net_vnd = {"all": 100_000, "a": 30_000, "b": 20_000, "c": 50_000}
    sums = [Sum("all", ("a", "b", "c"))]

    only_one = attack.exposures(values=net_vnd, sums=sums, unknown={"a"}, protected={"a"}, p_percent=10)
    of_two = attack.exposures(values=net_vnd, sums=sums, unknown={"a", "b"}, protected={"a"}, p_percent=70)

    assert only_one == [attack.Exposure("a", 30_000, 30_000, 30_000)]
    # a + b = 50,000, and neither is negative: 20,000 more is less than 70 % more.
    assert of_two == [attack.Exposure("a", 30_000, 0, 50_000)]
    assert not attack.exposures(values=net_vnd, sums=sums, unknown={"a", "b"}, protected={"a"}, p_percent=60)


def test_a_figure_that_is_protected_but_published_is_exposed_as_it_stands():
    found = attack.exposures(
        values={"all": 7_000, "a": 7_000},
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
    assert all(one.lowest <= one.value <= one.highest for one in weak)
    assert sensitive <= hidden
    assert attacked(market, unknown=hidden, protected=sensitive) == []


def test_who_is_alone_in_a_hidden_figure_learns_no_other_from_it():
    """Two households hide behind each other: each knows the sum of both and what it sold itself."""
    values = {"all": 100_000, "a": 30_000, "b": 20_000, "c": 50_000, "d": 0}
    sums = [Sum("all", ("a", "b", "c", "d"))]
    amounts = {"all": {7: 30_000, 8: 20_000, 9: 50_000}, "a": {7: 30_000}, "b": {8: 20_000}}
    question = {"values": values, "sums": sums, "p_percent": 10, "amounts": amounts}

    between_them = attack.exposures(**question, unknown={"a", "b"}, protected={"a", "b"})
    hidden = protection.hide(**question, sensitive={"a", "b"}, unknown=(), fixed=())

    assert between_them == [
        attack.Exposure("a", 30_000, 30_000, 30_000, to=8),
        attack.Exposure("b", 20_000, 20_000, 20_000, to=7),
    ]
    assert hidden == {"a", "b", "c"}
    assert attack.exposures(**question, unknown=hidden, protected={"a", "b"}) == []


def test_without_care_for_contributors_some_of_them_learn_what_others_sold():
    market = market_of(7)
    sensitive = sensitive_of(market)

    careless = protected_by_all(market, sensitive, from_singles=False)

    assert attacked(market, unknown=careless, protected=sensitive, by_singles=False) == []
    assert attacked(market, unknown=careless, protected=sensitive)


def test_a_number_is_known_to_who_is_less_than_one_off():
    values = {"all": 8, "a": 5, "b": 2, "c": 1}
    sums = [Sum("all", ("a", "b", "c"))]
    question = {"values": values, "sums": sums, "p_percent": 10, "grain": attack.NUMBER}

    assert attack.exposures(**question, unknown={"a", "c"}, protected={"a"}) == []
    # Five is ten percent off at four and a half, which no number of orders is.
    assert attack.exposures(
        **(question | {"values": values | {"c": 0, "all": 7}}), unknown={"a", "c"}, protected={"a"}
    )


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
            values=market.net_vnd, sums=market.sums,
            sensitive=sensitive, unknown=(), fixed=fixed, p_percent=10,
        )  # fmt: skip


def test_the_same_figures_always_hide_the_same():
    market, again = market_of(6), market_of(6)
    again.amounts = dict(reversed(again.amounts.items()))

    first, second = (protected_by_all(one, sensitive_of(one)) for one in (market, again))

    assert first == second
