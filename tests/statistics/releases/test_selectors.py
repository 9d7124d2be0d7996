from datetime import date

import pytest

from marketplace.statistics.releases import selectors
from tests.factories import commune_named
from tests.statistics.orders import room_in, sell, sell_from
from tests.statistics.releases.test_services import FEBRUARY, JANUARY, MARCH, release

pytestmark = pytest.mark.usefixtures("province")

LAST = {JANUARY: date(2026, 1, 31), FEBRUARY: date(2026, 2, 28), MARCH: date(2026, 3, 31)}


def asked(first=JANUARY, last=FEBRUARY, by="commune", boundaries="2025", **question) -> selectors.Answer:
    return selectors.sales(boundaries=boundaries, first_day=first, last_day=LAST[last], by=by, **question)


def shown(answer: selectors.Answer) -> dict[str, int]:
    return {row.name: row.net_vnd for row in answer.table.rows if row.net_vnd}


@pytest.fixture
def two_months() -> None:
    for month in (JANUARY, FEBRUARY):
        for name in ("Mường Phăng", "Nà Tấu"):
            sell_from(commune_named(name), 100_000, on=month, sellers=5)
        release(month)


def test_a_period_is_the_sum_of_released_months(two_months):
    both, one = asked(), asked(first=FEBRUARY)

    assert shown(both) == {"Mường Phăng": 1_000_000, "Nà Tấu": 1_000_000}
    assert shown(one) == {"Mường Phăng": 500_000, "Nà Tấu": 500_000}
    assert (both.table.total.net_vnd, both.table.total.orders, both.table.total.sellers) == (
        2_000_000,
        20,
        20,
    )
    assert both.note == ""


def test_the_year_to_date_shows_what_its_months_withhold():
    for month, sellers in ((JANUARY, 1), (FEBRUARY, 1), (MARCH, 4)):
        sell_from(commune_named("Sín Chải"), 100_000, on=month, sellers=sellers)
        sell_from(commune_named("Nà Tấu"), 900_000, on=month, sellers=6)
        release(month)

    months = asked(by="month", last=MARCH, commune=commune_named("Sín Chải").code)

    assert [row.suppressed for row in months.table.rows][:2] == [True, True]
    # One household sold in January and one in February: March may only be shown if the year is not, or so.
    assert "could be calculated" in months.note


def test_both_boundaries_kinds_and_groups_are_answered_from_their_tables(two_months):
    assert {row.net_vnd for row in asked(by="commune", boundaries="2024").table.rows} == {0, 2_000_000}
    assert shown(asked(by="kind")) == {"goods": 2_000_000}
    assert [row.net_vnd for row in asked(by="group").table.rows if row.net_vnd] == [2_000_000]
    crossed = asked(by="commune,month", kind="goods").table.rows
    assert {(row.name, row.further["month"], row.net_vnd) for row in crossed} == {
        (name, month, 500_000) for name in ("Mường Phăng", "Nà Tấu") for month in ("2026-01", "2026-02")
    }


def test_a_day_and_a_detail_without_a_table_are_suppressed_and_the_note_says_why(two_months):
    by_day = asked(by="day")
    by_group = asked(by="commune,group")

    assert len(by_day.table.rows) == 59
    assert all(row.suppressed for row in by_day.table.rows)
    assert "No table with this detail is published" in by_day.note
    assert by_day.table.total.net_vnd == 2_000_000
    assert all(row.suppressed for row in by_group.table.rows)


def test_a_month_that_is_not_released_suppresses_the_sum_and_is_named(two_months):
    answer = asked(last=MARCH)

    assert all(row.suppressed for row in answer.table.rows)
    assert answer.table.total.suppressed
    assert answer.note == "Not every month of this period is released yet: 2026-03."


def test_a_part_of_a_month_is_not_told(two_months):
    answer = selectors.sales(boundaries="2025", first_day=JANUARY, last_day=date(2026, 2, 27), by="commune")

    assert answer.table.total.suppressed
    assert answer.note.startswith("Public figures are those of whole months")


def test_asking_costs_the_same_number_of_queries_for_one_month_and_for_two(
    two_months, django_assert_num_queries
):
    for first in (JANUARY, FEBRUARY):
        with django_assert_num_queries(4):
            asked(first=first)


def test_nights_are_a_kind_of_their_own():
    for _ in range(4):
        sell((room_in(commune_named("Mường Phăng")), 1, 700_000), on=JANUARY)
    release(JANUARY)

    assert shown(asked(last=JANUARY, by="kind")) == {"nights": 2_800_000}
    assert shown(asked(last=JANUARY, by="group")) == {"Stays": 2_800_000}
