"""What sellers and officials do with certificates on their pages."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agriculture.trace import services
from agriculture.trace.models import Certificate, Consent, Mistake
from marketplace.accounts.services import grant_role
from marketplace.sellers.models import Member
from tests.factories import CommuneFactory, ProduceFactory, SellerFactory, UserFactory
from tests.settlement.test_pages import text_of

from .conftest import ask, photo, today, verified

pytestmark = pytest.mark.django_db
NEW = "/sell/certificates/new/"


@pytest.fixture
def member(farm, visitor):
    visitor.force_login(farm.farmer)
    return visitor


@pytest.fixture
def official(farm, visitor):
    visitor.force_login(farm.official)
    return visitor


def form(**given):
    facts = {
        "certificate_id": str(uuid.uuid4()),
        "kind": "vietgap",
        "product": "",
        "number": "VG-12",
        "issuer": "Trung tâm vùng 1",
        "issued_on": "",
        "expires_on": (today() + timedelta(days=90)).isoformat(),
        "paper": SimpleUploadedFile("giay.jpg", photo(), "image/jpeg"),
    }
    return facts | given


def test_a_seller_sends_a_paper_in_and_sees_how_it_stands(farm, member):
    answer = member.post(NEW, form(), follow=True)

    assert "An official of your commune looks at it" in text_of(answer)
    assert "waits for an official" in text_of(answer)
    certificate = Certificate.objects.get()
    assert (certificate.seller, certificate.number, certificate.asked_by) == (
        farm.seller,
        "VG-12",
        farm.farmer,
    )
    assert member.get(f"/sell/certificates/{certificate.pk}/paper/")["Content-Type"] == "image/webp"


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(farm, member):
    broken = SimpleUploadedFile("giay.jpg", b"no picture", "image/jpeg")

    answer = member.post(NEW, form(paper=broken, number="VG-77"))

    assert answer.status_code == 422
    assert "neither a photo nor a PDF" in text_of(answer)
    assert 'value="VG-77"' in answer.content.decode()
    assert not Certificate.objects.exists()
    for wrong in ({"kind": "ocop"}, {"expires_on": "2020-01-01"}, {"number": ""}, {"certificate_id": "x"}):
        assert member.post(NEW, form(**wrong)).status_code == 422


def test_nobody_names_the_product_of_another(farm, member):
    answer = member.post(NEW, form(product=str(ProduceFactory().product_id)))

    assert answer.status_code == 422
    assert not Certificate.objects.exists()


def test_certificates_of_others_are_not_there(farm, visitor):
    certificate = ask(farm, paper=(photo(form="WEBP"), "image/webp"))
    stranger = UserFactory()
    Member.objects.create(seller=SellerFactory(), user=stranger)
    visitor.force_login(stranger)

    assert visitor.get(f"/sell/certificates/{certificate.pk}/paper/").status_code == 404
    assert visitor.get(f"/sell/certificates/?seller={farm.seller.slug}").status_code == 404
    assert visitor.post(f"{NEW}?seller={farm.seller.slug}", form()).status_code == 404
    assert visitor.post(f"/sell/certificates/hamlet/?seller={farm.seller.slug}").status_code == 404
    assert certificate.number not in text_of(visitor.get("/sell/certificates/"))
    visitor.force_login(UserFactory())
    assert visitor.get("/sell/certificates/").status_code == 403


def test_a_farmer_says_yes_and_no_to_the_hamlet(farm, member):
    member.post("/sell/certificates/hamlet/", {"shows": "yes"})
    assert "Lò Thị Pản said yes on" in text_of(member.get("/sell/certificates/"))

    member.post("/sell/certificates/hamlet/", {"shows": "no"})
    assert "They do not read your hamlet" in text_of(member.get("/sell/certificates/"))
    assert list(Consent.objects.order_by("pk").values_list("shows_hamlet", flat=True)) == [True, False]


def test_an_expired_certificate_is_called_expired(farm, member):
    certificate = verified(farm)
    Certificate.objects.filter(pk=certificate.pk).update(expires_on=today() - timedelta(days=1))

    assert "expired" in text_of(member.get("/sell/certificates/"))


# --- The officials' ----------------------------------------------------------------------------


def test_an_official_compares_and_verifies(farm, official):
    certificate = ask(farm, paper=(photo(form="WEBP"), "image/webp"))
    address = f"/board/certificates/{certificate.pk}/"
    assert "1 certificate to compare" in text_of(official.get("/board/"))
    assert "Hộ bà Lò Thị Pản" in text_of(official.get("/board/certificates/"))
    assert official.get(f"{address}paper/").status_code == 200

    assert official.post(address, {"act": "verify", "note": ""}).status_code == 422
    answer = official.post(address, {"act": "verify", "note": "Sổ của sở"}, follow=True)

    assert "Sổ của sở" in text_of(answer)
    certificate.refresh_from_db()
    assert certificate.state == "verified"
    assert official.post(address, {"act": "refuse", "note": "x"}).status_code == 409
    assert official.post(address, {"act": "burn"}).status_code == 404


def test_an_official_of_another_commune_finds_nothing(farm, visitor):
    certificate = ask(farm, paper=(photo(form="WEBP"), "image/webp"))
    other = UserFactory()
    grant_role(user=other, role="commune-official", commune=CommuneFactory())
    visitor.force_login(other)

    assert certificate.number not in text_of(visitor.get("/board/certificates/"))
    for address in (f"/board/certificates/{certificate.pk}/", f"/board/certificates/{certificate.pk}/paper/"):
        assert visitor.get(address).status_code == 404
    assert (
        visitor.post(f"/board/certificates/{certificate.pk}/", {"act": "verify", "note": "x"}).status_code
        == 404
    )
    visitor.force_login(farm.farmer)
    assert visitor.get("/board/certificates/").status_code == 403


def test_lists_cost_the_same_queries_for_many(farm, official, django_assert_max_num_queries):
    for _ in range(8):
        verified(farm)
    with django_assert_max_num_queries(10):  # the last writes that an official looked
        official.get("/board/certificates/")


def test_a_reported_mistake_is_looked_into_and_both_are_told(farm, official):
    mistake = services.report_mistake(
        mistake_id=uuid.uuid4(),
        code="ABC",
        seller=farm.seller,
        product=farm.product,
        kind="spoiled",
        words="Mốc",
        phone="+84399000123",
        now=timezone.now(),
    )
    assert "Mốc" in text_of(official.get("/board/mistakes/"))

    assert official.post("/board/mistakes/", {"mistake": str(mistake.pk), "answer": " "}).status_code == 422
    official.post("/board/mistakes/", {"mistake": str(mistake.pk), "answer": "Bao bị ướt trên đường"})

    assert "Bao bị ướt trên đường" in text_of(official.get("/board/mistakes/"))
    official.force_login(farm.farmer)
    assert "Bao bị ướt trên đường" in text_of(official.get("/sell/certificates/"))
    closed = Mistake.objects.get()
    assert (closed.closed_by, closed.phone) == (farm.official, "")
