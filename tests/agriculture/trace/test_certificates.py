"""A certificate shows as a badge from the moment an official verified it until its last day."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from agriculture.models import Produce
from agriculture.trace import selectors, services
from agriculture.trace.errors import CertificateInvalid, NotWaiting, OwnCertificate
from agriculture.trace.models import Certificate, Decision
from marketplace.accounts.models import User
from marketplace.accounts.selectors import official_scope
from marketplace.messaging.models import Message
from marketplace.places.models import MERGER_ON, Succession
from marketplace.sellers.models import Act, Member
from tests.factories import CommuneFactory, ProduceFactory, SellerFactory

from .conftest import ask, today, verified, wish

pytestmark = pytest.mark.django_db


def badges(farm, *, on=None):
    return [
        badge.words
        for badge in selectors.badges_of_product(
            product_id=farm.product.pk, seller_id=farm.seller.pk, today=on or today()
        )
    ]


def test_nothing_shows_before_an_official_has_verified_it(farm):
    certificate = ask(farm)
    assert badges(farm) == []

    services.verify(certificate_id=certificate.pk, by=farm.official, note="Sổ đăng ký", now=timezone.now())

    assert badges(farm) == ["VietGAP"]
    told = Message.objects.get(purpose="certificate")
    assert (told.to, told.text) == ("+84399000777", "Your certificate VietGAP: verified. So dang ky")
    assert Act.objects.get(seller=farm.seller).what == "Sent in a certificate"


def test_a_badge_falls_off_by_itself_after_its_last_day(farm):
    last_day = today() + timedelta(days=30)
    verified(farm, kind="ocop", stars=4, product=farm.product, expires_on=last_day)

    assert badges(farm, on=last_day) == ["OCOP 4 stars"]
    assert badges(farm, on=last_day + timedelta(days=1)) == []
    rows = Produce.objects.annotate(stars=selectors.ocop_stars(today=last_day + timedelta(days=1)))
    assert rows.get().stars is None
    assert Produce.objects.annotate(stars=selectors.ocop_stars(today=last_day)).get().stars == 4


def test_what_holds_for_all_goods_shows_on_each_and_ocop_on_its_own_alone(farm):
    other = ProduceFactory(seller=farm.seller)
    stranger = ProduceFactory()
    verified(farm, kind="organic")
    verified(farm, kind="ocop", stars=3, product=farm.product)
    verified(farm, kind="ocop", stars=5, product=farm.product)

    found = selectors.badges_of_products(
        [
            (farm.product.pk, farm.seller.pk),
            (other.product_id, farm.seller.pk),
            (stranger.product_id, stranger.product.origin.seller_id),
        ],
        today=today(),
    )

    assert [badge.words for badge in found[farm.product.pk]] == ["OCOP 5 stars", "organic"]
    assert [badge.words for badge in found[other.product_id]] == ["organic"]
    assert found[stranger.product_id] == []
    own = selectors.badges_of_seller(seller_id=farm.seller.pk, today=today())
    assert [badge.words for badge in own] == ["organic"]


def test_badges_cost_one_query_for_many_products(farm, django_assert_num_queries):
    products = [(farm.product.pk, farm.seller.pk)] * 20
    with django_assert_num_queries(1):
        selectors.badges_of_products(products, today=today())


def test_a_form_sent_twice_asks_once(farm):
    certificate_id = uuid.uuid4()
    for number in ("A-1", "A-2"):
        services.ask(
            certificate_id=certificate_id,
            seller=farm.seller,
            wish=wish(number=number),
            paper=None,
            by=farm.farmer,
            now=timezone.now(),
        )

    assert Certificate.objects.get().number == "A-1"
    assert Act.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "gold"}, "kind"),
        ({"kind": "ocop", "stars": 4}, "product"),
        ({"kind": "ocop", "stars": 2, "product": True}, "stars"),
        ({"number": " "}, "number"),
        ({"issuer": ""}, "issuer"),
        ({"expires_on": "yesterday"}, "expires_on"),
        ({"issued_on": "tomorrow"}, "issued_on"),
        ({"product": "of another"}, "product"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field_and_nothing_is_kept(farm, given, field):
    days = {"yesterday": today() - timedelta(days=1), "tomorrow": today() + timedelta(days=1)}
    given = {
        name: days.get(value, value) if isinstance(value, str) else value for name, value in given.items()
    }
    if given.get("product") is True:
        given["product"] = farm.product
    if given.get("product") == "of another":
        given["product"] = ProduceFactory().product

    with pytest.raises(CertificateInvalid) as refused:
        ask(farm, **given)

    assert refused.value.field == field
    assert not Certificate.objects.exists()


def test_an_official_says_what_was_checked(farm):
    certificate = ask(farm)

    with pytest.raises(CertificateInvalid, match="what you have checked"):
        services.verify(certificate_id=certificate.pk, by=farm.official, note=" ", now=timezone.now())

    certificate.refresh_from_db()
    assert certificate.state == "waiting"
    assert not Decision.objects.exists()


def test_nobody_verifies_the_certificate_of_the_own_household(farm):
    certificate = ask(farm)
    Member.objects.create(seller=farm.seller, user=farm.official)

    with pytest.raises(OwnCertificate):
        services.verify(certificate_id=certificate.pk, by=farm.official, note="x", now=timezone.now())


def test_a_decision_stands_pressing_twice_is_once_and_a_badge_can_be_withdrawn(farm):
    certificate = verified(farm)
    again = {"certificate_id": certificate.pk, "by": farm.official, "now": timezone.now()}

    services.verify(**again, note="once more")
    with pytest.raises(NotWaiting, match="verified"):
        services.refuse(**again, note="too late")
    services.withdraw(**again, note="Mẫu có dư lượng thuốc")

    assert badges(farm) == []
    states = list(Decision.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["verified", "withdrawn"]


def test_what_has_expired_while_it_waited_cannot_be_verified(farm):
    certificate = ask(farm, expires_on=today())
    tomorrow = timezone.now() + timedelta(days=1)

    with pytest.raises(CertificateInvalid, match="expired"):
        services.verify(certificate_id=certificate.pk, by=farm.official, note="x", now=tomorrow)


def test_officials_see_those_of_their_communes_also_by_the_names_before_the_merger(farm):
    ask(farm)
    merged = CommuneFactory(valid_from=date(2020, 1, 1), valid_to=MERGER_ON)
    Succession.objects.create(old=merged, new=CommuneFactory())
    old = SellerFactory(commune=merged)
    Certificate.objects.create(
        pk=uuid.uuid4(), seller=old, kind="organic", expires_on=today(), asked_at=timezone.now()
    )
    official = User.objects.get(pk=farm.official.pk)
    here = official_scope(official)
    there = type(here)(whole_province=False, commune_codes=frozenset({old.unit.became.new.code}))
    everywhere = type(here)(whole_province=True, commune_codes=frozenset())

    assert [each.seller for each in selectors.certificates_for(here)] == [farm.seller]
    assert [each.seller for each in selectors.certificates_for(there)] == [old]
    assert selectors.certificates_for(everywhere).count() == 2
