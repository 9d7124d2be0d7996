"""The farmer's day: orders to prepare in every state, messages about them, and two complaints to answer."""

from __future__ import annotations

import io
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from oscar.core.loading import get_model
from PIL import Image, ImageDraw

from marketplace.accounts.models import User
from marketplace.delivery.models import Destination
from marketplace.delivery.services import Wish
from marketplace.fulfilment import services as fulfilment
from marketplace.packing import services as packing
from marketplace.sellers.models import Origin, Seller, SubOrder
from marketplace.settlement import services as settlement
from marketplace.shop.basket import services as baskets
from marketplace.shop.checkout import services as checkout
from marketplace.shop.checkout.services import Buyer

from .accounts import AGENTS_POST_OFFICE, OFFICIALS_COMMUNE
from .payments import CASH, count

Basket = get_model("basket", "Basket")

NAMESPACE = uuid.UUID("0d3a4f1e-6a57-4a58-9c8a-2f3f5f0d6b21")
SAMPLE = "(dữ liệu mẫu)"
# How many orders stand here besides those of the past: to prepare, and paid but complained of.
TO_PREPARE, COMPLAINED = 3, 2


def live(*, farmer: Seller, member: User, buyer: User, now: datetime) -> None:
    """Let the farmer have orders to prepare, and a complaint; another is for the official to decide."""
    new = _order(farmer, buyer, now - timedelta(hours=3))
    _say(new, "when", buyer, now - timedelta(hours=2))
    started = _order(farmer, buyer, now - timedelta(hours=16))
    packing.accept(part=started, by=member, now=now - timedelta(hours=14))
    _answer(started, "preparing", member, now - timedelta(hours=14))
    packed = _order(farmer, buyer, now - timedelta(hours=18))
    packing.ready(part=packed, by=member, now=now - timedelta(hours=1))
    wet = _order(farmer, buyer, now - timedelta(days=5), paid_at=now - timedelta(hours=8))
    _complain(wet, "Một gói bị ẩm, không pha được.", buyer, now - timedelta(hours=6))
    of_officials = Seller.objects.filter(
        origins__kind=Origin.Kind.GOODS, origins__commune__code=OFFICIALS_COMMUNE
    ).exclude(pk=farmer.pk)
    neighbour = of_officials.order_by("pk").first()
    if neighbour is None:
        return
    late = _order(neighbour, buyer, now - timedelta(days=6), paid_at=now - timedelta(hours=52))
    dispute = _complain(late, "Thiếu một gói so với đơn.", buyer, now - timedelta(hours=50))
    settlement.answer(
        dispute_id=dispute.pk,
        offer_vnd=0,
        words=f"Tôi đã gửi đủ {SAMPLE}.",
        by=None,
        now=now - timedelta(hours=30),
    )


def _order(seller: Seller, buyer: User, placed_at: datetime, *, paid_at: datetime | None = None) -> SubOrder:
    """Have ``buyer`` order one of what ``seller`` grows, to be paid at the post; return the seller's part.

    With ``paid_at`` it was handed over and paid there.
    """
    wish = Wish(Destination.Method.POST_OFFICE, post_office_code=AGENTS_POST_OFFICE)
    basket = Basket.objects.create(owner=buyer)
    origins = Origin.objects.filter(seller=seller, kind=Origin.Kind.GOODS, product__is_public=True)
    left = F("product__stockrecords__num_in_stock") - Coalesce("product__stockrecords__num_allocated", 0)
    product: Any = origins.select_related("product").order_by(left.desc(), "pk")[:1].get().product
    baskets.add_goods(basket, product_id=product.pk, quantity=1)
    order = checkout.place_order(
        basket=basket,
        buyer=Buyer(phone=str(buyer.phone), name=buyer.name, user=buyer),
        wish=wish,
        provider=CASH,
        payer=str(buyer.phone),
        agreed_total_vnd=None,
        now=placed_at,
        is_past=True,
    )
    intent = fulfilment.start_payment(order=order, now=placed_at)
    if paid_at is not None:
        count(intent, AGENTS_POST_OFFICE, now=paid_at)
    part: SubOrder = order.suborders.select_related("seller", "order").get()
    return part


def _say(part: SubOrder, answer: str, author: User, at: datetime) -> None:
    line_id = uuid.uuid5(NAMESPACE, f"{part.number} {answer}")
    packing.say(part=part, is_seller=False, author=author, line_id=line_id, answer=answer, now=at)


def _answer(part: SubOrder, answer: str, author: User, at: datetime) -> None:
    line_id = uuid.uuid5(NAMESPACE, f"{part.number} {answer}")
    packing.say(part=part, is_seller=True, author=author, line_id=line_id, answer=answer, now=at)


def _complain(part: SubOrder, reason: str, buyer: User, at: datetime) -> Any:
    return settlement.open_dispute(
        part=part,
        reason=f"{reason} {SAMPLE}",
        user=buyer,
        phone=str(buyer.phone),
        photos=[_picture()],
        now=at,
    )


def _picture() -> bytes:
    """A drawn sack with a wet corner: no photograph of anybody's goods."""
    image = Image.new("RGB", (640, 480), "#cfc4ae")
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((170, 70, 470, 440), radius=48, fill="#e9dcbc", outline="#8f7d54", width=6)
    pen.line((200, 120, 440, 120), fill="#8f7d54", width=6)
    pen.ellipse((150, 300, 350, 470), fill="#9a8a66")
    file = io.BytesIO()
    image.save(file, "WEBP", quality=70)
    return file.getvalue()
