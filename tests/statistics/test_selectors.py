import uuid
from datetime import date

import pytest

from marketplace.accounts.selectors import OfficialScope
from marketplace.statistics import selectors, services, summaries
from marketplace.statistics.errors import (
    BoundariesUnknown,
    BreakdownUnknown,
    DisclosureRuleMissing,
    KindUnknown,
    PeriodReversed,
    PeriodTooEarly,
    PeriodTooLong,
    UnitUnknown,
)
from marketplace.statistics.models import DisclosureRule
from marketplace.statistics.tables import Row
from tests.factories import SellerFactory, commune_named
from tests.statistics.orders import at, rice_of, room_in, sell, sell_from

PROVINCE = OfficialScope(whole_province=True, commune_codes=frozenset())
BEFORE_MERGER, AFTER_MERGER = date(2025, 6, 30), date(2025, 7, 1)
TWO_YEARS = {"first_day": date(2024, 7, 1), "last_day": date(2026, 6, 30)}

pytestmark = pytest.mark.usefixtures("province")


def figures(rows: list[Row]) -> dict[str, tuple]:
    """Rows with sales by name: net, orders, sellers, quantity."""
    return {
        row.name: (row.net_vnd, row.orders, row.sellers, row.quantity) for row in rows if row.sellers != 0
    }


def table(by="commune", boundaries="2025", scope=PROVINCE, **question):
    return selectors.sales(**TWO_YEARS | {"by": by, "boundaries": boundaries, "scope": scope} | question)


def test_every_commune_has_a_row_and_those_that_sold_nothing_are_zero():
    sell_from(commune_named("Mường Phăng"), 100_000, on=AFTER_MERGER, sellers=2)

    today, before = table(), table(boundaries="2024")

    assert len(today.rows) == 45
    assert figures(today.rows) == {"Mường Phăng": (200_000, 2, 2, 2)}
    assert len(before.rows) == 129 + 1
    assert figures(before.rows) == {"Former unit not known": (200_000, 2, 2, 2)}
    zero = today.rows[-1]
    assert (zero.net_vnd, zero.orders, zero.sellers, zero.quantity, zero.suppressed) == (0, 0, 0, 0, False)


def test_sales_from_before_the_merger_are_shown_on_both_boundaries_exactly():
    leng_su_sin = commune_named("Leng Su Sìn", BEFORE_MERGER)
    sen_thuong = commune_named("Sen Thượng", BEFORE_MERGER)
    sell_from(leng_su_sin, 100_000, on=BEFORE_MERGER)
    sell_from(leng_su_sin, 20_000, on=AFTER_MERGER)
    sell_from(sen_thuong, 3_000, on=AFTER_MERGER)

    today, before = table(), table(boundaries="2024")

    assert figures(today.rows) == {"Sín Thầu": (123_000, 3, 3, 3)}
    assert figures(before.rows) == {"Leng Su Sìn": (120_000, 2, 2, 2), "Sen Thượng": (3_000, 1, 1, 1)}
    assert len(before.rows) == 129


@pytest.mark.parametrize(
    ("code", "name_before", "name_today", "contains_before"),
    [
        ("03158", "Leng Su Sìn", "Sín Thầu", "Sín Thầu"),
        ("03166", "Chà Cang", "Mường Chà", "Mường Chà"),
        ("03172", "Mường Chà", "Na Sang", "Na Sang"),
        ("03356", "Pom Lót", "Sam Mứn", "Sam Mứn"),
        ("03226", "Tả Sìn Thàng", "Sín Chải", "Sín Chải"),
        ("03349", "Noong Luống", "Thanh Yên", "Thanh Yên"),
        ("03176", "Vàng Đán", "Nà Bủng", "Nà Bủng"),
        ("03334", None, "Mường Thanh", "Mường Thanh"),
    ],
)
def test_a_code_that_was_used_again_names_another_unit_on_each_boundary(
    code, name_before, name_today, contains_before
):
    today = {row.code: row.name for row in table().rows}
    before = {row.code: row.name for row in table(boundaries="2024").rows}

    assert today[code] == name_today
    if name_before is not None:
        assert before[code] == name_before
        assert commune_named(name_before, BEFORE_MERGER).became.new.name == contains_before


