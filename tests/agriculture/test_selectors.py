"""What the farms have for sale is narrowed and sorted as asked, in one query."""

from datetime import UTC, datetime

import pytest

from agriculture.selectors import (
    Sort,
    find,
    in_order,
    in_stock,
    number_by_category,
    number_by_commune,
    on_sale,
)
from tests.factories import CommuneFactory, ProduceFactory

pytestmark = pytest.mark.django_db


def titles(rows) -> list[str]:
    return list(rows.values_list("product__title", flat=True))


def test_produce_is_narrowed_by_commune_shelf_month_and_words_together():
    here, there = CommuneFactory(), CommuneFactory()
    facts = {"title": "Chè shan tuyết", "category": "tea", "season_months": [3, 4], "commune": here}
    ProduceFactory(**facts)
    ProduceFactory(**facts | {"commune": there})
    ProduceFactory(**facts | {"category": "herb"})
    ProduceFactory(**facts | {"season_months": [5]})
    ProduceFactory(**facts | {"title": "Chè dây"})

    rows = on_sale(hits=find("che shan"), commune_id=here.pk, category="tea", month=4)

    assert titles(rows) == ["Chè shan tuyết"]
    assert rows.get().product.origin.commune == here


def test_what_is_hidden_or_has_no_price_is_not_for_sale():
    ProduceFactory(title="Gạo ẩn", is_public=False)
    unpriced = ProduceFactory(title="Gạo chưa có giá")
    unpriced.product.stockrecords.update(price=None)

    assert titles(on_sale()) == []


def test_what_is_set_aside_for_orders_is_not_left_in_stock():
    produce = ProduceFactory(stock=10, price_vnd=45_000)
    produce.product.stockrecords.update(num_allocated=4)
    ProduceFactory(stock=0)

    row = in_stock(on_sale()).get()

    assert (row.stock_left, int(row.price)) == (6, 45_000)


def test_lists_are_sorted_by_age_by_price_and_by_name_without_accents():
    ProduceFactory(title="Ổi", name_en="Guava", price_vnd=30_000, listed_at=datetime(2026, 1, 1, tzinfo=UTC))
    ProduceFactory(title="Na", name_en="Annona", price_vnd=20_000, listed_at=datetime(2026, 1, 3, tzinfo=UTC))
    ProduceFactory(title="Đào", name_en="", price_vnd=40_000, listed_at=datetime(2026, 1, 2, tzinfo=UTC))

    newest, cheapest, by_name, in_english = (
        titles(in_order(on_sale(), sort, english=english))
        for sort, english in [("", False), (Sort.PRICE, False), (Sort.NAME, False), (Sort.NAME, True)]
    )

    assert newest == ["Na", "Đào", "Ổi"]
    assert cheapest == ["Na", "Ổi", "Đào"]
    assert by_name == ["Đào", "Na", "Ổi"]
    assert sorted(in_english) == ["Na", "Đào", "Ổi"]
    assert in_english.index("Na") < in_english.index("Ổi")  # Annona before Guava


def test_a_search_shows_first_what_is_called_so_and_then_what_is_sold_by_someone_called_so():
    village = CommuneFactory(name="Mật Mông")
    ProduceFactory(title="Ngô nếp", commune=village, listed_at=datetime(2026, 1, 2, tzinfo=UTC))
    ProduceFactory(title="Mật ong rừng", listed_at=datetime(2026, 1, 1, tzinfo=UTC))

    hits = find("mat")
    rows = in_order(on_sale(hits=hits), hits=hits)

    assert titles(rows) == ["Mật ong rừng", "Ngô nếp"]


def test_shelves_and_communes_are_counted_in_one_query_each(django_assert_num_queries):
    here, there = CommuneFactory(), CommuneFactory()
    for category, commune in [("rice", here), ("rice", there), ("tea", here)]:
        ProduceFactory(category=category, commune=commune)

    with django_assert_num_queries(2):
        shelves, communes = number_by_category(on_sale()), number_by_commune(on_sale())

    assert shelves == {"rice": 2, "tea": 1}
    assert communes == {here.pk: 2, there.pk: 1}
