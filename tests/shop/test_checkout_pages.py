"""The basket and checkout pages, as a guest's browser meets them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from oscar.core.loading import get_model

from marketplace.delivery.models import PostOffice, Province, Rate
from marketplace.shop.basket.models import Basket
from marketplace.shop.checkout.forms import AGREED_SALT, sign_agreed
from payments.models import Intent
from tests.factories import CommuneFactory, ProduceFactory, RoomTypeFactory, UserFactory
from tests.shop.conftest import in_days
from tests.shop.silent import SilentProvider

Order = get_model("order", "Order")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

DETAILS = {
    "name": "Lò Thị Mai",
    "phone": "0399 000 001",
    "method": "home",
    "province": "01",
    "detail": "Số 5 phố Hàng Mã",
}
PAY = {"provider": "viettel", "msisdn": "0399 000 001"}


@pytest.fixture
def rice() -> Any:
    return ProduceFactory(title="Gạo tám", price_vnd=175_000, stock=10, weight_g=500)


@pytest.fixture
def buyer(visitor: Client, rice: Any) -> Client:
    """A guest with one pack of rice in the basket (175.000 ₫, delivery 32.000 ₫)."""
    visitor.post(f"/basket/add/{rice.product_id}/", {"quantity": 1})
    return visitor


@pytest.fixture
def agreed(buyer: Client) -> str:
    """What the preview's form carries back to agree to 207.000 ₫."""
    buyer.post("/checkout/", DETAILS)
    return token_on(buyer.get("/checkout/preview/"))


def token_on(page: Any) -> str:
    (token,) = re.findall(r'name="agreed" value="([^"]+)"', page.content.decode())
    return token


def nothing_happened() -> bool:
    return not (Order.objects.exists() or Intent.objects.exists() or SilentProvider.asked)


def said_beside(page: Any, field: str) -> str:
    """Return what ``page`` says beside a field, if anything."""
    found = re.search(rf'id="id_{field}_error">(.*?)</p>', page.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found[1]).split()) if found else ""


# --- The basket --------------------------------------------------------------------------------------


def test_what_is_put_into_the_basket_is_in_it_with_its_total(visitor, rice):
    room = RoomTypeFactory(price_vnd=300_000, open_from=in_days(0))
    visitor.post(f"/basket/add/{rice.product_id}/", {"quantity": 2})
    stay = {"first_night": in_days(2), "leaves_on": in_days(4), "rooms": 1, "guests": 2}

    answer = visitor.post(f"/basket/add/{room.product_id}/", stay, follow=True)

    page = answer.content.decode()
    assert 'data-total-vnd="950000"' in page
    assert "Gạo tám" in page
    assert "in the basket" in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"quantity": "eleven"}, "Enter a whole number."),
        ({"quantity": 0}, "Choose a quantity from 1 to 1000."),
        ({"quantity": 11}, "are left, you wanted 11"),
        ({}, "This field is required."),
    ],
)
def test_what_cannot_be_put_into_the_basket_is_refused_with_a_reason(visitor, rice, sent, said):
    page = visitor.post(f"/basket/add/{rice.product_id}/", sent, follow=True)

    assert said in page.content.decode()
    assert not Basket.objects.filter(lines__isnull=False).exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"leaves_on": "", "nights": ""}, "Choose the day of leaving."),
        ({"first_night": "yesterday"}, "Enter a valid date."),
        ({"guests": 9}, "sleeps 2 guests"),
        ({"rooms": 4, "guests": 4}, "Choose from 1 to 3 rooms."),
    ],
)
def test_a_stay_that_makes_no_sense_is_refused_with_a_reason(visitor, changes, said):
    room = RoomTypeFactory(rooms=3, sleeps=2, open_from=in_days(0))
    stay = {"first_night": in_days(2), "leaves_on": in_days(4), "rooms": 1, "guests": 2} | changes

    page = visitor.post(f"/basket/add/{room.product_id}/", stay, follow=True)

    assert said in page.content.decode()
    assert not Basket.objects.filter(lines__isnull=False).exists()


def test_nobody_reaches_the_lines_of_another_basket(buyer, rice):
    line = Basket.objects.get().lines.get()
    stranger = Client()

    answer = stranger.post(f"/basket/lines/{line.pk}/", {"quantity": 5})
    stranger.cookies["oscar_open_basket"] = str(line.basket_id)  # not signed
    page = stranger.get("/basket/").content.decode()

    line.refresh_from_db()
    assert (answer.url, line.quantity) == ("/basket/", 1)
    assert "Gạo tám" not in page