def test_a_unit_whose_name_moved_is_counted_where_it_lies_not_where_its_name_went():
    sell_from(commune_named("Mường Thanh", BEFORE_MERGER), 700_000, on=BEFORE_MERGER)
    sell_from(commune_named("Sam Mứn", BEFORE_MERGER), 50_000, on=BEFORE_MERGER)

    today, before = table(), table(boundaries="2024")

    assert figures(today.rows) == {"Điện Biên Phủ": (700_000, 1, 1, 1), "Thanh An": (50_000, 1, 1, 1)}
    assert figures(before.rows) == {"Mường Thanh": (700_000, 1, 1, 1), "Sam Mứn": (50_000, 1, 1, 1)}


def test_both_days_of_the_period_are_included_and_none_beyond():
    phang = commune_named("Mường Phăng")
    for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)):
        sell_from(phang, 1_000 * day.day, on=day)

    march = table(first_day=date(2026, 3, 1), last_day=date(2026, 3, 31))

    assert march.total.net_vnd == 32_000


def test_orders_and_sellers_are_counted_once_however_many_lines_kinds_and_days_they_have():
    seller = SellerFactory(commune=commune_named("Mường Phăng"))
    rice = rice_of(seller.unit, seller=seller)
    room = room_in(seller.unit, seller=seller)
    sell((rice, 2, 100_000), (rice, 1, 50_000), (room, 3, 900_000), on=AFTER_MERGER)
    sell((rice, 1, 50_000), on=date(2025, 7, 2))

    by_kind = table("kind")

    assert figures(by_kind.rows) == {"nights": (900_000, 1, 1, 6), "goods": (200_000, 2, 1, 4)}
    assert (by_kind.total.net_vnd, by_kind.total.orders, by_kind.total.sellers) == (1_100_000, 2, 1)


def test_a_refund_lowers_the_month_it_was_paid_back_in():
    (sale,) = sell((rice_of(commune_named("Mường Phăng")), 2, 350_000), on=date(2025, 12, 31))
    services.write_refund(
        order_id=sale.order_id,
        amounts_vnd=None,
        refund_id=uuid.UUID(int=1),
        refunded_at=at(date(2026, 1, 1)),
    )
    summaries.keep()

    december, january = [row for row in table("month").rows if row.sellers]

    assert (december.code, december.net_vnd, december.orders, december.quantity) == ("2025-12", 350_000, 1, 2)
    assert (january.code, january.net_vnd, january.orders, january.quantity) == ("2026-01", -350_000, 0, -2)
    assert (january.sold_vnd, january.refunded_vnd) == (0, 350_000)


def test_months_and_days_without_sales_are_shown_oldest_first():
    sell_from(commune_named("Mường Phăng"), 100_000, on=date(2026, 2, 28))

    months = table("month", first_day=date(2025, 12, 24), last_day=date(2026, 3, 1)).rows
    days = table("day", first_day=date(2026, 2, 27), last_day=date(2026, 3, 1)).rows

    assert [(row.code, row.net_vnd) for row in months] == [
        ("2025-12", 0), ("2026-01", 0), ("2026-02", 100_000), ("2026-03", 0),
    ]  # fmt: skip
    assert [(row.code, row.net_vnd) for row in days] == [
        ("2026-02-27", 0), ("2026-02-28", 100_000), ("2026-03-01", 0),
    ]  # fmt: skip


def test_two_breakdowns_are_crossed_and_only_what_sold_has_a_row():
    rice, room = rice_of(commune_named("Sín Chải")), room_in(commune_named("Mường Phăng"))
    sell((rice, 1, 175_000), on=AFTER_MERGER)
    sell((room, 1, 600_000), on=AFTER_MERGER)

    rows = table("commune,group").rows

    assert [(row.name, row.further, row.net_vnd) for row in rows] == [
        ("Mường Phăng", {"group": "stay", "group_name": "Stays"}, 600_000),
        ("Sín Chải", {"group": "rice", "group_name": "Rice"}, 175_000),
    ]


