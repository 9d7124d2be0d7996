from datetime import timedelta

import pytest

from marketplace.accounts.services import grant_role
from marketplace.joining import services
from marketplace.joining.errors import (
    AlreadyHelping,
    AskedTooOften,
    CodeEnded,
    NotAsked,
    TooManyCodes,
    WrongCode,
)
from marketplace.joining.models import Consent
from marketplace.messaging.models import Message
from marketplace.sellers.models import Act, Mandate, Member, Seller
from marketplace.sellers.selectors import own_sellers_of, sellers_of
from tests.factories import SellerFactory, UserFactory

from .conftest import FARMERS_PHONE, code_sent_to

pytestmark = pytest.mark.django_db
SCOPES = ["listing", "orders"]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_an_agent_acts_for_a_farmer_who_told_the_code_and_no_longer_after_its_end(shop, agent, farmer, now):
    consent = services.ask_for(seller=shop, agent=agent, scopes=SCOPES, now=now)
    assert list(sellers_of(agent.pk)) == []

    services.answer(consent=consent, code=code_sent_to(FARMERS_PHONE), now=now)
    assert list(sellers_of(agent.pk)) == [shop]
    assert list(sellers_of(agent.pk, scope="orders")) == [shop]
    assert list(sellers_of(agent.pk, scope="money")) == []
    assert list(own_sellers_of(agent.pk)) == []

    services.end(mandate=Mandate.objects.get(), by=farmer, now=now)
    assert list(sellers_of(agent.pk)) == []
    assert list(sellers_of(farmer.pk)) == [shop]


def test_who_acts_for_whom_costs_one_query(shop, mandate, agent, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert list(sellers_of(agent.pk, scope="listing")) == [shop]


def test_the_farmer_answers_in_person_too(shop, agent, farmer, now, client):
    services.ask_for(seller=shop, agent=agent, scopes=SCOPES, now=now)
    client.force_login(farmer)

    page = client.get("/sell/helpers/").content.decode()
    client.post(f"/sell/helpers/{Mandate.objects.get().pk}/", {"answer": "yes"})

    assert "Cà Văn Điện asks: may I act for you?" in page
    assert Mandate.objects.get().is_living
    assert list(sellers_of(agent.pk)) == [shop]


def test_five_wrong_codes_end_a_question_and_a_new_code_opens_it_again(shop, agent, now):
    consent = services.ask_for(seller=shop, agent=agent, scopes=SCOPES, now=now)
    code = code_sent_to(FARMERS_PHONE)

    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongCode) as refused:
            services.answer(consent=consent, code=wrong(code), now=now)
        assert (f"{left} more" in str(refused.value)) == (left > 1)
    with pytest.raises(CodeEnded, match="Send a new one"):
        services.answer(consent=consent, code=code, now=now)
    assert not Mandate.objects.get().is_living

    services.send_again(consent=consent, by_call=True, now=now)
    services.answer(consent=consent, code=code_sent_to(FARMERS_PHONE), now=now)
    assert Mandate.objects.get().is_living


def test_a_code_ends_after_ten_minutes(shop, agent, now):
    consent = services.ask_for(seller=shop, agent=agent, scopes=SCOPES, now=now)

    with pytest.raises(CodeEnded):
        services.answer(
            consent=consent, code=code_sent_to(FARMERS_PHONE), now=now + timedelta(minutes=10, seconds=1)
        )


def test_an_answer_twice_is_one_mandate(shop, agent, now):
    consent = services.ask_for(seller=shop, agent=agent, scopes=SCOPES, now=now)
    code = code_sent_to(FARMERS_PHONE)

    assert services.answer(consent=consent, code=code, now=now) == shop
    assert services.answer(consent=consent, code=code, now=now) == shop
    with pytest.raises(AlreadyHelping, match="You may already act for Hộ Lò Văn Sung"):
        services.ask_for(seller=shop, agent=agent, scopes=SCOPES, now=now)

    assert Mandate.objects.count() == 1
    assert [act.what for act in Act.objects.all()] == ["Gave leave to act"]


