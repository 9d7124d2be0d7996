"""Complaints on the pages of the buyer, the seller, the co-operative, the commune and the province."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image

from marketplace.accounts.models import RoleAssignment
from marketplace.sellers.identity import Share, ShareTable
from marketplace.sellers.models import Member
from marketplace.settlement import services as settlement
from marketplace.settlement.models import Dispute, DisputePhoto
from marketplace.shop.order.views import ORDERS
from tests.factories import CommuneFactory, SellerFactory, UserFactory
from tests.settlement.conftest import deliver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

Role = RoleAssignment.Role


@pytest.fixture
def dispute(paid):
    deliver(paid.goods)
    return settlement.open_dispute(
        part=paid.goods,
        reason="Gạo bị ẩm",
        wanted_vnd=100_000,
        phone="+84399000001",
        now=timezone.now(),
    )


def let_in(visitor, order):
    session = visitor.session
    session[ORDERS] = [order.number]
    session.save()


def official(role, commune=None):
    user = UserFactory()
    RoleAssignment.objects.create(user=user, role=role, commune=commune)
    return user


def photo():
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "in the kitchen of the buyer"
    Image.new("RGB", (800, 600), "brown").save(file, "JPEG", exif=exif)
    return SimpleUploadedFile("rice.jpg", file.getvalue(), content_type="image/jpeg")


def climb(dispute, times=1):
    for _ in range(times):
        dispute.refresh_from_db()
        settlement.escalate_due(now=dispute.answer_by)
    dispute.refresh_from_db()


def test_a_buyer_complains_with_a_photo_that_keeps_nothing_of_the_camera(paid, visitor):
    deliver(paid.goods)
    let_in(visitor, paid.order)
    form = {"part": paid.goods.number, "reason": "Gạo bị ẩm", "photo": photo()}

    visitor.post(f"/orders/{paid.order.number}/dispute/", form)

    dispute = Dispute.objects.get()
    kept = Image.open(io.BytesIO(bytes(DisputePhoto.objects.get().webp)))
    assert (kept.format, kept.size) == ("WEBP", (800, 600))
    assert not kept.getexif()
    page = visitor.get(f"/orders/{paid.order.number}/complaints/{dispute.pk}/").content.decode()
    picture = page.split('<img src="')[1].split('"')[0]
    assert visitor.get(picture)["Content-Type"] == "image/webp"
    assert visitor.get(picture.replace("~", "~x")).status_code == 404


def test_what_is_no_photo_is_refused_and_nothing_is_noted(paid, visitor):
    deliver(paid.goods)
    let_in(visitor, paid.order)
    file = SimpleUploadedFile("rice.jpg", b"GIF89a nothing of ours", content_type="image/jpeg")
    form = {"part": paid.goods.number, "reason": "Gạo bị ẩm", "photo": file}

    page = visitor.post(f"/orders/{paid.order.number}/dispute/", form, follow=True)

    assert "not a photo the shop can read" in page.content.decode()
    assert not Dispute.objects.exists()


def test_a_seller_offers_a_part_and_the_buyer_takes_it(paid, dispute, packer, visitor, client):
    visitor.force_login(packer)
    assert dispute.part.number in visitor.get("/sell/disputes/").content.decode()
    form = {"offer": "some", "offer_vnd": "40000", "words": "Xin lỗi"}
    assert visitor.post(f"/sell/disputes/{dispute.pk}/", form).status_code == 302
    let_in(client, paid.order)
    address = f"/orders/{paid.order.number}/complaints/{dispute.pk}/"
    assert "The seller offers" in client.get(address).content.decode()

    client.post(address, {"act": "agree"})

    dispute.refresh_from_db()
    assert (dispute.state, dispute.refund_vnd) == ("decided", 40_000)


def test_a_seller_who_forgets_the_sum_or_the_words_is_told_where(dispute, packer, visitor):
    visitor.force_login(packer)

    without_sum = visitor.post(f"/sell/disputes/{dispute.pk}/", {"offer": "some", "words": "Xin lỗi"})
    without_words = visitor.post(f"/sell/disputes/{dispute.pk}/", {"offer": "nothing"})

    assert without_sum.status_code == without_words.status_code == 422
    assert "Write how much you give back." in without_sum.content.decode()
    assert "Write why: the buyer reads it." in without_words.content.decode()
    dispute.refresh_from_db()
    assert (dispute.level, dispute.offer_vnd) == ("seller", None)


def test_the_official_of_the_sellers_commune_decides_in_turn_and_no_other(dispute, household, visitor):
    own, other = (
        official(Role.COMMUNE_OFFICIAL, household.unit),
        official(Role.COMMUNE_OFFICIAL, CommuneFactory()),
    )
    province = official(Role.PROVINCE_OFFICIAL)
    address = f"/board/disputes/{dispute.pk}/"
    form = {"refund_vnd": "60000", "note": "The pictures show it."}
    visitor.force_login(own)
    assert visitor.get(address).status_code == 404  # it is the seller's turn
    climb(dispute)
    assert visitor.get(address).status_code == 200
    visitor.force_login(other)
    assert visitor.get(address).status_code == visitor.post(address, form).status_code == 404
    visitor.force_login(province)
    assert visitor.post(address, form).status_code == 409
    visitor.force_login(own)

    assert visitor.post(address, form).status_code == 302

    dispute.refresh_from_db()
    assert (dispute.state, dispute.refund_vnd, dispute.decided_by) == ("decided", 60_000, own)


def test_the_province_decides_what_the_commune_left_lying(dispute, household, visitor):
    climb(dispute, times=2)
    visitor.force_login(official(Role.COMMUNE_OFFICIAL, household.unit))
    address = f"/board/disputes/{dispute.pk}/"
    assert visitor.post(address, {"refund_vnd": "0", "note": "No"}).status_code == 409
    visitor.force_login(official(Role.PROVINCE_OFFICIAL))
    assert dispute.part.number in visitor.get("/board/disputes/").content.decode()
    assert "1 complaint of a buyer to decide" in visitor.get("/board/").content.decode()

    assert visitor.post(address, {"refund_vnd": "0", "note": "Nothing is wrong"}).status_code == 302

    dispute.refresh_from_db()
    assert dispute.decision == "release"


def test_a_co_operative_decides_about_households_that_share_in_it(dispute, packer, visitor):
    elder, now = UserFactory(), timezone.now()
    cooperative = SellerFactory(kind="cooperative")
    Member.objects.create(seller=cooperative, user=elder)
    first_day = timezone.localdate() - timedelta(days=9)
    with transaction.atomic():  # shares and their table come together
        table = ShareTable.objects.create(seller=cooperative, valid_from=first_day, by=elder, written_at=now)
        Share.objects.create(table=table, name="Pản", user=packer, basis_points=10_000)
    address = f"/sell/disputes/{dispute.pk}/decide/"
    visitor.force_login(elder)
    assert visitor.get(address).status_code == 404
    climb(dispute)
    assert dispute.part.number in visitor.get("/sell/disputes/").content.decode()
    visitor.force_login(packer)
    assert visitor.get(address).status_code == 404  # nobody decides about the own rice
    visitor.force_login(elder)

    assert visitor.post(address, {"refund_vnd": "50000", "note": "Half of it."}).status_code == 302

    dispute.refresh_from_db()
    assert (dispute.refund_vnd, dispute.decided_by) == (50_000, elder)


def test_strangers_see_no_complaint(paid, dispute, visitor):
    address = f"/orders/{paid.order.number}/complaints/{dispute.pk}/"
    assert visitor.get(address).status_code == visitor.post(address, {"act": "withdraw"}).status_code == 404
    neighbour = UserFactory()
    Member.objects.create(seller=SellerFactory(), user=neighbour)
    visitor.force_login(neighbour)
    form = {"offer": "all"}
    assert visitor.get(f"/sell/disputes/{dispute.pk}/").status_code == 404
    assert visitor.post(f"/sell/disputes/{dispute.pk}/", form).status_code == 404
    assert visitor.get("/board/disputes/").status_code == 403

    dispute.refresh_from_db()
    assert dispute.state == "open"