def test_one_commune_and_one_kind_can_be_taken_out_of_a_table():
    phang = commune_named("Mường Phăng")
    sell((rice_of(phang), 1, 175_000), (room_in(phang), 1, 600_000), on=AFTER_MERGER)
    sell_from(commune_named("Sín Chải"), 1_000, on=AFTER_MERGER)

    groups = table("group", commune="03325", kind="nights")

    assert figures(groups.rows) == {"Stays": (600_000, 1, 1, 2)}
    assert groups.total.net_vnd == 600_000


def test_a_commune_is_meant_by_its_code_on_the_boundaries_asked_for():
    sell_from(commune_named("Leng Su Sìn", BEFORE_MERGER), 100_000, on=AFTER_MERGER)
    sell_from(commune_named("Sen Thượng", BEFORE_MERGER), 20_000, on=AFTER_MERGER)

    sin_thau = table("commune", commune="03158")
    leng_su_sin = table("commune", commune="03158", boundaries="2024")

    assert [(row.name, row.net_vnd) for row in sin_thau.rows] == [("Sín Thầu", 120_000)]
    assert [(row.name, row.net_vnd) for row in leng_su_sin.rows] == [("Leng Su Sìn", 100_000)]
    assert (sin_thau.total.net_vnd, leng_su_sin.total.net_vnd) == (120_000, 100_000)


def test_the_total_of_all_sales_is_one_number():
    assert selectors.total_net_vnd(**TWO_YEARS) == 0
    sell_from(commune_named("Mường Phăng"), 70_000, on=AFTER_MERGER, sellers=2)

    assert selectors.total_net_vnd(**TWO_YEARS) == 140_000


@pytest.mark.parametrize(("by", "queries"), [("commune", 5), ("commune,month", 5), ("month", 2), ("kind", 2)])
@pytest.mark.parametrize("boundaries", ["2025", "2024"])
@pytest.mark.parametrize("communes", [["Mường Phăng"], ["Sín Chải", "Thanh Yên", "Búng Lao", "Nà Tấu"]])
def test_a_table_costs_one_aggregate_and_a_few_small_queries(
    by, queries, boundaries, communes, django_assert_num_queries
):
    for name in communes:
        sell_from(commune_named(name), 100_000, on=AFTER_MERGER, sellers=3)

    with django_assert_num_queries(queries):
        table(by, boundaries)


def test_both_boundaries_together_cost_one_aggregate(django_assert_num_queries):
    sell_from(commune_named("Mường Phăng"), 100_000, on=AFTER_MERGER, sellers=3)

    with django_assert_num_queries(6):
        today, before = selectors.sales_on_both(**TWO_YEARS, by="commune")

    assert (today.boundaries, before.boundaries) == ("2025", "2024")
    assert today.total == before.total


@pytest.mark.parametrize(
    ("question", "error", "words"),
    [
        ({"boundaries": "1975"}, BoundariesUnknown, "no boundaries “1975”. Known are 2025, 2024"),
        ({"by": "district"}, BreakdownUnknown, "by “district”. Give one to 2 different ones"),
        ({"by": "month,month"}, BreakdownUnknown, "by “month,month”"),
        ({"by": "commune,month,kind"}, BreakdownUnknown, "Give one to 2"),
        ({"by": ""}, BreakdownUnknown, "by “”"),
        ({"kind": "cattle"}, KindUnknown, "“cattle” is sold. Known are goods, nights, seats"),
        ({"commune": "03124"}, UnitUnknown, "No commune has the code “03124” on the boundaries of 2025"),
        (
            {"first_day": date(2026, 7, 1)},
            PeriodReversed,
            "ends on 2026-06-30, before it begins on 2026-07-01",
        ),
        ({"first_day": date(1954, 5, 7)}, PeriodTooEarly, "no figures of 1954-05-07"),
        ({"last_day": date(4024, 1, 1)}, PeriodTooLong, "longer than the 3660 days"),
        ({"by": "day"}, PeriodTooLong, "longer than the 400 days"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_words(question, error, words):
    with pytest.raises(error, match=words):
        table(**question)


def test_without_a_rule_nothing_is_published():
    DisclosureRule.objects.all().delete()

    with pytest.raises(DisclosureRuleMissing, match="No disclosure rule is valid on 2026-06-30"):
        table()
