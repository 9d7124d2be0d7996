"""Accounts: a phone number in any spelling, a password, and one's own orders."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.shop.checkout.services import Buyer
from tests import own_cache
from tests.factories import PASSWORD, ProduceFactory, UserFactory
from tests.shop.conftest import PHONE, order_of_rice_and_nights
from tests.shop.test_races import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

SPELLINGS = [
    "0399000001",
    "0399 000 001",
    "0399.000.001",
    "+84 399 000 001",
    "0084399000001",
    " 0399-000-001 ",
]
NEW = {"name": "Lò Thị Mai", "phone": "0399 000 001", "password": PASSWORD}


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    own_cache.empty()


@pytest.fixture
def person() -> Any:
    return UserFactory(name="Lò Thị Mai", phone=PHONE)


def sign_in(client: Client, phone: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/accounts/login/", {"username": phone, "password": password} | more)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# --- Making an account -----------------------------------------------------------------------------


@pytest.mark.parametrize("phone", SPELLINGS)
def test_an_account_is_made_with_a_phone_number_in_any_spelling(visitor, phone):
    page = visitor.post("/accounts/register/", NEW | {"phone": phone}, follow=True)

    assert str(User.objects.get().phone) == PHONE
    assert is_signed_in(visitor)
    assert "Hello, Lò Thị Mai" in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"phone": "12"}, "“12” is not a phone number."),
        ({"phone": ""}, "This field is required."),
        ({"name": " "}, "This field is required."),
        ({"password": "mai12"}, "This password is too short."),
        ({"password": "password1"}, "This password is too common."),
    ],
)
def test_what_is_wrong_is_said_and_no_account_is_made(visitor, changes, said):
    page = visitor.post("/accounts/register/", NEW | changes)

    assert page.status_code == 422
    assert said in page.content.decode()
    assert not User.objects.exists()


def test_a_phone_number_has_one_account(visitor, person):
    page = visitor.post("/accounts/register/", NEW | {"phone": "+84399000001", "name": "Kẻ mạo danh"})

    assert page.status_code == 422
    assert "There is already an account with this phone number." in page.content.decode()
    assert not is_signed_in(visitor)
    assert User.objects.get().name == "Lò Thị Mai"


def test_two_clicks_on_make_an_account_make_one():
    answers = at_once(4, lambda _index: Client().post("/accounts/register/", NEW).status_code)

    assert sorted(answers) == [302, 422, 422, 422]
    assert User.objects.count() == 1


# --- Signing in and out ------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", SPELLINGS)
def test_signing_in_takes_the_number_in_any_spelling(visitor, person, phone):
    answer = sign_in(visitor, phone)

    assert answer.url == "/"
    assert visitor.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize(("phone", "password"), [(PHONE, "wrong"), ("0399000002", PASSWORD)])
def test_a_wrong_password_and_an_unknown_number_sound_the_same(visitor, person, phone, password):
    page = sign_in(visitor, phone, password)

    assert page.status_code == 422
    assert "This phone number and password do not belong together." in page.content.decode()
    assert not is_signed_in(visitor)


def test_a_closed_account_stays_closed(visitor):
    UserFactory(phone=PHONE, is_active=False)

    page = sign_in(visitor, PHONE)

    assert page.status_code == 422
    assert not is_signed_in(visitor)


def test_passwords_can_be_tried_twenty_times_an_hour_however_the_number_is_written(visitor, person):
    for number in range(19):
        assert sign_in(visitor, SPELLINGS[number % len(SPELLINGS)], f"guess {number}").status_code == 422
    assert sign_in(visitor, PHONE, "guess 20").status_code == 429

    refused = sign_in(Client(), " ".join("0399000001"))

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "3600"
    assert sign_in(visitor, "0399000002").status_code == 422  # another number is not concerned


def test_the_right_password_forgets_the_wrong_ones(visitor, person):
    for round_ in range(3):
        for number in range(15):
            sign_in(Client(), PHONE, f"guess {round_} {number}")
        assert sign_in(visitor, PHONE).status_code == 302
        visitor.post("/accounts/logout/")


def test_signing_in_leads_back_to_where_one_was_and_nowhere_else(visitor, person):
    assert sign_in(visitor, PHONE, next="/accounts/orders/").url == "/accounts/orders/"
    visitor.post("/accounts/logout/")
    assert sign_in(visitor, PHONE, next="https://thief.example/").url == "/"


def test_signing_out_takes_a_click_and_not_a_link(visitor, person):
    visitor.force_login(person)

    assert visitor.get("/accounts/logout/").status_code == 405
    assert is_signed_in(visitor)
    assert visitor.post("/accounts/logout/").url == "/"
    assert not is_signed_in(visitor)


def test_the_basket_of_before_comes_along(visitor, person):
    rice = ProduceFactory(title="Gạo tám")
    visitor.post(f"/basket/add/{rice.product_id}/", {"quantity": 2})

    sign_in(visitor, PHONE)

    assert "Gạo tám" in visitor.get("/basket/").content.decode()
    assert person.baskets.get().lines.get().quantity == 2


# --- One's own things ------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "profile/", "change-password/", "orders/"])
def test_strangers_are_asked_to_sign_in_first(visitor, page):
    assert visitor.get(f"/accounts/{page}").url == f"/accounts/login/?next=/accounts/{page}"


def test_everybody_sees_their_own_orders_and_no_others(visitor, person, django_assert_max_num_queries):
    mine = [order_of_rice_and_nights(buyer=Buyer(PHONE, "Lò Thị Mai", person)).order for _ in range(2)]
    others = [
        order_of_rice_and_nights(buyer=Buyer(PHONE, "Lò Thị Mai", user)).order
        for user in (UserFactory(), None)
    ]
    visitor.force_login(person)

    for address in ("/accounts/", "/accounts/orders/"):
        with django_assert_max_num_queries(9):
            page = visitor.get(address).content.decode()
        assert page.index(mine[1].number) < page.index(mine[0].number)  # the newest first
        assert all(order.number not in page for order in others)


def test_name_and_e_mail_can_be_changed_and_nothing_else(visitor, person):
    visitor.force_login(person)

    answer = visitor.post(
        "/accounts/profile/",
        {"name": "Lò Thị Hoa", "email": "hoa@example.com", "phone": "1", "is_staff": "on"},
    )

    person.refresh_from_db()
    assert answer.url == "/accounts/"
    assert (person.name, person.email, str(person.phone)) == ("Lò Thị Hoa", "hoa@example.com", PHONE)
    assert not person.is_staff


def test_a_new_password_needs_the_old_one(visitor, person):
    visitor.force_login(person)
    new = {"new_password1": "a-buffalo-in-the-mist", "new_password2": "a-buffalo-in-the-mist"}

    visitor.post("/accounts/change-password/", new | {"old_password": "wrong"})
    assert sign_in(Client(), PHONE, "a-buffalo-in-the-mist").status_code == 422
    visitor.post("/accounts/change-password/", new | {"old_password": PASSWORD})

    assert sign_in(Client(), PHONE, "a-buffalo-in-the-mist").status_code == 302
    assert is_signed_in(visitor)


# --- Language ------------------------------------------------------------------------------------------


def test_the_shop_speaks_vietnamese_until_somebody_asks_for_english(settings):
    settings.LANGUAGE_CODE = "vi"
    client = Client(headers={"Accept-Language": "en-GB"})

    first = client.get("/accounts/login/")
    client.post(reverse("choose-language"), {"language": "en", "next": "/accounts/login/"})
    second = client.get("/accounts/login/")

    assert '<html lang="vi"' in first.content.decode()
    assert first["Content-Language"] == "vi"
    assert '<html lang="en"' in second.content.decode()
    assert "Sign in" in second.content.decode()


def test_a_language_we_do_not_have_is_vietnamese(settings):
    settings.LANGUAGE_CODE = "vi"
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh"

    assert '<html lang="vi"' in client.get("/accounts/login/").content.decode()
