from datetime import date

import pytest

from marketplace.accounts.selectors import NOTHING, OfficialScope
from marketplace.statistics import daily, exports
from marketplace.statistics.errors import PeriodReversed
from tests.factories import commune_named
from tests.statistics.orders import sell_from

FIRST, SECOND = date(2026, 11, 3), date(2026, 11, 4)
PROVINCE = OfficialScope(whole_province=True, commune_codes=frozenset())

pytestmark = pytest.mark.usefixtures("province")


@pytest.fixture
def sold():
    """From a unit of before the merger, and from a commune of today."""
    sell_from(commune_named("Pá Khoang", date(2025, 6, 30)), 100_000, on=FIRST, sellers=2)
    sell_from(commune_named("Sín Chải"), 70_000, on=SECOND)


def test_the_province_has_a_row_for_each_day_unit_and_group_oldest_first(sold, django_assert_num_queries):
    with django_assert_num_queries(3):
        rows = list(daily.rows(first_day=FIRST, last_day=SECOND, scope=PROVINCE))

    former = ("03326", "Xã Pá Khoang", "03325", "Xã Mường Phăng")
    assert rows == [
        (FIRST, *former, "goods", "rice", 200_000, 200_000, 0, 2, 2, 2),
        (SECOND, "03226", "Xã Sín Chải", "03226", "Xã Sín Chải", "goods", "rice", 70_000, 70_000, 0, 1, 1, 1),
    ]


def test_an_official_of_a_commune_has_its_rows_only_and_a_stranger_none(sold):
    commune = OfficialScope(whole_province=False, commune_codes=frozenset({"03226"}))

    of_commune = list(daily.rows(first_day=FIRST, last_day=SECOND, scope=commune))

    assert [row[1] for row in of_commune] == ["03226"]
    assert list(daily.rows(first_day=FIRST, last_day=SECOND, scope=NOTHING)) == []


def test_a_long_period_is_read_week_by_week(sold, django_assert_num_queries):
    with django_assert_num_queries(2 + 3):  # 15 days
        rows = list(daily.rows(first_day=date(2026, 10, 21), last_day=SECOND, scope=PROVINCE))

    assert [row[0] for row in rows] == [FIRST, SECOND]


def test_a_period_that_ends_before_it_begins_is_refused_before_the_first_row():
    with pytest.raises(PeriodReversed):
        daily.rows(first_day=SECOND, last_day=FIRST, scope=PROVINCE)


def test_a_long_file_is_written_in_parts_and_is_the_same_as_in_one():
    rows = [(number, "Xã Sín Chải", None) for number in range(1_201)]

    parts = list(exports.csv_parts(("n", "name", "none"), rows, bom=True))

    assert parts[0] == "\ufeff"
    assert len(parts) == 1 + 3 + 1
    assert "".join(parts).count("\r\n") == 1 + 1_201


def test_what_a_spreadsheet_would_take_for_a_formula_is_written_as_text():
    text = "".join(exports.csv_parts(("name", "n"), [("=1+1", -5)]))

    assert text == "name,n\r\n'=1+1,-5\r\n"
