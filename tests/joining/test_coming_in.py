from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.joining import services
from marketplace.messaging.models import Message
from marketplace.sellers.models import Act, Seller
from tests.factories import UserFactory

from .conftest import FARMERS_PHONE, code_sent_to

pytestmark = pytest.mark.django_db


def come_in(client, phone="0399 000 777"):
    client.post("/join/", {"phone": phone})
    return client.post("/join/code/", {"action": "verify", "code": code_sent_to(FARMERS_PHONE)})


def test_somebody_new_comes_in_with_a_code_and_no_password(client):
    asked = client.post("/join/", {"phone": "0399 000 777"})
    page = client.get(asked["Location"])

    assert asked["Location"] == "/join/code/"
    assert "0399 *** 777" in page.content.decode()
    (message,) = Message.objects.all()
    assert (message.channel, str(message.to), message.is_secret) == ("sms", FARMERS_PHONE, True)

    answered = client.post("/join/code/", {"action": "verify", "code": code_sent_to(FARMERS_PHONE)})

    assert answered["Location"] == "/join/what/"
    person = User.objects.get(phone=FARMERS_PHONE)
    assert client.session["_auth_user_id"] == str(person.pk)
    assert person.phone_verified_at is not None
    assert not person.has_usable_password()


def test_a_farmer_opens_a_shop_by_seven_answers(client, commune):
    come_in(client)

    steps = [
        ("/join/what/", {"what": "produce"}, "/join/name/"),
        ("/join/name/", {"name": "Lò Văn Sung"}, "/join/commune/"),
        ("/join/commune/", {"commune": commune.pk}, "/join/hamlet/"),
        ("/join/hamlet/", {"hamlet": "Bản Che Căn"}, "/join/kind/"),
        ("/join/kind/", {"kind": "household"}, "/join/wallet/"),
        ("/join/wallet/", {"provider": "viettel", "msisdn": "0399000777"}, "/join/done/"),
    ]
    for url, answer, following in steps:
        assert client.get(url).status_code == 200, url
        assert client.post(url, answer)["Location"] == following, url
    done = client.get("/join/done/")

    seller = Seller.objects.get()
    assert (seller.name, seller.kind, seller.level) == ("Hộ Lò Văn Sung", "household", 0)
    assert (seller.unit, seller.hamlet.name) == (commune, "Bản Che Căn")
    assert (str(seller.phone), seller.wallet_provider, str(seller.wallet_msisdn)) == (
        FARMERS_PHONE,
        "viettel",
        FARMERS_PHONE,
    )
    assert [str(user.phone) for user in seller.members.all()] == [FARMERS_PHONE]
    assert seller.partner.name == "Hộ Lò Văn Sung"
    assert list(Act.objects.values_list("what", "detail")) == [("Opened the shop", "Hộ Lò Văn Sung")]
    assert "/sell/new/" in done.content.decode()


def test_who_only_buys_is_asked_for_a_name_alone(client):
    come_in(client)

    client.post("/join/what/", {"what": "buy"})
    named = client.post("/join/name/", {"name": "Nguyễn Thị Mai"})

    assert named["Location"] == "/join/done/"
    assert User.objects.get(phone=FARMERS_PHONE).name == "Nguyễn Thị Mai"
    assert not Seller.objects.exists()


def test_a_second_tap_on_the_last_answer_opens_no_second_shop(client, commune, farmer, now):
    shop = services.Shop(kind="household", name="Hộ Lò Văn Sung", unit=commune)

    first = services.open_shop(user=farmer, shop=shop, now=now)
    second = services.open_shop(user=farmer, shop=shop, now=now)

    assert first == second
    assert Seller.objects.count() == 1


def test_two_households_of_one_name_get_addresses_of_their_own(commune, now):
    shop = services.Shop(kind="household", name="Hộ Lò Văn Sung", unit=commune)

    sellers = [services.open_shop(user=UserFactory(), shop=shop, now=now) for _ in range(2)]

    assert [seller.slug for seller in sellers] == ["ho-lo-van-sung", "ho-lo-van-sung-2"]


def test_a_question_that_needs_an_earlier_answer_asks_that_one_first(client):
    come_in(client)

    assert client.get("/join/hamlet/")["Location"] == "/join/what/"
    client.post("/join/what/", {"what": "produce"})
    assert client.get("/join/wallet/")["Location"] == "/join/name/"


def test_a_commune_is_found_without_accents_and_another_one_is_refused(client, commune):
    come_in(client)
    client.post("/join/what/", {"what": "produce"})
    client.post("/join/name/", {"name": "Lò Văn Sung"})

    assert "Xã Mường Phăng" in client.get("/join/commune/?q=muong phang").content.decode()
    assert client.post("/join/commune/", {"commune": commune.pk + 1000}).status_code == 422


