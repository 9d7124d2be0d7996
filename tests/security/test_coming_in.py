"""The door: no session is known before it is somebody's, no code works twice, nobody learns who has one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import cache
from django.test import Client

from marketplace.accounts import second_factor
from marketplace.accounts.models import User
from marketplace.messaging.models import Message
from tests import own_cache
from tests.factories import PASSWORD, UserFactory
from tests.joining.conftest import code_sent_to
from tests.shop.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "+84399000777"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _nothing_was_counted() -> None:
    own_cache.empty()


@pytest.fixture
def person() -> Any:
    return UserFactory(phone=PHONE, name="Lò Thị Mai", phone_verified_at="2026-01-01T00:00Z")


def by_password(client: Client) -> Any:
    return client.post("/accounts/login/", {"username": PHONE, "password": PASSWORD})


def by_code(client: Client) -> Any:
    client.post("/join/", {"phone": PHONE})
    return client.post("/join/code/", {"action": "verify", "code": code_sent_to(PHONE)})


def by_registering(client: Client) -> Any:
    User.objects.all().delete()
    return client.post("/accounts/register/", {"phone": PHONE, "name": "Mai", "password": PASSWORD})


def session_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


# --- Sessions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("come_in", [by_password, by_code, by_registering])
def test_a_session_somebody_else_planted_is_not_the_one_that_is_signed_in(come_in, person):
    planted = SessionStore()
    planted["left"] = "by a thief"
    planted.create()
    victim, thief = Client(), Client()
    for client in (victim, thief):
        client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key

    come_in(victim)

    assert "_auth_user_id" in victim.session
    assert session_of(victim) != planted.session_key
    assert thief.get("/accounts/").status_code == 302
    assert not SessionStore(planted.session_key).get("_auth_user_id")


def test_an_invented_session_is_not_taken_over(person):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32

    by_password(client)

    assert session_of(client) != "a" * 32
    assert not SessionStore().exists("a" * 32)


def test_signing_out_ends_the_session_also_for_who_copied_it(person):
    client, copied = Client(), Client()
    by_password(client)
    copied.cookies[settings.SESSION_COOKIE_NAME] = session_of(client)
    assert copied.get("/accounts/").status_code == 200

    client.post("/accounts/logout/")

    assert copied.get("/accounts/").status_code == 302


def test_a_new_password_ends_all_other_sessions(person):
    here, elsewhere = Client(), Client()
    by_password(here)
    by_password(elsewhere)

    changed = here.post(
        "/accounts/change-password/",
        {"old_password": PASSWORD, "new_password1": "ruong-bac-thang", "new_password2": "ruong-bac-thang"},
    )

    assert changed.status_code == 302
    assert here.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/").status_code == 302


def test_an_account_that_is_closed_is_signed_out_with_its_next_page(person):
    client = Client()
    by_password(client)

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert client.get("/accounts/").status_code == 302


def test_a_cookie_of_somebody_signed_in_is_read_by_no_script(person):
    client = Client()
    by_password(client)

    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


# --- Codes ----------------------------------------------------------------------------------------


def test_many_guesses_at_once_in_one_session_are_five_guesses(person):
    client = Client()
    client.post("/join/", {"phone": PHONE})
    right = int(code_sent_to(PHONE))
    wanted, planted = f"{right:06d}", session_of(client)

    def guess(number: int) -> Any:
        one = Client()
        one.cookies[settings.SESSION_COOKIE_NAME] = planted
        wrong = f"{(right + 1 + number) % 1_000_000:06d}"
        answer = one.post("/join/code/", {"action": "verify", "code": wrong})
        return "not the code that was sent" in answer.content.decode()

    at_once(12, guess)
    late = client.post("/join/code/", {"action": "verify", "code": wanted})

    assert late["Location"] == "/join/"
    assert "_auth_user_id" not in client.session


def test_a_code_signs_in_once(person):
    client = Client()
    client.post("/join/", {"phone": PHONE})
    code, planted = code_sent_to(PHONE), session_of(client)
    by_now = [Client() for _ in range(2)]

    for one in by_now:
        one.cookies[settings.SESSION_COOKIE_NAME] = planted
        one.post("/join/code/", {"action": "verify", "code": code})

    assert ["_auth_user_id" in one.session for one in by_now] == [True, False]


def test_a_code_of_another_telephone_opens_nothing(person):
    other = Client()
    other.post("/join/", {"phone": "0399000778"})
    others_code = code_sent_to("+84399000778")
    client = Client()
    client.post("/join/", {"phone": PHONE})
    if others_code == code_sent_to(PHONE):
        pytest.skip("one in a million: both are the same")

    assert client.post("/join/code/", {"action": "verify", "code": others_code}).status_code == 422


@pytest.fixture
def app(person: Any) -> Any:
    return totp.TOTP.activate(person, SECRET).instance


def code_of(moment_s: int) -> str:
    return totp.format_hotp_value(totp.hotp_value(SECRET, moment_s // 30))


def test_a_code_of_the_app_works_once_as_long_as_it_works_at_all(app, person, monkeypatch):
    """A code is taken half a minute early and late; one that was seen over a shoulder must not open again."""
    now_s = 1_800_000_000
    monkeypatch.setattr(totp.time, "time", lambda: now_s)
    early = code_of(now_s + 30)
    assert second_factor.is_right(person, early)

    forget_what_ends_within(45)
    monkeypatch.setattr(totp.time, "time", lambda: now_s + 45)

    assert not second_factor.is_right(person, early)
    assert second_factor.is_right(person, code_of(now_s + 60))


def test_a_code_of_the_app_works_once_on_the_pages_too(app, person, monkeypatch):
    now_s = 1_800_000_000
    monkeypatch.setattr(totp.time, "time", lambda: now_s)
    early, entered = code_of(now_s + 30), []
    for seconds in (0, 45):
        forget_what_ends_within(seconds)
        monkeypatch.setattr(totp.time, "time", lambda seconds=seconds: now_s + seconds)
        client = Client()
        page = by_password(client)
        assert "_auth_user_id" not in client.session
        client.post(page["Location"], {"code": early})
        entered.append("_auth_user_id" in client.session)

    assert entered == [True, False]


def forget_what_ends_within(seconds: int) -> None:
    """Let the cache's clock run on: drop whatever has no more than ``seconds`` to live."""
    raw = cache._cache.get_client(None, write=True)
    for key in raw.scan_iter("*totp*", count=1000):
        if raw.ttl(key) <= seconds:
            raw.delete(key)