def test_a_withdrawn_question_takes_no_code(shop, agent, farmer, now):
    consent = services.ask_for(seller=shop, agent=agent, scopes=SCOPES, now=now)
    services.end(mandate=Mandate.objects.get(), by=farmer, now=now)

    with pytest.raises(NotAsked):
        services.answer(consent=consent, code=code_sent_to(FARMERS_PHONE), now=now)


def test_questions_ring_a_telephone_six_times_an_hour_at_most(shop, agent, now):
    consent = services.ask_for(seller=shop, agent=agent, scopes=SCOPES, now=now)
    for _ in range(5):
        services.send_again(consent=consent, by_call=False, now=now)

    with pytest.raises(TooManyCodes):
        services.ask_for(seller=shop, agent=UserFactory(), scopes=SCOPES, now=now)
    assert Message.objects.count() == 6


def test_an_agent_opens_a_shop_with_a_farmer_who_has_none(client, agent, commune):
    client.force_login(agent)

    client.post("/post/farmers/new/", {"phone": "0399000777"})
    asked = client.post(
        "/post/farmers/new/",
        {
            "phone": "0399000777",
            "scopes_asked": "1",
            "name": "Lò Văn Sung",
            "kind": "household",
            "commune": commune.pk,
            "hamlet": "Bản Che Căn",
            "scopes": SCOPES,
        },
    )
    assert not Seller.objects.exists()
    (message,) = Message.objects.all()
    assert message.text.startswith("Ca Van Dien asks to sell for you: Ho Lo Van Sung.")

    answered = client.post(asked["Location"], {"code": code_sent_to(FARMERS_PHONE)})

    seller = Seller.objects.get()
    assert answered["Location"] == f"/post/farmers/{seller.pk}/"
    assert (seller.name, seller.unit, seller.hamlet.name) == ("Hộ Lò Văn Sung", commune, "Bản Che Căn")
    assert [str(user.phone) for user in seller.members.all()] == [FARMERS_PHONE]
    assert list(sellers_of(agent.pk)) == [seller]
    assert Consent.objects.get().seller == seller
    assert "Hộ Lò Văn Sung" in client.get("/post/farmers/").content.decode()


def test_what_an_agent_does_is_told_to_the_farmer_and_what_the_farmer_does_is_not(
    shop, mandate, agent, farmer, now
):
    services.note_act(seller=shop, by=agent, what="Changed a price", detail="Gạo séng cù: 18.000 ₫", now=now)
    services.note_act(seller=shop, by=farmer, what="Changed a price", now=now)

    assert list(Act.objects.order_by("pk").values_list("by", "mandate")) == [
        (agent.pk, mandate.pk),
        (farmer.pk, None),
    ]
    (message,) = Message.objects.all()
    assert str(message.to) == FARMERS_PHONE
    assert message.text == (
        "Ca Van Dien for you: Changed a price. Gao seng cu: 18.000 d. Not right? Send HUY, or sell/helpers/."
    )


def test_an_act_of_somebody_without_leave_is_refused_and_nothing_is_written(
    shop, mandate, agent, farmer, now
):
    services.end(mandate=mandate, by=farmer, now=now)
    acts = Act.objects.count()

    with pytest.raises(services.NotAllowed, match="may not act for Hộ Lò Văn Sung"):
        services.note_act(seller=shop, by=agent, what="Changed a price", now=now)

    assert Act.objects.count() == acts


