"""The home page shows what is in season, what is new, where to sleep, a map, and one farmer."""

from datetime import date

import pytest

from marketplace.shop.catalogue import selectors
from tests.factories import (
    ProduceFactory,
    RoomTypeFactory,
    SellerFactory,
    StayFactory,
    commune_named,
    load_province,
)

pytestmark = pytest.mark.django_db
IN_OCTOBER = date(2026, 10, 12)


def test_only_what_has_a_season_and_has_it_now_is_in_season():
    ProduceFactory(title="Gạo mới", season_months=[10, 11])
    ProduceFactory(title="Mận", season_months=[5, 6])
    ProduceFactory(title="Mật ong", season_months=list(range(1, 13)))

    home = selectors.home(today=IN_OCTOBER)

    assert [card.name for card in home.in_season] == ["Gạo mới"]
    assert [card.in_season for card in home.in_season] == [True]
    assert len(home.newest) == 3


def test_what_is_sold_out_is_not_put_in_front():
    ProduceFactory(title="Gạo mới", season_months=[10], stock=0)

    home = selectors.home(today=IN_OCTOBER)

    assert (home.in_season, home.newest) == ([], [])


def test_the_map_is_darkest_where_most_is_for_sale():
    load_province()
    rich, poor = commune_named("Mường Phăng"), commune_named("Sín Chải")
    for commune in (rich, rich, rich, poor):
        ProduceFactory(commune=commune)

    home = selectors.home(today=IN_OCTOBER)

    colours = {area.commune.name: area.css_class for area in home.areas}
    assert len(colours) == 45
    assert (colours["Mường Phăng"], colours["Sín Chải"], colours["Mường Nhà"]) == (
        "map__c4",
        "map__c1",
        "map__none",
    )


def test_a_seller_who_has_something_to_tell_and_to_sell_tells_it_and_another_one_tomorrow():
    tellers = [SellerFactory(introduction=f"Nương chè thứ {number}.") for number in range(2)]
    for seller in tellers:
        ProduceFactory(seller=seller)
    SellerFactory(introduction="Chưa bán gì.")
    ProduceFactory(seller=SellerFactory(introduction=""))

    told = {selectors.home(today=date(2026, 10, day)).story.seller for day in range(1, 32)}

    assert told == set(tellers)


def test_the_page_leads_to_the_lists_and_to_every_commune(visitor):
    load_province()
    commune = commune_named("Mường Phăng")
    RoomTypeFactory(stay=StayFactory(title="Nhà sàn Che Căn", commune=commune), price_vnd=150_000)
    ProduceFactory(title="Khẩu rang", commune=commune, price_vnd=45_000)

    page = visitor.get("/").content.decode()

    assert "Nhà sàn Che Căn" in page
    assert "150.000\u00a0₫" in page
    assert "Khẩu rang" in page
    assert 'href="/produce/?category=rice"' in page
    assert f'href="/communes/{commune.code}/"' in page


def test_a_shop_with_nothing_in_it_still_has_a_home_page(visitor):
    response = visitor.get("/")

    assert response.status_code == 200
