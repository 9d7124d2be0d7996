"""What is in season is shown by month, by kind, and not when it is sold out or always there."""

import pytest
from django.utils import timezone

from marketplace.regulars.selectors.seasons import season
from tests.factories import ProduceFactory

pytestmark = pytest.mark.django_db


def test_a_month_shows_what_has_its_season_then(django_assert_num_queries):
    ProduceFactory(title="Dứa", category="fruit", season_months=[5, 6])
    ProduceFactory(title="Măng", category="vegetable", season_months=[6, 7])
    ProduceFactory(title="Mật ong", category="honey", season_months=list(range(1, 13)))
    ProduceFactory(title="Hết", category="fruit", season_months=[6], stock=0)

    with django_assert_num_queries(3):
        june = season(month=6, today=timezone.localdate())
    fruit = season(month=6, today=timezone.localdate(), category="fruit")

    assert sorted(card.name for card in june.cards) == ["Dứa", "Măng"]
    assert [month.products for month in june.months] == [0, 0, 0, 0, 1, 2, 1, 0, 0, 0, 0, 0]
    assert [(shelf.key, shelf.number) for shelf in june.shelves] == [("vegetable", 1), ("fruit", 1)]
    assert [card.name for card in fruit.cards] == ["Dứa"]


@pytest.mark.parametrize(
    "asked", ["", "?month=13", "?month=x", "?month=0&page=-1", "?page=99999&category=no"]
)
def test_nonsense_shows_this_month(visitor, asked):
    ProduceFactory(title="Rau", name_en="Greens", season_months=[timezone.localdate().month])

    answer = visitor.get(f"/season/{asked}")

    assert answer.status_code == 200
    assert "Greens" in answer.content.decode()
