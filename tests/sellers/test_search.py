"""What is for sale is found by words without accents, and nothing typed can break the search."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.sellers import search
from marketplace.sellers.models import Origin
from tests.factories import ProduceFactory, SellerFactory, commune_named, load_province

pytestmark = pytest.mark.django_db
BEFORE_THE_MERGER = date(2025, 6, 30)


def found(text: str) -> list[str]:
    hits = search.find(text)
    rows = Origin.objects.filter(pk__among=hits.ids).order_by("product__title")
    return list(rows.values_list("product__title", flat=True))


@pytest.mark.parametrize(
    "typed", ["cà phê", "ca phe", "CÀ PHÊ", "phê cà", "ca ph", "arabica coffee", "giang a pao"]
)
def test_produce_is_found_with_and_without_accents_by_its_names_and_its_seller(typed):
    seller = SellerFactory(name="Hộ ông Giàng A Páo")
    ProduceFactory(title="Cà phê Mường Ảng", name_en="Arabica coffee", category="coffee", seller=seller)
    ProduceFactory(title="Gạo tám", name_en="Tam rice")

    titles = found(typed)

    assert titles == ["Cà phê Mường Ảng"]


def test_produce_is_found_by_the_old_and_the_new_name_of_where_it_comes_from():
    load_province()
    old_ward = commune_named("Noong Bua", BEFORE_THE_MERGER)
    ProduceFactory(title="Rau cải mèo", commune=old_ward)

    by_old_name, by_new_name = found("noong bua"), found("muong thanh")

    assert (by_old_name, by_new_name) == (["Rau cải mèo"], ["Rau cải mèo"])


@pytest.mark.parametrize("typed", ["", "  ", "&|!", "ꪣꪳ", "\x00", "':*"])
def test_text_without_a_word_asks_for_nothing(typed):
    assert search.find(typed) is None


@pytest.mark.parametrize(
    "typed", ["gao & !tam", "gao:*A", "(gao", "gao <-> tam", "gao'); --", "gao\\", "gao\x00"]
)
def test_operators_are_read_as_spaces(typed):
    ProduceFactory(title="Gạo tám A1")

    titles = found(typed)

    assert titles in (["Gạo tám A1"], [])  # and never an error


def test_a_long_text_is_cut_to_the_words_that_narrow_it():
    assert len(search.words_of("gạo " * 5_000)) == search.WORDS_MAX


def test_the_search_uses_its_index():
    ProduceFactory(title="Gạo tám")
    with CaptureQueriesContext(connection) as queries:
        search.find("gao tam")
    searching = next(each["sql"] for each in queries if "to_tsquery" in each["sql"])

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {searching}")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "origin_search" in plan
