from datetime import date

import pytest

from marketplace.statistics import periods
from marketplace.statistics.errors import DayUnreadable, PeriodReversed, PeriodTooEarly, PeriodTooLong
from marketplace.statistics.periods import Period

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("parameters", "period"),
    [
        ({}, Period("year", date(2025, 12, 1), TODAY)),
        ({"period": "year"}, Period("year", date(2025, 12, 1), TODAY)),
        ({"period": "decade"}, Period("year", date(2025, 12, 1), TODAY)),
        ({"period": "month"}, Period("month", date(2026, 11, 1), TODAY)),
        ({"from": "2025-06-30", "to": "2025-07-01"}, Period("custom", date(2025, 6, 30), date(2025, 7, 1))),
        ({"period": "custom", "from": "2026-01-05"}, Period("custom", date(2026, 1, 5), TODAY)),
        ({"to": "2026-11-02"}, Period("custom", date(2026, 11, 1), date(2026, 11, 2))),
        ({"period": "month", "from": "2025-06-30"}, Period("month", date(2026, 11, 1), TODAY)),
    ],
)
def test_a_query_string_names_a_period(parameters, period):
    assert periods.read_period(parameters, today=TODAY) == period


@pytest.mark.parametrize(
    ("parameters", "error", "words"),
    [
        ({"from": "yesterday"}, DayUnreadable, "“yesterday” is not a day. Write it like 2025-07-01."),
        ({"to": "2026-02-30"}, DayUnreadable, "“2026-02-30” is not a day"),
        ({"from": "2026-12-01", "to": "2026-01-01"}, PeriodReversed, "ends on 2026-01-01, before it begins"),
        ({"from": "2020-01-01", "to": "4020-01-01"}, PeriodTooLong, "longer than the 3660 days"),
        ({"from": "0001-01-01"}, PeriodTooEarly, "no figures of 0001-01-01"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused_in_words(parameters, error, words):
    with pytest.raises(error, match=words):
        periods.read_period(parameters, today=TODAY)


def test_the_year_reaches_back_over_the_turn_of_the_year():
    assert periods.months_before(date(2026, 1, 1), 11) == date(2025, 2, 1)
    assert periods.months_before(date(2026, 12, 1), 11) == date(2026, 1, 1)


def test_every_month_and_day_that_a_period_touches_is_listed():
    assert list(periods.months(date(2025, 12, 31), date(2026, 2, 1))) == ["2025-12", "2026-01", "2026-02"]
    assert list(periods.days(date(2026, 2, 28), date(2026, 3, 1))) == ["2026-02-28", "2026-03-01"]
