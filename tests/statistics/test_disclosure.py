from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.selectors import NOTHING, OfficialScope
from marketplace.statistics import cube, disclosure, selectors
from marketplace.statistics.models import DisclosureRule
from marketplace.statistics.tables import Table
from tests.factories import commune_named
from tests.statistics.orders import room_in, sell, sell_from

DAY, OLD_DAY = date(2026, 11, 3), date(2025, 6, 30)
PROVINCE = OfficialScope(whole_province=True, commune_codes=frozenset())
OF_MUONG_PHANG = OfficialScope(whole_province=False, commune_codes=frozenset({"03325"}))
HIDDEN = (None, None, None, None, None, None, True)


def table(by="commune", boundaries="2025", scope=NOTHING, **question) -> Table:
    return selectors.sales(boundaries=boundaries, first_day=DAY, last_day=DAY, by=by, scope=scope, **question)


def shown(found: Table) -> dict[str, int]:
    return {row.name: row.net_vnd for row in found.rows if not row.suppressed and row.sellers}


def hidden(found: Table) -> set[str]:
    return {row.name for row in found.rows if row.suppressed}


@pytest.mark.usefixtures("province")
class TestPublicTables:
    def test_a_commune_of_fewer_than_three_sellers_is_hidden_and_one_of_three_is_shown(self):
        for name, sellers in (("Mường Phăng", 3), ("Sín Chải", 2), ("Búng Lao", 1), ("Nà Tấu", 4)):
            sell_from(commune_named(name), 100_000, on=DAY, sellers=sellers)

        found = table()

        assert shown(found) == {"Nà Tấu": 400_000, "Mường Phăng": 300_000}
        assert hidden(found) == {"Sín Chải", "Búng Lao"}
        assert found.total.net_vnd == 1_000_000
        row = next(row for row in found.rows if row.name == "Sín Chải")
        assert (
            row.net_vnd, row.sold_vnd, row.refunded_vnd,
            row.orders, row.sellers, row.quantity, row.suppressed,
        ) == HIDDEN  # fmt: skip

    def test_a_single_hidden_commune_hides_the_smallest_other_because_the_total_is_public(self):
        for name, sellers in (("Mường Phăng", 3), ("Sín Chải", 1), ("Nà Tấu", 5)):
            sell_from(commune_named(name), 100_000, on=DAY, sellers=sellers)

        found = table()

        assert shown(found) == {"Nà Tấu": 500_000}
        assert hidden(found) == {"Mường Phăng", "Sín Chải"}
        assert found.total.net_vnd == 900_000

    def test_the_only_commune_that_sold_hides_the_total_with_it(self):
        sell_from(commune_named("Sín Chải"), 100_000, on=DAY, sellers=2)

        found = table()

        assert hidden(found) == {"Sín Chải"}
        assert (found.total.net_vnd, found.total.suppressed) == (None, True)

    def test_that_a_commune_sold_nothing_is_public(self):
        sell_from(commune_named("Sín Chải"), 100_000, on=DAY)

        zeros = [row for row in table().rows if not row.suppressed]

        assert len(zeros) == 44
        assert {(row.net_vnd, row.orders, row.sellers, row.quantity) for row in zeros} == {(0, 0, 0, 0)}

    def test_the_place_of_a_hidden_row_says_nothing_about_its_size(self):
        for name, amount_vnd, sellers in (("Nà Tấu", 10, 3), ("Búng Lao", 9_000_000, 1), ("Sín Chải", 1, 1)):
            sell_from(commune_named(name), amount_vnd, on=DAY, sellers=sellers)

        rows = table().rows[:3]

        assert [row.name for row in rows] == ["Nà Tấu", "Sín Chải", "Búng Lao"]  # by code: 03226, 03289

    def test_a_former_unit_cannot_be_calculated_from_the_commune_it_became_a_part_of(self):
        """Elsewhere hidden units would satisfy a rule that only looks at the sum of the whole table."""
        sen_thuong, leng_su_sin = (commune_named(name, OLD_DAY) for name in ("Sen Thượng", "Leng Su Sìn"))
        sell_from(leng_su_sin, 100_000, on=DAY, sellers=1)
        sell_from(sen_thuong, 100_000, on=DAY, sellers=5)
        sell_from(commune_named("Pu Nhi", OLD_DAY), 100_000, on=DAY, sellers=2)
        sell_from(commune_named("Nong U", OLD_DAY), 100_000, on=DAY, sellers=6)

        today, before = table(), table(boundaries="2024")

        assert shown(today) == {"Pu Nhi": 800_000, "Sín Thầu": 600_000}
        assert hidden(before) == {"Leng Su Sìn", "Sen Thượng", "Pu Nhi", "Nong U"}

    def test_the_two_figures_of_one_commune_do_not_betray_each_other(self):
        for name in ("Mường Phăng", "Sín Chải"):
            sell_from(commune_named(name), 100_000, on=DAY, sellers=5)
        sell((room_in(commune_named("Mường Phăng")), 1, 900_000), on=DAY)

        by_both = table("commune,kind")

        assert hidden(by_both) == {"Mường Phăng"}
        assert {row.further["kind"] for row in by_both.rows if row.suppressed} == {"goods", "nights"}

    def test_a_part_taken_out_of_a_table_hides_what_the_whole_table_hides(self):
        for name, sellers in (("Mường Phăng", 3), ("Sín Chải", 1), ("Nà Tấu", 5)):
            sell_from(commune_named(name), 100_000, on=DAY, sellers=sellers)

        asked_alone = table(commune="03325")

        assert [(row.name, row.suppressed) for row in asked_alone.rows] == [("Mường Phăng", True)]
        assert asked_alone.total.suppressed

    def test_the_rule_in_force_on_the_last_day_decides(self):
        for name in ("Mường Phăng", "Sín Chải", "Nà Tấu"):
            sell_from(commune_named(name), 100_000, on=DAY, sellers=3)
        DisclosureRule.objects.create(valid_from=DAY, min_sellers=4, source="a decision of the province")

        found = table()

        assert found.question.min_sellers == 4
        assert hidden(found) == {"Mường Phăng", "Sín Chải", "Nà Tấu"}
        assert found.total.net_vnd == 900_000

    def test_the_first_rule_is_that_of_the_handbook(self):
        rule = selectors.disclosure_rule(date(2020, 1, 1))

        assert rule.min_sellers == 3
        assert "Handbook on Statistical Disclosure Control" in rule.source


