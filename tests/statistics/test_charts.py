from dataclasses import dataclass

from marketplace.statistics import charts
from marketplace.statistics.tables import Row


def row(code: str, net_vnd: int | None) -> Row:
    hidden = net_vnd is None
    return Row(code, code, {}, suppressed=hidden, net_vnd=net_vnd, sellers=None if hidden else 3)


def test_ten_communes_are_five_classes_of_two_and_the_legend_names_their_ends():
    found = charts.shading([row(str(number), 100 * number) for number in range(1, 11)])

    assert found.css_classes == {
        "1": "map__c1", "2": "map__c1", "3": "map__c2", "4": "map__c2", "5": "map__c3",
        "6": "map__c3", "7": "map__c4", "8": "map__c4", "9": "map__c5", "10": "map__c5",
    }  # fmt: skip
    assert [(step.css_class, step.from_vnd, step.to_vnd) for step in found.legend] == [
        ("map__c1", 100, 200), ("map__c2", 300, 400), ("map__c3", 500, 600),
        ("map__c4", 700, 800), ("map__c5", 900, 1000),
    ]  # fmt: skip
    assert not found.has_hidden


def test_equal_sales_have_the_same_colour():
    found = charts.shading([row(code, 500) for code in "abcdefg"])

    assert set(found.css_classes.values()) == {"map__c1"}
    assert [(step.from_vnd, step.to_vnd) for step in found.legend] == [(500, 500)]


def test_the_largest_of_a_few_is_the_darkest():
    found = charts.shading([row("a", 10), row("b", 20)])

    assert found.css_classes == {"a": "map__c3", "b": "map__c5"}


def test_what_is_hidden_and_what_sold_nothing_have_classes_of_their_own():
    found = charts.shading([row("a", None), row("b", 0), row("c", -5), row("d", 7)])

    assert found.css_classes == {"a": "map__hidden", "b": "map__none", "c": "map__none", "d": "map__c5"}
    assert found.has_hidden


def test_bars_stand_on_zero_under_a_round_scale():
    chart = charts.month_bars([row("2025-12", 3_000_000), row("2026-01", 7_000_000)])

    assert [(tick.number, tick.y) for tick in chart.ticks] == [
        (0, "100.00%"), (2, "75.00%"), (4, "50.00%"), (6, "25.00%"), (8, "0.00%"),
    ]  # fmt: skip
    assert chart.unit == "million ₫"
    assert chart.zero == "100.00%"
    assert [(bar.x, bar.width, bar.y, bar.height, bar.middle) for bar in chart.bars] == [
        ("7.00%", "36.00%", "62.50%", "37.50%", "25.00%"),
        ("57.00%", "36.00%", "12.50%", "87.50%", "75.00%"),
    ]
    assert [(bar.label, bar.year) for bar in chart.bars] == [("12", ""), ("1", "2026")]


def test_a_month_of_more_refunds_than_sales_hangs_below_zero():
    chart = charts.month_bars([row("2026-01", 400), row("2026-02", -200)])

    assert [(tick.number, tick.y) for tick in chart.ticks] == [
        (-200, "100.00%"),
        (0, "66.67%"),
        (200, "33.33%"),
        (400, "0.00%"),
    ]
    assert chart.zero == "66.67%"
    assert (chart.bars[1].y, chart.bars[1].height) == ("66.67%", "33.33%")


def test_a_hidden_month_fills_the_height_and_says_nothing():
    chart = charts.month_bars([row("2026-01", None), row("2026-02", 50)])

    assert (chart.bars[0].y, chart.bars[0].height) == ("0.00%", "100.00%")
    assert chart.has_hidden


def test_months_without_sales_at_all_still_make_a_chart():
    chart = charts.month_bars([row("2026-01", 0)])

    assert [tick.number for tick in chart.ticks] == [0, 1]
    assert chart.bars[0].height == "0.00%"


def test_only_years_are_written_under_a_long_period():
    codes = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]

    chart = charts.month_bars([row(code, 5) for code in codes])

    assert {bar.label for bar in chart.bars} == {""}
    assert [bar.year for bar in chart.bars if bar.year] == ["2024", "2025"]


def test_a_share_is_measured_against_the_largest():
    found = charts.shares([row("a", 200), row("b", 50), row("c", None), row("d", -10)])

    assert [share.width for share in found] == ["100.00%", "25.00%", "0.00%", "0.00%"]


@dataclass(frozen=True)
class Place:
    name: str
    label_x: int
    label_y: int


def test_of_two_names_that_would_touch_the_first_is_written():
    large, small, far = Place("Mường Nhé", 100, 100), Place("Nậm Kè", 130, 110), Place("Na Sang", 130, 130)

    assert charts.labels_that_fit([large, small, far]) == {"Mường Nhé", "Na Sang"}
