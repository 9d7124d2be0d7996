from __future__ import annotations

import pytest
from rest_framework_simplejwt.tokens import RefreshToken

from tests.api.conftest import Api, signed_in
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("phone", ["+84399000001", "0399000001", "0399 000 001", "84399000001"])
def test_a_phone_number_in_any_spelling_and_its_password_get_two_tokens(api, phone):
    UserFactory(phone="+84399000001")

    answer = api.post("auth/token/", {"phone": phone, "password": PASSWORD})

    assert answer.status_code == 200
    assert sorted(answer.json()) == ["access", "refresh"]
    assert Api(answer.json()["access"]).get("sell/orders/").json()["code"] == "permission_denied"


def test_a_wrong_password_is_refused_and_says_no_more_than_that(api):
    UserFactory(phone="+84399000001")

    wrong = api.post("auth/token/", {"phone": "0399000001", "password": "wrong"})
    stranger = api.post("auth/token/", {"phone": "0399000002", "password": "wrong"})

    assert wrong.status_code == stranger.status_code == 401
    assert wrong.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert wrong.json() == {
        "code": "wrong_credentials",
        "message": "This phone number and this password do not belong together. Check both.",
        "details": {},
    }
    assert stranger.json() == wrong.json()


def test_what_is_missing_or_senseless_is_named_by_field(api):
    answer = api.post("auth/token/", {"phone": "12"})

    assert answer.status_code == 400
    sentence = (
        "“12” is not a phone number. Write it like 0399 000 001, or with + and the country code when it is "
        "foreign."
    )
    assert answer.json() == {
        "code": "invalid",
        "message": f"phone: {sentence} password: This field is required.",
        "details": {"phone": [sentence], "password": ["This field is required."]},
    }


def test_twenty_wrong_passwords_close_the_door_for_an_hour_but_right_ones_are_not_counted(api):
    UserFactory(phone="+84399000005")
    right = {"phone": "0399000005", "password": PASSWORD}
    for _ in range(5):
        api.post("auth/token/", right)
    for _ in range(19):
        assert api.post("auth/token/", right | {"password": "wrong"}).status_code == 401
    api.post("auth/token/", right | {"password": "wrong"})

    answer = api.post("auth/token/", right)

    assert answer.status_code == 429
    assert answer.json()["code"] == "throttled"
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


def test_a_refresh_token_gets_a_new_access_token_until_the_password_changes(api):
    user = UserFactory()
    refresh = str(RefreshToken.for_user(user))

    before = api.post("auth/token/refresh/", {"refresh": refresh})
    user.set_password("another-rice-terrace")
    user.save()
    after = api.post("auth/token/refresh/", {"refresh": refresh})

    assert before.status_code == 200
    assert list(before.json()) == ["access"]
    assert after.status_code == 401
    assert after.json() == {
        "code": "token_not_valid",
        "message": "This token is not valid any more. Sign in again.",
        "details": {},
    }
    assert Api(before.json()["access"]).get("statistics/sales/").status_code == 401


@pytest.mark.parametrize("text", ["", "nonsense", "a.b.c"])
def test_nonsense_is_no_refresh_token(api, text):
    answer = api.post("auth/token/refresh/", {"refresh": text})

    assert answer.status_code == (401 if text else 400)


def test_an_access_token_is_no_refresh_token_and_nobody_who_is_gone_gets_one(api):
    user = UserFactory()
    refresh = RefreshToken.for_user(user)
    user.is_active = False
    user.save()

    assert api.post("auth/token/refresh/", {"refresh": str(refresh.access_token)}).status_code == 401
    assert api.post("auth/token/refresh/", {"refresh": str(refresh)}).status_code == 401
    assert signed_in(user).get("statistics/sales/").status_code == 401


def test_a_wrong_token_is_refused_also_where_none_is_needed():
    answer = Api("nonsense").get("products/")

    assert answer.status_code == 401
    assert answer.json()["code"] == "token_not_valid"
