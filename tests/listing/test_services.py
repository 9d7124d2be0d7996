"""Putting produce up for sale and changing it: once, by those who may, and looked at by rule."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from oscar.core.loading import get_model

from marketplace.errors import Invalid
from marketplace.joining.errors import LimitReached
from marketplace.listing import moderation, services
from marketplace.listing.models import Listing, Look, LookRule, Raise
from marketplace.listing.moderation import AlreadyDecided
from marketplace.listing.rules import ForbiddenHere
from marketplace.messaging.acts import NotAllowed
from marketplace.sellers.models import Act, Seller
from tests.factories import CommuneFactory, ProduceFactory, SellerFactory, UserFactory
from tests.listing.conftest import NOW

Product = get_model("catalogue", "Product")

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(seller):
    """A seller whose things are public already."""
    for title in ("Chè Shan", "Lạc đỏ", "Gừng"):
        ProduceFactory(seller=seller, title=title)
    return seller


def test_produce_is_listed_with_what_is_known_of_its_crop(known, put_up):
    product = put_up(unit="ta", quantity=3, price_vnd=4_000_000)

    produce, record = product.produce, product.stockrecords.get()
    assert (produce.crop, produce.unit, produce.weight_g, produce.unit_size) == ("nep", "ta", 100_000, "")
    assert (produce.keeping, produce.shelf_life_days, produce.pack) == ("dry", 365, "100 kg")
    assert (int(record.price), record.num_in_stock) == (4_000_000, 3)
    assert (product.origin.group, product.origin.search_text.startswith("gao nep nuong")) == ("rice", True)
    assert (product.is_public, product.listing.state) == (True, Listing.State.PASSED)


def test_listing_again_with_the_same_id_gives_the_same_product(known, put_up):
    listing_id = uuid4()

    first, second = put_up(listing_id=listing_id), put_up(listing_id=listing_id, price_vnd=1_000)

    assert first == second
    assert int(first.stockrecords.get().price) == 45_000
    assert Act.objects.filter(what="Put up for sale").count() == 1


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"name": "  "}, "name", "Write what it is"),
        ({"name": "x" * 121}, "name", "at most 120 letters"),
        ({"category": "gold"}, "category", "what kind"),
        ({"unit": "stone"}, "unit", "Choose the unit"),
        ({"unit": "bag"}, "weight_g", "what one bag weighs"),
        ({"quantity": 0}, "quantity", "from 1 to 100000"),
        ({"price_vnd": 499}, "price", "between 500 ₫ and 500.000.000 ₫"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words_and_nothing_is_written(known, put_up, facts, field, words):
    before = Product.objects.count()

    with pytest.raises(Invalid, match=words) as refused:
        put_up(**facts)

    assert refused.value.field == field
    assert Product.objects.count() == before


def test_who_is_no_member_and_has_no_leave_cannot_list(known, put_up):
    before = Product.objects.count()

    with pytest.raises(NotAllowed):
        put_up(by=UserFactory())

    assert Product.objects.count() == before


def test_the_first_listings_of_a_new_seller_wait_for_a_look(put_up, farmer):
    product = put_up()

    assert (product.is_public, product.listing.state) == (False, Listing.State.WAITING)
    looks = {look.subject: look for look in Look.objects.all()}
    assert set(looks) == {"listing", "seller"}
    assert looks["listing"].reasons == ["new-seller"]

    staff = UserFactory(is_staff=True)
    moderation.decide(look_id=looks["listing"].pk, passes=True, words="", by=staff, now=NOW)

    product.refresh_from_db()
    assert product.is_public
    with pytest.raises(AlreadyDecided):
        moderation.decide(look_id=looks["listing"].pk, passes=False, words="no", by=staff, now=NOW)


def test_a_refused_listing_tells_its_seller_why(put_up):
    product = put_up()
    look, staff = Look.objects.get(subject="listing"), UserFactory(is_staff=True)

    with pytest.raises(Invalid, match="Tell the seller why"):
        moderation.decide(look_id=look.pk, passes=False, words=" ", by=staff, now=NOW)
    moderation.decide(look_id=look.pk, passes=False, words="Ảnh không phải gạo.", by=staff, now=NOW)

    product.listing.refresh_from_db()
    product.refresh_from_db()
    assert (product.listing.state, product.listing.words) == (Listing.State.REFUSED, "Ảnh không phải gạo.")
    assert not product.is_public


def test_a_refused_seller_has_nothing_on_the_shelf(put_up):
    products = [put_up(), put_up(name="Gạo tẻ")]
    look = Look.objects.get(subject="seller")

    moderation.decide(look_id=look.pk, passes=False, words="Không có thật.", by=UserFactory(), now=NOW)

    states = Listing.objects.filter(product__in=products).values_list("state", flat=True)
    assert set(states) == {Listing.State.REFUSED}
    assert not Product.objects.filter(pk__in=[each.pk for each in products], is_public=True).exists()


@pytest.mark.parametrize(("price_vnd", "reasons"), [(150_100, ["dear"]), (14_900, ["cheap"]), (60_000, [])])
def test_a_price_far_from_that_of_others_is_looked_at(known, put_up, price_vnd, reasons):
    for price in (49_000, 50_000, 51_000):
        ProduceFactory(crop="nep", price_vnd=price, unit="kg", unit_size="", weight_g=1_000)

    product = put_up(price_vnd=price_vnd)

    assert product.is_public == (not reasons)
    assert [look.reasons for look in Look.objects.all()] == ([reasons] if reasons else [])


def test_a_price_is_compared_in_the_commune_where_enough_sell_there(known, put_up):
    for price in (19_000, 20_000, 21_000):
        ProduceFactory(crop="nep", price_vnd=price, weight_g=1_000, seller=SellerFactory(commune=known.unit))
    for _ in range(5):
        ProduceFactory(crop="nep", price_vnd=90_000, weight_g=1_000, commune=CommuneFactory())

    put_up(price_vnd=90_000)

    assert Look.objects.get().detail == "90.000 ₫/kg : 20.000 ₫/kg"


def test_nothing_is_compared_with_fewer_than_three_others(known, put_up):
    for _ in range(5):
        ProduceFactory(crop="nep", price_vnd=1_000, weight_g=1_000, seller=known)
    ProduceFactory(crop="nep", price_vnd=1_000, weight_g=1_000)

    assert put_up(price_vnd=400_000).is_public


def test_a_new_price_far_from_others_stays_public_and_is_looked_at_once(known, put_up, farmer):
    product = put_up()
    for _ in range(3):
        ProduceFactory(crop="nep", price_vnd=50_000, weight_g=1_000)

    for price_vnd in (500_000, 510_000):
        services.change_price(product=product, price_vnd=price_vnd, by=farmer, now=NOW)

    product.refresh_from_db()
    assert product.is_public
    assert [look.reasons for look in Look.objects.all()] == [["dear"]]


def test_forbidden_goods_are_refused_with_the_law(known, put_up):
    with pytest.raises(
        ForbiddenHere, match=r"“mật gấu” cannot be sold here: wild animals\. Law on Investment 2025"
    ):
        put_up(name="Mật gấu rừng")


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("Quả sung muối", []),
        ("Sung muoi", ["forbidden"]),
        ("Hoa súng", ["forbidden"]),
        ("Mat gau", ["forbidden"]),
    ],
)
def test_accents_tell_a_fig_from_a_gun_and_without_them_somebody_looks(known, put_up, name, reasons):
    product = put_up(name=name)

    assert product.is_public == (not reasons)
    assert [look.reasons for look in Look.objects.all()] == ([reasons] if reasons else [])


def test_a_word_is_forbidden_from_the_day_its_law_says(known, put_up):
    cigarettes = {"name": "Thuốc lá điện tử", "category": "gift", "unit": "box", "weight_g": 100}

    put_up(**cigarettes, now=NOW.replace(year=2026, month=2, day=28))
    with pytest.raises(ForbiddenHere):
        put_up(**cigarettes, now=NOW.replace(year=2026, month=3, day=2))


def test_the_rule_of_the_day_counts(put_up):
    LookRule.objects.update(valid_to=date(2026, 11, 20))
    LookRule.objects.create(
        first_listings=0,
        over_percent=300,
        under_percent=30,
        sellers_least=3,
        valid_from=date(2026, 11, 20),
        source="test",
    )

    assert put_up().is_public


def test_stock_is_what_can_still_be_sold_besides_what_is_ordered(known, put_up, farmer):
    product = put_up(quantity=50)
    product.stockrecords.update(num_allocated=12)

    services.change_stock(product=product, quantity=5, by=farmer, now=NOW)

    record = product.stockrecords.get()
    assert (record.num_in_stock, record.net_stock_level) == (17, 5)


def test_pausing_and_resuming_are_repeatable_and_noted_once(known, put_up, farmer):
    product = put_up()

    for act in (services.pause, services.pause):
        act(product=product, by=farmer, now=NOW)
    product.refresh_from_db()
    assert not product.is_public
    for act in (services.resume, services.resume):
        act(product=product, by=farmer, now=NOW)

    product.refresh_from_db()
    assert product.is_public
    noted = list(Act.objects.order_by("pk").values_list("what", flat=True))
    assert noted == ["Put up for sale", "Took off the shelf", "Put back on the shelf"]


def test_what_waits_for_a_look_does_not_become_public_by_resuming(put_up, farmer):
    product = put_up()

    services.pause(product=product, by=farmer, now=NOW)
    services.resume(product=product, by=farmer, now=NOW)

    product.refresh_from_db()
    assert not product.is_public


def test_more_of_what_was_listed_in_an_earlier_month_counts_in_this_one(seller, put_up, farmer):
    """The limit of an unknown seller is 20.000.000 ₫ a month (see the first rows of LevelLimit)."""
    Seller.objects.filter(pk=seller.pk).update(level=Seller.Level.PHONE)
    seller.refresh_from_db()
    product = put_up(quantity=10, price_vnd=100_000)
    december = NOW + timedelta(days=20)
    more = {"product": Product.objects.get(pk=product.pk), "by": farmer, "now": december}

    services.change_stock(quantity=110, **more)
    services.change_stock(quantity=10, **more)

    with pytest.raises(LimitReached, match=r"20\.000\.000.*10\.000\.000.*10\.100\.000"):
        services.change_stock(quantity=111, **more)
    assert [raised.more_vnd for raised in Raise.objects.all()] == [10_000_000]