def test_a_recovery_code_works_once_also_for_eight_at_once(app, person):
    seed = Authenticator(
        user=person,
        type=Authenticator.Type.RECOVERY_CODES,
        data={"seed": second_factor.Adapter().encrypt("ab" * 40), "used_mask": 0},
    )
    seed.save()
    code = seed.wrap().generate_codes()[0]

    entered = at_once(8, lambda _number: second_factor.is_right(person, code))

    assert sorted(entered) == [False] * 7 + [True]


# --- Who has an account ---------------------------------------------------------------------------


def without_what_differs(answer: Any, phone: str) -> str:
    text = answer.content.decode()
    text = re.sub(r'(name="(?:csrfmiddlewaretoken|code)"[^>]*) value="\w+"', r"\1", text)
    return text.replace(phone[-3:], "...")


def test_nothing_at_the_door_tells_a_known_number_from_another(person):
    answers = []
    for phone in (PHONE, "+84399000555"):
        client = Client()
        asked = client.post("/join/", {"phone": phone})
        shown = client.get("/join/code/")
        wrong = f"{(int(code_sent_to(phone)) + 1) % 1_000_000:06d}"
        refused = client.post("/join/code/", {"action": "verify", "code": wrong})
        guessed = Client().post("/accounts/login/", {"username": phone, "password": "wrong"})
        pages = [
            (answer.status_code, answer.get("Location"), without_what_differs(answer, phone))
            for answer in (asked, shown, refused, guessed)
        ]
        answers.append(pages)

    assert answers[0] == answers[1]
    kinds = {(message.channel, message.purpose, len(message.text)) for message in Message.objects.all()}
    assert len(kinds) == 1


def test_a_wrong_password_hashes_one_whether_somebody_is_known_or_not(person, monkeypatch):
    hashed, real = [], hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher,
        "encode",
        lambda self, password, salt: hashed.append(password) or real(self, password, salt),
    )

    for phone in (PHONE, "+84399000555", "no number"):
        hashed.clear()
        Client().post("/accounts/login/", {"username": phone, "password": "wrong"})
        assert hashed == (["wrong"] if phone != "no number" else []), phone


def test_registering_does_not_serve_to_read_out_who_has_an_account(person, settings):
    settings.REGISTRATIONS_OF_A_NETWORK = 5
    new = {"name": "Kẻ tò mò", "password": PASSWORD}

    answers = [
        Client().post("/accounts/register/", new | {"phone": PHONE}, REMOTE_ADDR="10.9.8.7") for _ in range(7)
    ]
    unknown = Client().post("/accounts/register/", new | {"phone": "0399000556"}, REMOTE_ADDR="10.9.8.7")
    elsewhere = Client().post("/accounts/register/", new | {"phone": "0399000557"}, REMOTE_ADDR="10.9.8.8")

    assert [answer.status_code for answer in answers] == [422] * 5 + [429] * 2
    assert unknown.status_code == 429
    assert elsewhere.status_code == 302
