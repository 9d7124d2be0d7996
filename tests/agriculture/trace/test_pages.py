"""The page of a code: for whoever holds the pack, small, kept by caches, and nothing of the buyer."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils import timezone

from agriculture.harvests import services as harvests
from agriculture.trace import services
from agriculture.trace.models import Mistake, Pack
from agriculture.trace.printing import address_of
from marketplace.delivery.models import HandOver, PostOffice, Shipment
from marketplace.messaging.models import Message
from tests import own_cache
from tests.settlement.test_pages import text_of

from .conftest import lot_of, paid_order, today, verified

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

BYTES_MAX = 10_000


@pytest.fixture
def packed(farm):
    """Two sacks of a lot, packed for a paid order; the code of their pack."""
    lot, part = lot_of(farm), paid_order(farm)
    line = part.order.lines.get()
    harvests.pack(line_id=line.pk, lot_id=lot.pk, weight_g=10_000, by=farm.farmer, now=timezone.now())
    return services.codes_of_part(part=part, now=timezone.now())[line.pk]


def page(visitor, code):
    return text_of(visitor.get(f"/t/{code}/?lang=en"))


def test_a_pack_says_who_grew_it_where_and_when(farm, packed, visitor):
    verified(farm, kind="ocop", stars=4, product=farm.product, number="OCOP-17")

    seen = page(visitor, packed)

    assert "Gạo séng cù" in seen
    assert "Grown by Hộ bà Lò Thị Pản" in seen
    assert "Xã Mường Thử" in seen
    assert f"Harvested {today() - timedelta(days=3):%d/%m/%Y}" in seen
    assert f"Packed {today():%d/%m/%Y}" in seen
    assert f"Best before {today() + timedelta(days=177):%d/%m/%Y}" in seen
    assert "OCOP 4 stars · no. OCOP-17" in seen


def test_the_whole_page_is_less_than_ten_kilobytes_and_loads_nothing_else(farm, packed, visitor):
    verified(farm, kind="ocop", stars=4, product=farm.product)
    verified(farm, kind="organic")
    part = Pack.objects.get().line.order.suborders.get()
    office = PostOffice.objects.create(
        code="389999", name="Bưu cục Mường Thử", commune=farm.commune, address="Bản Nà Sự"
    )
    shipment = Shipment.objects.create(
        part=part,
        state="ready",
        office=office,
        changed_at=timezone.now(),
        ready_at=timezone.now(),
        return_on=today(),
    )
    for kind in ("to-post", "sent", "received", "sent", "received"):
        now = timezone.now()
        HandOver.objects.create(shipment=shipment, kind=kind, office=office, happened_at=now, recorded_at=now)

    answer = visitor.get(f"/t/{packed}/")

    html = answer.content.decode()
    loaded = re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', html)
    assert [path.rpartition("/")[2] for path in loaded] == ["mark.svg", "trace.css"]
    sheet = open(finders.find("css/trace.css"), "rb").read()  # noqa: SIM115
    assert len(answer.content) + len(sheet) < BYTES_MAX
    assert html.count("<li>") == 7
    assert "<script" not in html


def test_caches_may_keep_it_and_it_depends_on_nobody(packed, visitor):
    answer = visitor.get(f"/t/{packed}/?lang=vi")
    again = visitor.get(f"/t/{packed}/?lang=vi", headers={"if-none-match": answer["ETag"]})

    assert answer["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies
    assert answer["Content-Language"] == "vi"  # by the address, though this visitor's cookie says English
    assert again.status_code == 304


def test_everybody_gets_the_same_bytes_whoever_is_signed_in(farm, packed, visitor):
    stranger = visitor.get(f"/t/{packed}/").content
    visitor.force_login(farm.farmer)
    answer = visitor.get(f"/t/{packed}/")

    assert answer.content == stranger
    assert "Cookie" not in answer.get("Vary", "")


def test_nobody_learns_anything_of_the_buyer(packed, visitor):
    placement = Pack.objects.get().line.order.placement

    html = visitor.get(f"/t/{packed}/").content.decode()

    assert placement.name not in html
    assert str(placement.phone) not in html
    assert Pack.objects.get().line.order.number not in html


def test_the_hamlet_is_shown_with_consent_alone_and_consent_ends_as_easily(farm, packed, visitor):
    assert "Bản Nà Sự" not in page(visitor, packed)

    assert services.show_hamlet(seller=farm.seller, shows=True, by=farm.farmer, now=timezone.now())
    assert not services.show_hamlet(seller=farm.seller, shows=True, by=farm.farmer, now=timezone.now())
    assert "Bản Nà Sự, Xã Mường Thử" in page(visitor, packed)

    services.show_hamlet(seller=farm.seller, shows=False, by=farm.farmer, now=timezone.now())
    assert "Bản Nà Sự" not in page(visitor, packed)


def test_a_lot_has_a_page_of_its_own_and_codes_may_be_typed_as_they_come(farm, visitor):
    lot = lot_of(farm)
    typed = f"{lot.code[:3].lower()} {lot.code[3:]}"

    answer = visitor.get("/t/", {"code": typed, "lang": "en"})

    assert answer["Location"] == f"/t/{lot.code}/?lang=en"
    assert "Grown by Hộ bà Lò Thị Pản" in page(visitor, lot.code)


@pytest.mark.parametrize("code", ["ABC", "<b>", "x" * 500, "%00", "ưu", "-"])
def test_a_code_nobody_gave_out_is_said_so(db, visitor, code):
    answer = visitor.get(f"/t/{code}/?lang=en")

    assert answer.status_code == 404
    assert "Nobody here gave out the code" in text_of(answer)
    assert "<b>" not in answer.content.decode()


def test_the_page_costs_few_queries(farm, packed, visitor, django_assert_max_num_queries):
    verified(farm)
    with django_assert_max_num_queries(8):
        visitor.get(f"/t/{packed}/")


def report(visitor, code, **given):
    wish = {
        "mistake_id": str(uuid.uuid4()),
        "kind": "product",
        "words": "Trong bao là <b>ngô</b>",
        "phone": "",
    }
    return visitor.post(f"/t/{code}/report/?lang=en", wish | given)


def test_a_mistake_is_kept_once_and_its_seller_told_once_a_day(farm, packed, visitor):
    own_cache.empty()
    mistake_id = str(uuid.uuid4())
    for _ in range(2):
        answer = report(visitor, packed, mistake_id=mistake_id)
    report(visitor, packed)

    assert "Thank you." in text_of(answer)
    assert Mistake.objects.count() == 2
    mistake = Mistake.objects.get(pk=mistake_id)
    assert (mistake.seller, mistake.product, mistake.code) == (farm.seller, farm.product, packed)
    told = Message.objects.filter(purpose="mistake")
    assert {message.to for message in told} == {"+84399000777"}
    assert len({message.key.partition("#")[0] for message in told}) == 1


def test_what_is_missing_is_asked_for_and_too_many_reports_wait(packed, visitor):
    own_cache.empty()
    refused = report(visitor, packed, kind="", phone="12")
    assert refused.status_code == 422
    assert "is not a phone number" in text_of(refused)
    assert "&lt;b&gt;ngô" in refused.content.decode()

    statuses = [report(visitor, packed).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert Mistake.objects.count() == 10


def test_a_report_needs_the_token_of_its_form(packed, visitor):
    visitor.handler.enforce_csrf_checks = True

    assert report(visitor, packed).status_code == 403
    assert visitor.get(f"/t/{packed}/report/")["Cache-Control"] == "no-store"


def test_addresses_on_paper_are_those_of_the_market():
    assert address_of("ABC234") == f"{settings.PUBLIC_BASE_URL}/t/ABC234/"
