"""The page of a produce says what it costs, how much is left and where it comes from, and writes nothing."""

from datetime import date

import pytest

from tests.factories import ProduceFactory, SellerFactory, commune_named, load_province

pytestmark = pytest.mark.django_db
BEFORE_THE_MERGER = date(2025, 6, 30)


def test_the_page_shows_price_unit_price_stock_stars_and_both_names_of_the_place(visitor):
    load_province()
    produce = ProduceFactory(
        title="Gạo Séng Cù",
        price_vnd=175_000,
        weight_g=5_000,
        stock=12,
        ocop_stars=3,
        commune=commune_named("Thanh Xương", BEFORE_THE_MERGER),
    )

    page = visitor.get(produce.product.get_absolute_url()).content.decode()

    assert "175.000\u00a0₫" in page
    assert "35.000\u00a0₫/kg" in page
    assert "12 left" in page
    assert "OCOP 3 stars" in page
    assert "Xã Thanh Xương, today Phường Mường Thanh" in page
    assert f'action="/basket/add/{produce.product_id}/"' in page
    assert 'max="12"' in page


def test_the_months_of_the_season_are_marked_unless_it_lasts_all_the_year(visitor):
    seasonal = ProduceFactory(season_months=[9, 10])
    always = ProduceFactory(season_months=list(range(1, 13)))

    with_strip, without = (visitor.get(produce.product.get_absolute_url()) for produce in (seasonal, always))

    marked = [mark.number for mark in with_strip.context["page"].year if mark.in_season]
    assert marked == [9, 10]
    assert without.context["page"].year == []
    assert "All the year" in without.content.decode()


def test_what_is_sold_out_cannot_be_put_into_the_basket(visitor):
    produce = ProduceFactory(stock=3)
    produce.product.stockrecords.update(num_allocated=3)

    page = visitor.get(produce.product.get_absolute_url()).content.decode()

    assert "Sold out" in page
    assert "/basket/add/" not in page


def test_other_produce_of_the_seller_comes_before_that_of_the_commune(visitor):
    seller = SellerFactory()
    produce = ProduceFactory(seller=seller)
    neighbours = ProduceFactory(title="Của hàng xóm", seller=SellerFactory(commune=seller.unit))
    own = ProduceFactory(title="Của nhà", seller=seller)
    ProduceFactory(title="Nơi khác")

    related = visitor.get(produce.product.get_absolute_url()).context["page"].related

    assert [card.id for card in related] == [own.product_id, neighbours.product_id]


def test_sample_data_says_so(visitor):
    real, sample = (ProduceFactory(seller=SellerFactory(is_sample=mark)) for mark in (False, True))

    marks = [
        "Sample data, not a real seller" in visitor.get(each.product.get_absolute_url()).content.decode()
        for each in (real, sample)
    ]

    assert marks == [False, True]


def test_another_slug_leads_to_the_address_of_the_product(visitor):
    product = ProduceFactory(title="Gạo Séng Cù").product

    response = visitor.get(f"/catalogue/gao-khac_{product.pk}/?a=1")

    assert response.status_code == 301
    assert response.url == f"/catalogue/gao-seng-cu_{product.pk}/?a=1"


@pytest.mark.parametrize("pk", ["0", "99999999999999999999999"])
def test_a_product_that_is_not_there_is_not_found(visitor, pk):
    assert visitor.get(f"/catalogue/gao_{pk}/").status_code == 404


def test_a_product_that_is_hidden_or_has_no_price_is_not_found(visitor):
    hidden, unpriced = ProduceFactory(is_public=False), ProduceFactory()
    unpriced.product.stockrecords.update(price=None)

    for produce in (hidden, unpriced):
        assert visitor.get(produce.product.get_absolute_url()).status_code == 404


def test_the_english_page_shows_the_english_name_and_the_vietnamese_below(visitor):
    produce = ProduceFactory(title="Gạo Séng Cù", name_en="Seng Cu rice")

    page = visitor.get(produce.product.get_absolute_url()).content.decode()

    assert "<h1>Seng Cu rice</h1>" in page
    assert '<p class="soft" lang="vi">Gạo Séng Cù</p>' in page