@pytest.mark.usefixtures("province")
class TestOfficials:
    def test_the_province_sees_every_figure(self):
        sell_from(commune_named("Sín Chải"), 100_000, on=DAY)
        sell_from(commune_named("Leng Su Sìn", OLD_DAY), 20_000, on=DAY)

        today, before = table(scope=PROVINCE), table(scope=PROVINCE, boundaries="2024")

        assert shown(today) == {"Sín Chải": 100_000, "Sín Thầu": 20_000}
        assert shown(before) == {"Former unit not known": 100_000, "Leng Su Sìn": 20_000}
        assert today.total.net_vnd == before.total.net_vnd == 120_000

    def test_an_official_of_a_commune_sees_that_commune_in_full_and_no_other(self):
        for name in ("Mường Phăng", "Sín Chải"):
            sell_from(commune_named(name), 100_000, on=DAY)
        sell((room_in(commune_named("Mường Phăng")), 1, 900_000), on=DAY)

        by_kind = table("commune,kind", scope=OF_MUONG_PHANG)
        own_months = table("month", scope=OF_MUONG_PHANG, commune="03325")

        assert hidden(table(scope=OF_MUONG_PHANG)) == {"Sín Chải"}
        assert [(row.name, row.further["kind"], row.net_vnd) for row in by_kind.rows] == [
            ("Mường Phăng", "nights", 900_000),
            ("Mường Phăng", "goods", 100_000),
            ("Sín Chải", "goods", None),
        ]
        assert own_months.total.net_vnd == 1_000_000

    def test_an_official_of_a_commune_sees_the_former_units_that_became_part_of_it(self):
        for name in ("Pá Khoang", "Leng Su Sìn"):
            sell_from(commune_named(name, OLD_DAY), 100_000, on=DAY)

        before = table(scope=OF_MUONG_PHANG, boundaries="2024")

        assert shown(before) == {"Pá Khoang": 100_000}
        assert hidden(before) == {"Leng Su Sìn"}

    def test_an_official_of_a_commune_does_not_see_a_former_unit_that_had_its_code(self):
        scope = OfficialScope(whole_province=False, commune_codes=frozenset({"03158"}))  # Sín Thầu
        elsewhere = OfficialScope(whole_province=False, commune_codes=frozenset({"03166"}))  # Mường Chà
        sell_from(commune_named("Leng Su Sìn", OLD_DAY), 100_000, on=DAY)  # 03158 before the merger
        sell_from(commune_named("Mường Chà", OLD_DAY), 50_000, on=DAY)  # 03172, now in Na Sang

        own = table(scope=scope, boundaries="2024")
        others = table(scope=elsewhere, boundaries="2024")

        assert shown(own) == {"Leng Su Sìn": 100_000}
        assert shown(others) == {}

    def test_figures_of_the_whole_province_are_hidden_from_an_official_of_a_commune_too(self):
        sell_from(commune_named("Mường Phăng"), 100_000, on=DAY)

        assert table("kind", scope=OF_MUONG_PHANG).rows[0].suppressed
        assert not table("kind", scope=PROVINCE).rows[0].suppressed


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 4), st.sampled_from("abc")), st.tuples(st.integers(1, 5), st.integers(0, 50))
    )
)
def test_no_published_sum_ever_gives_a_hidden_cell_away(finest):
    """``finest`` holds sellers and đồng; sellers of different cells are different people here."""
    sellers: dict[cube.Key, int] = {}
    net_vnd: dict[cube.Key, int] = {}
    for (row, column), (count, amount_vnd) in finest.items():
        for key in ((row, column), (row, None), (None, column), (None, None)):
            sellers[key] = sellers.get(key, 0) + count
            net_vnd[key] = net_vnd.get(key, 0) + amount_vnd
    sums = cube._sums(("month", "kind"), sellers)

    found = disclosure.hidden_cells(sellers=sellers, net_vnd=net_vnd, sums=sums, min_sellers=3)

    assert all(count >= 3 for key, count in sellers.items() if key not in found)
    for equation in sums:
        assert sum(key in found for key in (equation.whole, *equation.parts)) != 1