def test_a_code_is_right_five_times_at_most_to_guess(client):
    client.post("/join/", {"phone": "0399 000 777"})
    wrong = f"{(int(code_sent_to(FARMERS_PHONE)) + 1) % 1_000_000:06d}"

    answers = [client.post("/join/code/", {"action": "verify", "code": wrong}) for _ in range(5)]
    late = client.post("/join/code/", {"action": "verify", "code": code_sent_to(FARMERS_PHONE)})

    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 302]
    assert "not the code that was sent" in answers[0].content.decode()
    assert late["Location"].startswith("/join/")
    assert "_auth_user_id" not in client.session


def test_a_telephone_is_rung_six_times_an_hour_at_most(client):
    for _ in range(6):
        assert client.post("/join/", {"phone": "0399 000 777"}).status_code == 302

    refused = client.post("/join/", {"phone": "0399 000 777"})

    assert refused.status_code == 429
    assert "Too many codes went to this number" in refused.content.decode()
    assert Message.objects.count() == 6


def test_the_code_is_said_by_a_call_to_whoever_asks_for_that(client):
    client.post("/join/", {"phone": "0399 000 777"})
    first = code_sent_to(FARMERS_PHONE)

    client.post("/join/code/", {"action": "resend", "way": "call"})

    assert list(Message.objects.order_by("pk").values_list("channel", flat=True)) == ["sms", "voice"]
    if code_sent_to(FARMERS_PHONE) != first:
        assert client.post("/join/code/", {"action": "verify", "code": first}).status_code == 422
    answered = client.post("/join/code/", {"action": "verify", "code": code_sent_to(FARMERS_PHONE)})
    assert answered["Location"] == "/join/what/"


def test_a_password_set_by_a_stranger_before_the_number_was_shown_ends(client):
    stranger_made_it = UserFactory(phone=FARMERS_PHONE)

    come_in(client)

    stranger_made_it.refresh_from_db()
    assert not stranger_made_it.has_usable_password()


def test_a_password_of_a_number_that_was_shown_stays(client):
    person = UserFactory(phone=FARMERS_PHONE, phone_verified_at=timezone.now())

    come_in(client)

    person.refresh_from_db()
    assert person.has_usable_password()


def test_a_closed_account_does_not_come_in(client):
    UserFactory(phone=FARMERS_PHONE, is_active=False)

    answered = come_in(client)

    assert answered["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session


def test_a_number_that_is_none_is_asked_again(client):
    answered = client.post("/join/", {"phone": "abc"})

    assert answered.status_code == 422
    assert "is not a phone number" in answered.content.decode()
    assert not User.objects.exists()


def test_a_number_whose_code_never_came_back_is_forgotten_after_a_day_and_nobody_else(client):
    client.post("/join/", {"phone": "0399 000 777"})
    UserFactory(name="", phone="+84399000778")
    with_a_name = services.newcomer(phone="+84399000779")
    services.name_person(user=with_a_name, name="Lò Thị Mai")

    assert services.forget_strangers(now=timezone.now() + timedelta(hours=23)) == 0
    assert services.forget_strangers(now=timezone.now() + timedelta(hours=25)) == 1

    phones = User.objects.order_by("phone").values_list("phone", flat=True)
    assert [str(phone) for phone in phones] == ["+84399000778", "+84399000779"]


def test_who_came_in_by_a_code_may_choose_a_password_and_is_asked_for_no_old_one(client):
    come_in(client)

    page = client.get("/accounts/change-password/").content.decode()
    chosen = client.post(
        "/accounts/change-password/", {"new_password1": "ruong-bac-thang", "new_password2": "ruong-bac-thang"}
    )

    assert "old_password" not in page
    assert chosen.status_code == 302
    assert User.objects.get(phone=FARMERS_PHONE).check_password("ruong-bac-thang")


def test_a_network_asks_for_so_many_codes_and_no_more(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"request_login_code": "2/h/ip"}

    answers = [client.post("/join/", {"phone": f"039900077{number}"}) for number in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Too many tries" in answers[2].content.decode()
    assert Message.objects.count() == 2


def test_a_wrong_code_is_said_in_vietnamese_too(client):
    client.post("/join/", {"phone": "0399 000 777"})
    wrong = f"{(int(code_sent_to(FARMERS_PHONE)) + 1) % 1_000_000:06d}"

    client.cookies["django_language"] = "vi"
    answered = client.post("/join/code/", {"action": "verify", "code": wrong})

    assert answered.status_code == 422
    assert "4 lần" in answered.content.decode()