def test_an_agent_never_changes_the_wallet(client, shop, mandate, agent, farmer, now):
    client.force_login(agent)
    answer = {"provider": "vnpt", "msisdn": "0889000001"}

    assert client.get(f"/sell/wallet/{shop.pk}/").status_code == 404
    assert client.post(f"/sell/wallet/{shop.pk}/", answer).status_code == 404
    with pytest.raises(services.NotAllowed):
        services.change_wallet(seller=shop, by=agent, provider="vnpt", msisdn="+84889000001", now=now)

    client.force_login(farmer)
    assert client.get(f"/sell/wallet/{shop.pk}/").status_code == 200
    client.post(f"/sell/wallet/{shop.pk}/", answer)
    shop.refresh_from_db()
    assert (shop.wallet_provider, str(shop.wallet_msisdn)) == ("vnpt", "+84889000001")
    assert Message.objects.get(purpose="wallet").text.startswith("The money of Ho Lo Van Sung goes to")


def test_a_foreign_shop_and_a_foreign_question_are_not_there(client, shop, agent, mandate, now):
    other = UserFactory()
    theirs = SellerFactory()
    Member.objects.create(seller=theirs, user=other)
    client.force_login(other)
    consent = services.ask_for(seller=theirs, agent=agent, scopes=SCOPES, now=now)

    assert client.post(f"/sell/helpers/{mandate.pk}/", {"answer": "no"}).status_code == 404
    assert client.get(f"/sell/wallet/{shop.pk}/").status_code == 404
    assert client.get(f"/sell/shares/{shop.pk}/").status_code == 404
    assert client.get("/post/farmers/").status_code == 403

    second_agent = UserFactory()
    second_agent.roles.create(role="agent", post_office="380001")
    client.force_login(second_agent)
    assert client.get(f"/post/farmers/code/{consent.pk}/").status_code == 404
    assert client.get(f"/post/farmers/{shop.pk}/").status_code == 404
    mandate.refresh_from_db()
    assert mandate.is_living


def test_the_farmer_sees_every_act_and_ends_the_leave_at_once(client, shop, mandate, agent, farmer, now):
    services.note_act(seller=shop, by=agent, what="Changed a price", detail="Gạo séng cù", now=now)
    client.force_login(farmer)

    page = client.get("/sell/helpers/").content.decode()
    client.post(f"/sell/helpers/{mandate.pk}/", {"answer": "end"})

    assert "Changed a price" in page
    assert "Cà Văn Điện" in page
    mandate.refresh_from_db()
    assert not mandate.is_living
    told = Message.objects.get(purpose="mandate")
    assert (str(told.to), told.text) == (
        str(agent.phone),
        "Ho Lo Van Sung has ended your leave to act for them.",
    )


def test_an_agent_gives_the_leave_back(client, shop, mandate, agent):
    client.force_login(agent)

    assert "Act for them no longer" in client.get(f"/post/farmers/{shop.pk}/").content.decode()
    client.post(f"/post/farmers/{shop.pk}/", {"give_back": "1"})

    mandate.refresh_from_db()
    assert not mandate.is_living


def test_a_youth_of_the_union_and_a_neighbour_of_the_cooperative_may_ask_and_others_may_not(client, commune):
    youth, neighbour = UserFactory(), UserFactory()
    grant_role(user=youth, role="helper")
    Member.objects.create(seller=SellerFactory(kind="cooperative"), user=neighbour)

    for person, status in ((youth, 200), (neighbour, 200), (UserFactory(), 403)):
        client.force_login(person)
        assert client.get("/post/farmers/").status_code == status


def test_an_agent_asks_sixty_farmers_a_day_at_most(shop, agent, now):
    Consent.objects.bulk_create(
        Consent(
            agent=agent, phone=f"+8439900{number:04d}", scopes=SCOPES, name="Lò Thị Mai", kind="household",
            unit=shop.unit, digest="-", sent_at=now, expires_at=now,
        )
        for number in range(60)
    )  # fmt: skip

    with pytest.raises(AskedTooOften, match="Go on tomorrow"):
        services.ask_for(seller=shop, agent=agent, scopes=SCOPES, now=now)
    assert not Mandate.objects.exists()
    assert services.ask_for(seller=shop, agent=agent, scopes=SCOPES, now=now + timedelta(days=1)).pk
