"""Labels and packing slips: of own orders alone, with the same code each time they are printed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from agriculture.harvests import services as harvests
from agriculture.trace import services
from agriculture.trace.models import Pack
from agriculture.trace.printing import scan_address_of
from marketplace.delivery.codes import part_of_label
from marketplace.sellers.models import Mandate, Member, SubOrder
from tests.factories import SellerFactory, UserFactory

from .conftest import paid_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


@pytest.fixture
def part(farm, visitor):
    visitor.force_login(farm.farmer)
    return paid_order(farm, quantity=3)


def test_the_labels_of_an_order_are_one_for_the_parcel_and_one_for_each_pack(part, visitor):
    answer = visitor.get(f"/sell/orders/{part.number}/labels.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    assert b"/Count 4" in answer.content
    assert b"/Count 1" in visitor.get(f"/sell/orders/{part.number}/labels.pdf?paper=a4").content


def test_a_lot_nobody_has_ordered_of_has_labels_too_for_its_own_seller_alone(farm, visitor):
    now = timezone.now()
    lot = harvests.open_lot(
        seller=farm.seller, product=farm.product, harvested_on=timezone.localdate(now), quantity_g=5_000,
        by=farm.farmer, now=now,
    )  # fmt: skip
    address = f"/sell/harvests/lots/{lot.code}/labels.pdf"
    visitor.force_login(farm.farmer)

    assert visitor.get(address)["Content-Type"] == "application/pdf"
    assert b"/Count 1" in visitor.get(f"{address}?paper=a4").content
    assert address in visitor.get(f"/sell/harvests/lots/{lot.code}/").content.decode()

    stranger = UserFactory()
    Member.objects.create(seller=SellerFactory(), user=stranger)
    visitor.force_login(stranger)
    assert visitor.get(address).status_code == 404


def test_printing_again_gives_the_same_codes(part, visitor):
    for name in ("labels", "slip", "labels"):
        assert visitor.get(f"/sell/orders/{part.number}/{name}.pdf").status_code == 200

    assert Pack.objects.count() == 1
    assert len(Pack.objects.get().code) == 9


def test_the_parcel_s_code_is_what_the_post_scans(part, farm):
    key = scan_address_of(part).removeprefix(f"{settings.PUBLIC_BASE_URL}/post/p/").removesuffix("/")

    assert part_of_label(key) == part.pk


def test_two_who_print_at_once_print_the_same_code(part):
    def codes(_):
        try:
            return services.codes_of_part(
                part=SubOrder.objects.select_related("seller").get(pk=part.pk), now=timezone.now()
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(codes, range(4)))

    assert found == [found[0]] * 4
    assert Pack.objects.count() == 1


def test_the_orders_of_others_are_not_there(farm, part, visitor):
    stranger, other = UserFactory(), SellerFactory()
    Member.objects.create(seller=other, user=stranger)
    visitor.force_login(stranger)

    for name in ("labels", "slip"):
        assert visitor.get(f"/sell/orders/{part.number}/{name}.pdf").status_code == 404
    visitor.force_login(UserFactory())
    assert visitor.get(f"/sell/orders/{part.number}/labels.pdf").status_code == 403
    visitor.logout()
    assert visitor.get(f"/sell/orders/{part.number}/labels.pdf").status_code == 302
    assert not Pack.objects.exists()


@pytest.mark.parametrize(("scope", "status"), [("orders", 200), ("listing", 403)])
def test_a_helper_prints_with_the_leave_for_orders_alone(farm, part, visitor, scope, status):
    helper = UserFactory()
    now = timezone.now()
    Mandate.objects.create(seller=farm.seller, agent=helper, scopes=[scope], asked_at=now, consented_at=now)
    visitor.force_login(helper)

    assert visitor.get(f"/sell/orders/{part.number}/labels.pdf").status_code == status


def test_what_was_given_back_has_no_labels_and_the_seller_is_told(part, visitor):
    SubOrder.objects.filter(pk=part.pk).update(status=SubOrder.Status.REFUNDED)

    answer = visitor.get(f"/sell/orders/{part.number}/labels.pdf", follow=True)

    assert "has no goods to pack" in answer.content.decode()