# --- Who and where ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"name": " "}, "name", "This field is required."),
        ({"phone": "12"}, "phone", "“12” is not a phone number."),
        ({"detail": ""}, "detail", "Write the hamlet, house or a landmark the carrier can find."),
        ({"province": "11"}, "commune", "Choose the commune or ward."),
        ({"method": "post-office"}, "post_office", "Choose the post office where you collect the parcel."),
        ({"province": "99"}, "province", "Select a valid choice."),
    ],
)
def test_what_is_missing_is_said_beside_its_field(buyer, changes, field, said):
    Province.objects.get_or_create(code="11", defaults={"name": "Điện Biên", "zone": "Z1"})

    page = buyer.post("/checkout/", DETAILS | changes)

    assert page.status_code == 422
    assert said in said_beside(page, field)
    assert 'value="Số 5 phố Hàng Mã"' in page.content.decode() or "detail" in changes
    assert buyer.get("/checkout/preview/").url == "/checkout/"


def test_an_empty_basket_has_no_checkout(visitor):
    for address in ("/checkout/", "/checkout/preview/"):
        page = visitor.get(address, follow=True)

        assert page.redirect_chain[-1] == ("/basket/", 302)
    assert "The basket is empty." in visitor.get("/checkout/", follow=True).content.decode()


def test_a_parcel_goes_to_a_post_office(buyer):
    Province.objects.create(code="11", name="Điện Biên", zone="Z1")
    for zone in ("Z1", "Z2", "Z3"):
        Rate.objects.create(
            zone=zone,
            valid_from="2025-01-01",
            first_g=500,
            first_vnd=20_000,
            step_g=500,
            step_vnd=2_000,
            days=2,
        )
    office = PostOffice.objects.create(code="380000", name="Bưu điện tỉnh", commune=CommuneFactory())
    chosen = DETAILS | {"method": "post-office", "post_office": office.code, "province": "", "detail": ""}

    assert buyer.post("/checkout/", chosen).url == "/checkout/preview/"
    preview = buyer.get("/checkout/preview/")
    buyer.post("/checkout/preview/", PAY | {"agreed": token_on(preview)})

    assert "Bưu điện tỉnh" in preview.content.decode()
    order = Order.objects.get()
    assert (order.destination.post_office, order.shipping_incl_tax) == (office, 20_000)


def test_nights_alone_ask_for_no_address(visitor):
    room = RoomTypeFactory(open_from=in_days(0))
    stay = {"first_night": in_days(2), "leaves_on": in_days(3), "rooms": 1, "guests": 1}
    visitor.post(f"/basket/add/{room.product_id}/", stay)

    asked = visitor.get("/checkout/").content.decode()
    answer = visitor.post("/checkout/", {"name": "Lò Thị Mai", "phone": "0399000001"})

    assert 'name="province"' not in asked
    assert answer.url == "/checkout/preview/"
    assert visitor.get("/checkout/preview/").status_code == 200


# --- Check and pay ---------------------------------------------------------------------------------


def test_the_order_is_placed_for_the_total_that_was_shown(buyer, agreed):
    answer = buyer.post("/checkout/preview/", PAY | {"agreed": agreed})

    intent = Intent.objects.get()
    assert answer.url == f"/payments/{intent.pk}/"
    assert intent.amount_vnd == 207_000
    assert "Open your wallet and confirm" in buyer.get(answer.url).content.decode()
    assert buyer.get(f"/orders/{intent.reference}/").status_code == 200


def test_two_clicks_lead_to_one_order(buyer, agreed):
    first = buyer.post("/checkout/preview/", PAY | {"agreed": agreed})
    second = buyer.post("/checkout/preview/", PAY | {"agreed": agreed})

    order = Order.objects.get()
    assert first.url == f"/payments/{Intent.objects.get().pk}/"
    assert second.url == f"/orders/{order.number}/"
    assert len(SilentProvider.asked) == 1
    assert "Your basket is empty" in buyer.get("/basket/").content.decode()


@pytest.mark.parametrize("how", ["left out", "made up", "signed for another basket", "signed elsewhere"])
def test_a_total_nobody_was_shown_here_is_refused(buyer, agreed, how):
    forged = {
        "left out": "",
        "made up": "207000",
        "signed for another basket": sign_agreed(shown="another", total_vnd=207_000),
        "signed elsewhere": signing.dumps(signing.loads(agreed, salt=AGREED_SALT), salt="elsewhere"),
    }

    page = buyer.post("/checkout/preview/", PAY | {"agreed": forged[how]})

    assert page.status_code == 422
    said = "This field is required." if how == "left out" else "This page is out of date."
    assert said in page.content.decode()
    assert nothing_happened()


def test_a_stale_total_is_refused_and_the_new_one_can_be_agreed_to(buyer, agreed, rice):
    rice.product.stockrecords.update(price=1_750_000)

    page = buyer.post("/checkout/preview/", PAY | {"agreed": agreed})

    assert page.status_code == 409
    assert "it was 207.000 ₫ and is 1.782.000 ₫ now" in page.content.decode()
    assert nothing_happened()
    assert Basket.objects.get().status == Basket.OPEN

    buyer.post("/checkout/preview/", PAY | {"agreed": token_on(page)})

    assert Intent.objects.get().amount_vnd == 1_782_000


