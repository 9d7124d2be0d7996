"""What makes plain Oscar slow, and is not done here: see the slow spots 2.1 to 2.12 in the list of hazards.

Plain Oscar writes three rows for every product page, asks for basket and offers on every page (549 queries
with fifty offers, 1 222 on the basket page), finds nothing without accents, and searches with Whoosh. The
numbers of queries of each page are pinned in catalogue/test_query_counts.py and test_queries.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test.utils import CaptureQueriesContext
from oscar.apps.offer.abstract_models import AbstractRange
from oscar.core.loading import get_model

from marketplace.shop.basket import services as baskets
from marketplace.shop.basket.models import Basket
from marketplace.shop.offer import membership
from marketplace.shop.offer.models import Range
from tests.factories import ProduceFactory, RoomTypeFactory, UserFactory, load_province, product_class
from tests.shop.bargains import offer, range_of
from tests.shop.conftest import in_days, new_basket

Category = get_model("catalogue", "Category")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stay_options")]

PERSONAL = ("basket_basket", "basket_line", "django_session", "accounts_user", "offer_", "analytics_")


@pytest.fixture
def pages() -> list[str]:
    """Addresses of every page one looks around on."""
    load_province()
    rice, room = ProduceFactory(title="Cà phê Mường Ảng"), RoomTypeFactory(open_from=in_days(0))
    products = [rice.product, room.stay.product]
    return [
        "/",
        "/produce/",
        "/produce/?q=ca+phe",
        "/stays/",
        *(each.get_absolute_url() for each in products),
    ]


def queries_of(client: Any, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [each["sql"] for each in queries]


def numbers_of_queries(client: Any, pages: list[str]) -> dict[str, int]:
    for address in pages:
        client.get(address)  # what a process looks up once
    return {address: len(queries_of(client, address)) for address in pages}


def carry(client: Any, *products: Any) -> None:
    """Put ``products`` into a basket that ``client`` has the cookie of."""
    basket = new_basket()
    for product in products:
        baskets.add_goods(basket, product_id=product.pk, quantity=1)
    client.cookies["oscar_open_basket"] = Signer().sign(basket.pk)


# --- 2.3, 2.7, 2.8: what a page that only shows things does not touch -----------------------------


def test_a_stranger_without_a_basket_costs_no_query_for_basket_session_person_or_offer(visitor, pages):
    asked = {address: queries_of(visitor, address) for address in pages}

    touched = [
        (page, sql) for page, all_sql in asked.items() for sql in all_sql if any(t in sql for t in PERSONAL)
    ]
    assert touched == []


@pytest.mark.parametrize("who", ["stranger", "signed in", "with a basket"])
def test_looking_at_things_writes_nothing(visitor, pages, who):
    if who == "signed in":
        visitor.force_login(UserFactory())
    if who == "with a basket":
        carry(visitor, ProduceFactory().product)

    asked = [sql for address in pages for sql in queries_of(visitor, address)]

    assert [sql for sql in asked if not sql.startswith("SELECT")] == []


def test_somebody_signed_in_gets_a_basket_with_the_first_thing_put_into_it(visitor, pages):
    person = UserFactory()
    visitor.force_login(person)
    for address in pages:
        visitor.get(address)
    assert not Basket.objects.exists()

    visitor.post(f"/basket/add/{ProduceFactory().product_id}/", {"quantity": 1})

    assert Basket.objects.get().owner == person


# --- 2.7: offers -----------------------------------------------------------------------------------


def test_fifty_offers_change_nothing_for_pages_that_only_show_things(visitor, pages):
    carry(visitor, *(ProduceFactory().product for _ in range(5)))
    before = numbers_of_queries(visitor, pages)
    for _ in range(50):
        offer("Percentage", 10)

    after = numbers_of_queries(visitor, pages)

    assert after == before


def test_the_basket_page_costs_the_same_with_one_offer_and_with_fifty(visitor):
    products = [ProduceFactory(price_vnd=100_000).product for _ in range(5)]
    carry(visitor, *products)
    offer("Percentage", 10, on=range_of(*products))
    one = numbers_of_queries(visitor, ["/basket/"])["/basket/"]
    for _ in range(49):
        offer("Percentage", 10, on=range_of(*products), exclusive=False)

    fifty = numbers_of_queries(visitor, ["/basket/"])["/basket/"]

    assert fifty == one <= 25
    assert 'data-total-vnd="450000"' in visitor.get("/basket/").content.decode()


def test_a_range_holds_what_oscar_says_it_holds(django_assert_num_queries):
    rice, honey = ProduceFactory(category="rice"), ProduceFactory(category="honey")
    room = RoomTypeFactory()
    products = [rice.product, honey.product, room.product, room.stay.product]
    shelf = rice.product.categories.get()
    below = shelf.add_child(name="Gạo nếp", slug="gao-nep")
    sticky = ProduceFactory(category="tea")
    sticky.product.categories.set([below])
    products.append(sticky.product)
    ranges = {
        "everything": range_of(),
        "all but one": range_of(includes_all_products=True),
        "all but a shelf": range_of(includes_all_products=True),
        "one": range_of(honey.product),
        "a house, so its rooms": range_of(room.stay.product),
        "a house without its rooms": range_of(room.stay.product),
        "goods": range_of(is_public=True),
        "stays": range_of(is_public=True),
        "a shelf and those below": range_of(is_public=True),
        "the shelf below": range_of(is_public=True),
        "a shelf but one": range_of(is_public=True),
        "nothing": range_of(is_public=True),
    }
    ranges["all but one"].excluded_products.add(honey.product)
    ranges["all but a shelf"].excluded_categories.add(shelf)
    ranges["a house without its rooms"].excluded_products.add(room.product)
    ranges["goods"].classes.add(product_class("produce"))
    ranges["stays"].classes.add(product_class("stay"))
    for name in ("a shelf and those below", "a shelf but one"):
        ranges[name].included_categories.add(shelf)
    ranges["the shelf below"].included_categories.add(below)
    ranges["a shelf but one"].excluded_products.add(rice.product)
    fresh = {name: Range.objects.get(pk=each.pk) for name, each in ranges.items()}
    by_oscar = {
        name: [AbstractRange.contains_product(each, product) for product in products]
        for name, each in fresh.items()
    }
    for product in products:
        product.get_product_class()

    with django_assert_num_queries(6):
        membership.look_up(list(fresh.values()), products)

    assert {
        name: [each.contains_product(product) for product in products] for name, each in fresh.items()
    } == by_oscar


# --- 2.1, 2.4, 2.5, 2.6, 2.12: lists and search ------------------------------------------------------


@pytest.mark.parametrize("typed", ["cà phê", "ca phe", "CA PHE", "phê muong"])
def test_search_finds_the_same_without_accents(visitor, typed):
    load_province()
    ProduceFactory(title="Cà phê Mường Ảng", category="coffee")
    ProduceFactory(title="Thịt trâu gác bếp", category="meat")

    page = visitor.get("/produce/", {"q": typed}).content.decode()

    assert "Cà phê Mường Ảng" in page
    assert "Thịt trâu gác bếp" not in page


def test_no_page_asks_a_search_engine(visitor, pages, monkeypatch):
    def asked(*_args: Any, **_options: Any) -> None:
        raise AssertionError("haystack was asked")

    monkeypatch.setattr("haystack.query.SearchQuerySet.__init__", asked)
    monkeypatch.setattr("haystack.backends.BaseSearchBackend.__init__", asked)

    assert {visitor.get(address).status_code for address in pages} == {200}


def test_a_list_does_not_grow_with_the_tree_of_categories(visitor, pages):
    lists = [address for address in pages if address in ("/", "/produce/", "/stays/")]
    before = {address: len(visitor.get(address).content) for address in lists}
    for number in range(60):
        Category.add_root(name=f"Nhóm hàng {number}", slug=f"nhom-hang-{number}")

    asked = [sql for address in lists for sql in queries_of(visitor, address)]

    assert {address: len(visitor.get(address).content) for address in lists} == before
    assert [sql for sql in asked if "catalogue_category" in sql] == []
