"""The pages: one question a screen, everything kept, and nothing of another seller's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from oscar.core.loading import get_model

from agriculture.crops import crops
from agriculture.units import Unit
from marketplace.listing import hints
from marketplace.listing.models import Draft, Listing, Look, Photo
from marketplace.sellers.models import Mandate, Member
from marketplace.statistics.models import SaleLine
from tests.factories import ProduceFactory, SellerFactory, UserFactory
from tests.listing.conftest import NOW, jpeg, photo_file

Line = get_model("order", "Line")
Order = get_model("order", "Order")
Product = get_model("catalogue", "Product")

pytestmark = pytest.mark.django_db

ANSWERS = [
    ("crop", {"crop": "khoai-so"}),
    ("quantity", {"quantity": ["50", ""]}),  # the tapped tile, and the empty field beside it
    ("unit", {"unit": "kg"}),
    ("price", {"price": "18k"}),
    ("check", {}),
]


@pytest.fixture
def stranger() -> Client:
    client, person = Client(), UserFactory()
    Member.objects.create(seller=SellerFactory(), user=person)
    client.force_login(person)
    return client


def test_something_is_for_sale_after_a_photo_and_five_taps_without_javascript(phone, seller):
    draft_id = uuid4()
    answered = phone.post("/sell/new/", {"id": draft_id, "photo": photo_file()})
    assert answered.url == f"/sell/new/{draft_id}/crop/"

    for step, said in ANSWERS:
        assert answered.url == f"/sell/new/{draft_id}/{step}/"
        assert phone.get(answered.url).status_code == 200
        answered = phone.post(answered.url, said)

    assert answered.url == f"/sell/new/{draft_id}/done/"
    assert "looks at it first" in phone.get(answered.url).content.decode()
    produce = Product.objects.get().produce
    record = produce.product.stockrecords.get()
    assert (produce.crop, produce.unit, int(record.price), record.num_in_stock) == (
        "khoai-so",
        "kg",
        18_000,
        50,
    )
    assert Photo.objects.get().product == produce.product
    assert not Draft.objects.exists()


def test_tapping_the_last_button_twice_lists_one(phone):
    draft_id = uuid4()
    phone.post("/sell/new/", {"id": draft_id, "skip": "1"})
    for step, said in ANSWERS:
        phone.post(f"/sell/new/{draft_id}/{step}/", said)

    again = phone.post(f"/sell/new/{draft_id}/check/")

    assert again.url == f"/sell/new/{draft_id}/done/"
    assert Listing.objects.count() == 1


def test_a_draft_goes_on_where_it_was_left(phone):
    draft_id = uuid4()
    phone.post("/sell/new/", {"id": draft_id, "skip": "1"})
    phone.post(f"/sell/new/{draft_id}/crop/", {"crop": "gao"})
    phone.post(f"/sell/new/{draft_id}/quantity/", {"quantity": "50 kg"})

    page = phone.get("/sell/new/").content.decode()

    assert f"/sell/new/{draft_id}/price/" in page  # "50 kg" said the unit as well


@pytest.mark.parametrize(
    ("step", "said", "words"),
    [
        ("crop", {"crop": "gold"}, "Tap on the picture"),
        ("quantity", {"quantity": "many"}, "Write a number, for example 50."),
        ("quantity", {"quantity": "2,5"}, "Write a whole number"),
        ("unit", {"unit": "stone"}, "Choose the unit"),
        ("unit", {"unit_other": "bag", "weight": "x"}, "Write what one weighs"),
        ("price", {"price": "cheap"}, "Write the price in đồng"),
    ],
)
def test_a_wrong_answer_is_asked_again_in_plain_words_and_nothing_is_lost(phone, step, said, words):
    draft_id = uuid4()
    phone.post("/sell/new/", {"id": draft_id, "skip": "1"})
    for asked, answer in ANSWERS[:-1]:
        phone.post(f"/sell/new/{draft_id}/{asked}/", answer)
    before = Draft.objects.values().get()

    answered = phone.post(f"/sell/new/{draft_id}/{step}/", said)

    assert answered.status_code == 400
    assert words in answered.content.decode()
    assert Draft.objects.values().get() == before


def test_a_photo_that_cannot_be_used_is_refused_on_the_page(phone):
    answered = phone.post("/sell/new/", {"id": uuid4(), "photo": photo_file(b"%PDF-1.7")})

    assert answered.status_code == 400
    assert "This is not a photo the shop can read" in answered.content.decode()
    assert not Photo.objects.exists()


def test_a_whole_listing_kept_by_a_phone_is_noted_once(phone):
    said = {"id": uuid4(), "crop": "gao", "quantity": "3 tạ", "price": "1tr6", "photo": photo_file()}

    first, second = (phone.post("/sell/new/send/", said | {"photo": photo_file()}) for _ in range(2))

    assert first.json()["noted"] is second.json()["noted"] is True
    produce = Product.objects.get().produce
    assert (produce.unit, produce.product.stockrecords.get().num_in_stock) == ("ta", 3)
    assert Photo.objects.count() == 1


def test_a_kept_listing_that_makes_no_sense_says_which_question_to_answer_again(phone):
    said = {"id": uuid4(), "crop": "gao", "quantity": "50", "unit": "kg", "price": "x"}

    answered = phone.post("/sell/new/send/", said)

    assert answered.status_code == 400
    assert answered.json() == {
        "noted": False,
        "message": "Write the price in đồng, for example 18000 or 18k.",
        "field": "price",
    }
    assert not Product.objects.exists()


def test_a_kept_listing_with_an_unusable_photo_is_listed_without_it(phone):
    said = {"id": uuid4(), "crop": "gao", "quantity": "50", "unit": "kg", "price": "18000"}

    answered = phone.post("/sell/new/send/", said | {"photo": photo_file(jpeg((20, 20)))})

    assert "too small" in answered.json()["message"]
    assert Product.objects.count() == 1


def test_price_stock_pause_and_photo_are_changed_on_the_page(phone, put_up):
    product = put_up()
    Listing.objects.update(state="passed")
    Product.objects.update(is_public=True)
    url = f"/sell/products/{product.pk}/"

    for said in ({"act": "price", "value": "20k"}, {"act": "stock", "value": "7"}, {"act": "pause"}):
        assert phone.post(url, said).status_code == 302
    phone.post(url, {"act": "photo", "id": uuid4(), "photo": photo_file()})

    record = product.stockrecords.get()
    product.refresh_from_db()
    assert (int(record.price), record.num_in_stock, product.is_public) == (20_000, 7, False)
    assert Look.objects.filter(subject="photo", product=product).count() == 1
    assert "off the shelf" in phone.get("/sell/products/").content.decode()


def test_a_wrong_change_is_told_beside_the_product(phone, put_up):
    product = put_up()

    answered = phone.post(f"/sell/products/{product.pk}/", {"act": "stock", "value": "-3"})

    assert answered.status_code == 400
    assert "Write a whole number; 0 means sold out." in answered.content.decode()
    assert product.stockrecords.get().num_in_stock == 50


def test_nothing_of_another_seller_is_there(phone, stranger, put_up):
    product, draft_id = put_up(), uuid4()
    phone.post("/sell/new/", {"id": draft_id, "photo": photo_file()})

    assert product.title not in stranger.get("/sell/products/").content.decode()
    assert stranger.post(f"/sell/products/{product.pk}/", {"act": "pause"}).status_code == 404
    for path in (f"{draft_id}/crop/", f"{draft_id}/done/", f"{product.listing.pk}/done/"):
        assert stranger.get(f"/sell/new/{path}").status_code == 404
    assert stranger.post(f"/sell/new/{draft_id}/crop/", {"crop": "gao"}).status_code == 404
    assert stranger.get(f"/sell/photos/{draft_id}/").status_code == 404


def test_an_agent_lists_for_a_farmer_with_a_mandate_for_it_alone(put_up, seller):
    product, agent, client = put_up(), UserFactory(), Client()
    client.force_login(agent)
    assert client.get("/sell/products/").status_code == 403

    mandate = Mandate.objects.create(
        seller=seller, agent=agent, scopes=["orders"], asked_at=NOW, consented_at=NOW
    )
    assert client.get("/sell/products/").status_code == 403
    Mandate.objects.filter(pk=mandate.pk).update(scopes=["listing"])
    assert product.title in client.get("/sell/products/").content.decode()

    Mandate.objects.filter(pk=mandate.pk).update(revoked_at=NOW + timedelta(hours=1))
    assert client.get("/sell/products/").status_code == 403


def test_strangers_are_asked_to_sign_in(client):
    for path in ("/sell/new/", "/sell/products/", "/sell/import/", "/staff/moderation/"):
        assert client.get(path).status_code == 302


def test_the_list_costs_as_much_for_many_as_for_few(phone, seller, django_assert_num_queries):
    ProduceFactory(seller=seller)
    phone.get("/sell/products/")
    with django_assert_num_queries(6) as few:
        phone.get("/sell/products/")
    for _ in range(10):
        ProduceFactory(seller=seller)
    with django_assert_num_queries(len(few)):
        phone.get("/sell/products/")


def test_moderation_is_for_staff_and_writes_down_who_decided(put_up, phone):
    product = put_up()
    assert phone.get("/staff/moderation/").status_code == 403
    staff, client = UserFactory(is_staff=True, name="Lò Văn Pâng"), Client()
    client.force_login(staff)
    look = Look.objects.get(subject="listing")
    assert product.title in client.get("/staff/moderation/?what=listing").content.decode()

    refused = client.post(f"/staff/moderation/{look.pk}/", {"verdict": "refuse", "words": ""})
    assert refused.status_code == 400
    assert client.post(f"/staff/moderation/{look.pk}/", {"verdict": "pass"}).status_code == 302

    product.refresh_from_db()
    assert product.is_public
    assert "Lò Văn Pâng" in client.get("/staff/moderation/?what=decided").content.decode()


# --- The hint of a price ---------------------------------------------------------------------------


def sold(seller: Any, *, kilo_vnd: int, kilos: int, days_ago: int = 3, crop: str = "khoai-so") -> None:
    product = ProduceFactory(seller=seller, crop=crop, unit="kg", unit_size="", weight_g=1_000).product
    order = Order.objects.create(number=uuid4().hex, total_incl_tax=1, total_excl_tax=1, currency="VND")
    line = Line.objects.create(
        order=order, product=product, title=product.title, quantity=kilos, line_price_incl_tax=1,
        line_price_excl_tax=1, line_price_before_discounts_incl_tax=1, line_price_before_discounts_excl_tax=1,
        num_allocated=0,
    )  # fmt: skip
    SaleLine.objects.create(
        order_line=line, order=order, seller=seller, unit=seller.unit, commune=seller.unit, kind="goods",
        group="vegetable", quantity=kilos, amount_vnd=kilo_vnd * kilos, provider="viettel",
        sold_on=NOW.date() - timedelta(days=days_ago),
    )  # fmt: skip


def hint(seller: Any, unit: Unit = Unit.KG) -> hints.Hint | None:
    crop = crops()["khoai-so"]
    facts = {"unit": unit, "weight_g": crop.grams_of(unit), "today": NOW.date()}
    return hints.price_hint(seller=seller, crop=crop, **facts)  # type: ignore[arg-type]


def test_the_hint_is_the_mean_of_what_three_others_of_the_commune_got(seller):
    for kilo_vnd in (19_000, 20_000, 22_000):
        sold(SellerFactory(commune=seller.unit), kilo_vnd=kilo_vnd, kilos=10)
    sold(SellerFactory(), kilo_vnd=90_000, kilos=10)

    assert hint(seller) == hints.Hint(20_500, Unit.KG, 3, is_local=True)
    assert hint(seller, Unit.YEN) == hints.Hint(203_500, Unit.YEN, 3, is_local=True)


def test_of_too_few_in_the_commune_the_province_speaks(seller):
    sold(SellerFactory(commune=seller.unit), kilo_vnd=20_000, kilos=10)
    for _ in range(2):
        sold(SellerFactory(), kilo_vnd=20_000, kilos=10)

    assert hint(seller) == hints.Hint(20_000, Unit.KG, 3, is_local=False)


def test_no_hint_reveals_a_neighbour(seller):
    for _ in range(3):
        sold(seller, kilo_vnd=20_000, kilos=10)  # one's own
    for _ in range(2):
        sold(SellerFactory(), kilo_vnd=20_000, kilos=10)
    assert hint(seller) is None  # two others

    sold(SellerFactory(), kilo_vnd=20_000, kilos=10, days_ago=29)
    sold(SellerFactory(), kilo_vnd=20_000, kilos=10, crop="gung")
    assert hint(seller) is None  # a third, but long ago, and of something else

    big = SellerFactory()
    sold(big, kilo_vnd=20_000, kilos=900)
    sold(big, kilo_vnd=20_000, kilos=900)
    assert hint(seller) is None  # the third sold so much that the others say what it got