def test_other_lines_of_the_same_total_are_not_what_was_agreed_to(buyer, agreed, rice):
    other = ProduceFactory(
        title="Gạo nếp", price_vnd=175_000, weight_g=500, seller=rice.product.origin.seller
    )
    line = Basket.objects.get().lines.get()
    buyer.post(f"/basket/lines/{line.pk}/", {"quantity": 0})
    buyer.post(f"/basket/add/{other.product_id}/", {"quantity": 1})

    page = buyer.post("/checkout/preview/", PAY | {"agreed": agreed})

    assert page.status_code == 422
    assert "This page is out of date. Check everything and confirm again." in page.content.decode()
    assert "Gạo nếp" in page.content.decode()
    assert nothing_happened()


def test_another_address_is_not_what_was_agreed_to(buyer, agreed):
    buyer.post("/checkout/", DETAILS | {"detail": "Số 6 phố Hàng Mã"})

    page = buyer.post("/checkout/preview/", PAY | {"agreed": agreed})

    assert page.status_code == 422
    assert nothing_happened()


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"msisdn": "12"}, "msisdn", "“12” is not a phone number."),
        ({"msisdn": ""}, "msisdn", "Write the number of the wallet that pays."),
        ({"provider": "momo"}, "provider", "Select a valid choice."),
    ],
)
def test_a_wallet_that_is_none_is_refused_beside_its_field(buyer, agreed, changes, field, said):
    page = buyer.post("/checkout/preview/", PAY | {"agreed": agreed} | changes)

    assert page.status_code == 422
    assert said in said_beside(page, field)
    assert nothing_happened()


def test_what_was_sold_meanwhile_is_explained_line_by_line_in_the_basket(buyer, rice):
    room = RoomTypeFactory(rooms=1, open_from=in_days(0))
    stay = {"first_night": in_days(2), "leaves_on": in_days(3), "rooms": 1, "guests": 1}
    buyer.post(f"/basket/add/{room.product_id}/", stay)
    buyer.post("/checkout/", DETAILS)
    token = token_on(buyer.get("/checkout/preview/"))
    rice.product.stockrecords.update(num_allocated=10)
    room.nights.update(taken=1)

    answer = buyer.post("/checkout/preview/", PAY | {"agreed": token}, follow=True)

    page = answer.content.decode()
    assert answer.redirect_chain[-1] == ("/basket/", 302)
    assert page.count("“Gạo tám”:") == 1
    assert f"No longer free on: {in_days(2):%d/%m/%Y}" in page
    assert "Go to checkout" not in page
    assert nothing_happened()


# --- Whose data ------------------------------------------------------------------------------------


def test_nothing_of_one_browser_shows_in_another(buyer, agreed):
    buyer.post("/checkout/preview/", PAY | {"agreed": agreed})
    stranger = Client()
    rice = ProduceFactory()
    stranger.post(f"/basket/add/{rice.product_id}/", {"quantity": 1})

    pages = [
        stranger.get(address, follow=True) for address in ("/checkout/", "/checkout/preview/", "/basket/")
    ]
    order = stranger.get(f"/orders/{Order.objects.get().number}/")

    for page in [*pages, order]:
        for secret in ("Lò Thị Mai", "0399 000 001", "Hàng Mã"):
            assert secret not in page.content.decode()


def test_signing_out_takes_what_was_typed_along(buyer, agreed):
    buyer.force_login(UserFactory(name="Vừ A Sùng"))
    buyer.post("/checkout/", DETAILS)

    buyer.post("/accounts/logout/")
    buyer.post(f"/basket/add/{ProduceFactory().product_id}/", {"quantity": 1})

    assert "Hàng Mã" not in buyer.get("/checkout/").content.decode()


def test_a_second_person_at_the_same_browser_does_not_see_the_first_ones_order(buyer, agreed):
    first, second = UserFactory(), UserFactory()
    buyer.force_login(first)
    buyer.post("/checkout/", DETAILS)
    buyer.post("/checkout/preview/", PAY | {"agreed": token_on(buyer.get("/checkout/preview/"))})
    number = Order.objects.get().number

    buyer.force_login(second)

    page = buyer.get(f"/orders/{number}/").content.decode()
    assert "Hàng Mã" not in page
    assert 'name="phone"' in page


def test_the_known_name_and_number_are_filled_in_for_somebody_signed_in(buyer):
    buyer.force_login(UserFactory(name="Vừ A Sùng", phone="+84399000777"))

    page = buyer.get("/checkout/").content.decode()

    assert 'value="Vừ A Sùng"' in page
    assert 'value="0399 000 777"' in page
