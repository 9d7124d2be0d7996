from datetime import date

import pytest

from marketplace.statistics import cube
from tests.factories import SellerFactory, commune_named
from tests.statistics.orders import rice_of, room_in, sell

OLD_DAY = date(2025, 6, 30)
DAYS = {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 31)}


@pytest.mark.parametrize(
    ("first_day", "last_day", "days", "months"),
    [
        ("2026-03-01", "2026-03-31", [], [("2026-03-01", "2026-03-31")]),
        ("2026-03-02", "2026-03-31", [("2026-03-02", "2026-03-31")], []),
        ("2026-03-01", "2026-03-30", [("2026-03-01", "2026-03-30")], []),
        ("2026-03-31", "2026-04-01", [("2026-03-31", "2026-04-01")], []),
        (
            "2025-12-15",
            "2026-03-01",
            [("2025-12-15", "2025-12-31"), ("2026-03-01", "2026-03-01")],
            [("2026-01-01", "2026-02-28")],
        ),
        ("2025-01-01", "2026-02-10", [("2026-02-01", "2026-02-10")], [("2025-01-01", "2026-01-31")]),
    ],
)
def test_whole_months_are_counted_from_months_and_the_rest_from_days(first_day, last_day, days, months):
    def as_dates(pairs):
        return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in pairs]

    source = cube._source(date.fromisoformat(first_day), date.fromisoformat(last_day), by_day=False)

    assert source == {"days": as_dates(days), "months": as_dates(months)}


def test_by_day_everything_is_counted_from_days():
    source = cube._source(**DAYS, by_day=True)

    assert source == {"days": [(DAYS["first_day"], DAYS["last_day"])], "months": []}


@pytest.mark.usefixtures("province")
@pytest.mark.parametrize("later", [(), (date(2026, 3, 11),), (date(2026, 4, 1),)])
def test_a_month_that_goes_on_counts_up_to_the_day_asked_for_whatever_was_sold_later(later):
    rice = rice_of(commune_named("Mường Phăng"))
    for day in (date(2026, 1, 5), date(2026, 3, 1), date(2026, 3, 10), *later):
        sell((rice, 1, 20_000), on=day)

    found = cube.count(
        first_day=date(2026, 1, 1), last_day=date(2026, 3, 10), breakdowns=["month"], min_sellers=0
    )

    assert {key: (cell.net_vnd, cell.orders, cell.sellers) for key, cell in found.cells.items()} == {
        (None,): (60_000, 3, 1),
        ("2026-01",): (20_000, 1, 1),
        ("2026-03",): (40_000, 2, 1),
    }


@pytest.mark.usefixtures("province")
class TestOrdersAndSellers:
    def test_an_order_of_two_groups_counts_once_in_its_kind_and_once_in_all(self):
        seller = SellerFactory(commune=commune_named("Mường Phăng"))
        rice, tea = (rice_of(seller.unit, seller=seller, category=category) for category in ("rice", "tea"))
        sell(
            (tea, 1, 30_000),
            (rice, 1, 20_000),
            (room_in(seller.unit, seller=seller), 1, 600_000),
            on=date(2026, 3, 4),
        )

        found = cube.count(**DAYS, breakdowns=["kind", "group"], min_sellers=0)

        assert {key: cell.orders for key, cell in found.cells.items() if key[0] in (None, "goods")} == {
            (None, None): 1,
            (None, "rice"): 1,
            (None, "stay"): 1,
            (None, "tea"): 1,
            ("goods", None): 1,
            ("goods", "rice"): 1,
            ("goods", "tea"): 1,
        }

    def test_an_order_and_a_seller_of_two_former_units_count_in_both_and_the_person_once(self):
        first, second = (commune_named(name, OLD_DAY) for name in ("Leng Su Sìn", "Sen Thượng"))
        seller = SellerFactory(commune=first)
        one, other = (rice_of(unit, seller=seller) for unit in (first, second))
        sell((one, 1, 20_000), (other, 1, 30_000), on=date(2026, 3, 4))

        found = cube.count(**DAYS, breakdowns=["2025", "2024"], min_sellers=3)

        total = found.cells[None, None]
        assert (total.net_vnd, total.orders, total.sellers, total.persons) == (50_000, 2, 2, 1)
        assert found.cells[first.became.new_id, None] == total
        assert (None, None) in found.hidden
