"""A seller's orders on a phone: what is to be prepared, packed, handed over."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.delivery.codes import seller_code
from marketplace.delivery.models import PostOffice, Promise
from marketplace.packing.models import Preparation, Tick
from marketplace.sellers.models import Member
from tests.factories import CommuneFactory, SellerFactory, UserFactory
from tests.settlement.conftest import deliver, pay, place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


@pytest.fixture
def phone(visitor, packer):
    """The packer's browser."""
    visitor.force_login(packer)
    return visitor


def act(phone, part, kind, **body):
    body = {"id": str(uuid.uuid4()), "kind": kind} | body
    return phone.post(f"/sell/orders/{part.number}/acts/", body, content_type="application/json")


def line_of(part):
    return part.order.lines.get(partner=part.seller.partner)


def test_a_new_order_stands_with_its_buyer_its_goods_and_one_button(paid, phone):
    page = phone.get("/sell/orders/").content.decode()

    assert paid.goods.number in page
    assert "2 ×" in page
    assert 'value="accept"' in page
    assert paid.night.number not in page  # nights are not packed


def test_saying_yes_without_javascript_leads_back_to_the_list(paid, phone, packer):
    answer = phone.post(
        f"/sell/orders/{paid.goods.number}/acts/",
        {"id": str(uuid.uuid4()), "kind": "accept", "back": "list"},
    )

    assert (answer.status_code, answer["Location"]) == (302, "/sell/orders/")
    assert Preparation.objects.get(part=paid.goods).accepted_by == packer


def test_what_was_ticked_and_packed_shows_the_number_for_the_post(paid, phone):
    line = line_of(paid.goods)

    assert act(phone, paid.goods, "pack", line=line.pk).json()["noted"] is True
    assert act(phone, paid.goods, "ready").json()["noted"] is True

    page = phone.get(f"/sell/orders/{paid.goods.number}/").content.decode()
    assert seller_code(paid.goods.pk) in page
    assert Tick.objects.get(line=line).is_packed


def test_what_was_handed_over_is_no_work_any_more(paid, phone):
    deliver(paid.goods)

    assert paid.goods.number not in phone.get("/sell/orders/").content.decode()
    page = phone.get(f"/sell/orders/{paid.goods.number}/")
    assert page.status_code == 200
    assert b"data-act" not in page.content


def test_saying_no_needs_a_reason_and_gives_everything_back(paid, phone):
    address = f"/sell/orders/{paid.goods.number}/decline/"

    assert phone.post(address).status_code == 422
    assert phone.post(address, {"reason": "spoiled"}).status_code == 302

    paid.goods.refresh_from_db()
    assert paid.goods.status == "refunding"
    assert phone.get(f"/sell/orders/{paid.goods.number}/").status_code == 200


def test_orders_stand_by_the_day_they_leave_and_what_to_fetch_is_summed_up(paid, phone, household):
    other = place((paid.rice, 3))
    pay(other)

    page = phone.get("/sell/orders/pick/").content.decode()

    assert 'packing__sum">5<' in page  # two and three sacks


def test_each_day_names_the_post_office_where_the_seller_hands_in(paid, phone, household):
    office = PostOffice.objects.create(
        code="385310", name="Bưu cục Sín Chải", address="Bản Sín Chải", commune=CommuneFactory()
    )
    day = timezone.localdate()
    way = {"sends_on": day, "reaches_on": day, "made_at": timezone.now()}
    way["legs"] = [[office.code, "380000", day.isoformat()]]
    Promise.objects.update_or_create(part=paid.goods, defaults=way)

    assert "Bưu cục Sín Chải, Bản Sín Chải" in phone.get("/sell/orders/").content.decode()


def test_the_list_costs_the_same_for_one_order_and_for_many(paid, phone):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            phone.get("/sell/orders/")
        return len(seen)

    queries()
    one = queries()
    for _ in range(3):
        pay(place((paid.rice, 1)))

    assert queries() == one


def test_the_sheet_is_a_page_and_a_pdf(paid, phone):
    assert paid.goods.number in phone.get("/sell/orders/sheet/").content.decode()

    paper = phone.get("/sell/orders/sheet.pdf")

    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")


def test_strangers_neighbours_and_buyers_see_nothing_of_it(paid, visitor):
    addresses = [
        "/sell/orders/", "/sell/orders/pick/", "/sell/orders/sheet/", "/sell/orders/sheet.pdf",
        f"/sell/orders/{paid.goods.number}/", f"/sell/orders/{paid.goods.number}/chat/", "/sell/closed/",
    ]  # fmt: skip
    for address in addresses:
        assert visitor.get(address).status_code == 302
    visitor.force_login(UserFactory())
    for address in addresses:
        assert visitor.get(address).status_code == 403
    neighbour = UserFactory()
    Member.objects.create(seller=SellerFactory(), user=neighbour)
    visitor.force_login(neighbour)
    assert paid.goods.number not in visitor.get("/sell/orders/").content.decode()
    for address in addresses[4:6]:
        assert visitor.get(address).status_code == 404
    assert act(visitor, paid.goods, "accept").status_code == 404
    assert visitor.post(f"/sell/orders/{paid.goods.number}/decline/", {"reason": "ill"}).status_code == 404
    assert not Preparation.objects.exists()


def test_nothing_of_it_is_kept_by_a_browser(paid, phone):
    assert phone.get(f"/sell/orders/{paid.goods.number}/")["Cache-Control"] == "no-store"
