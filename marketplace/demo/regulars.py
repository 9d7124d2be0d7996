"""Somebody who buys again: follows the farmer, wants a box, and what buyers say. All of it sample data."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from agriculture.selectors import in_order, in_stock, on_sale
from marketplace.accounts.models import User
from marketplace.regulars.services import boxes, following, pooling, reviewing, vouchers
from marketplace.sellers.models import Seller, SubOrder

CODE, PERCENT_OFF = "SINCHAI10", 10
REVIEWS = 24
# Stars, the buyer's words, and the answer of the seller, if there is one.
SAID = (
    (5, "Rất thơm, đúng vị vùng cao. Lần sau mua tiếp. (Dữ liệu mẫu)", "Cảm ơn anh chị, hẹn vụ sau."),
    (5, "Gói cẩn thận, giao đúng hẹn. (Dữ liệu mẫu)", ""),
    (4, "Ngon, nhưng gói hơi nhỏ. (Dữ liệu mẫu)", "Nhà em có gói to hơn, mời anh chị xem."),
    (5, "Quét mã thấy rõ bản làng, rất thích. (Dữ liệu mẫu)", "Mời anh chị lên chơi."),
    (3, "Hàng tốt, đường xa nên đến chậm một ngày. (Dữ liệu mẫu)", "Hôm đó đường sạt, mong anh thông cảm."),
)


def live(*, buyer: User, farmer: Seller, member: User, random: Random, now: datetime) -> None:
    """Let the buyer follow ``farmer`` and keep a box, and the farmer, by ``member``, give a code and fill a
    truck. Some buyers say how it was of what they have received. Comes after the pictures.
    """
    own = [row.product for row in in_order(in_stock(on_sale())).filter(product__origin__seller=farmer)]
    following.follow(seller=farmer, user=buyer, now=now - timedelta(days=30))
    today = timezone.localdate(now)
    box: dict[str, Any] = {"user": buyer, "every_weeks": 2, "first_on": today + timedelta(days=5)}
    boxes.make(**box, quantities={own[0].pk: 2}, form_id=_id("box"), now=now)
    code: dict[str, Any] = {"first_day": today, "last_day": today + timedelta(days=60)}
    code |= {"code": CODE, "percent": PERCENT_OFF, "uses": 200}
    vouchers.make_voucher(seller=farmer, **code, by=member, now=now)
    _fill_a_truck(own[-1], member=member, now=now)
    _say(random)


def _fill_a_truck(base: Any, *, member: User, now: datetime) -> None:
    price_vnd = int(base.stockrecords.get().price)
    terms = pooling.Terms(
        target_kg=300,
        capacity_kg=1_000,
        price_vnd=price_vnd,
        full_vnd=price_vnd * 85 // 100 // 1_000 * 1_000,
        closes_at=timezone.localtime(now).replace(hour=21, minute=0) + timedelta(days=6),
        leaves_on=timezone.localdate(now) + timedelta(days=8),
    )
    pooling.open_pool(base=base, terms=terms, form_id=_id("pool"), by=member, now=now)


def _say(random: Random) -> None:
    delivered = SubOrder.objects.filter(
        status=SubOrder.Status.PAID, clock__delivered_at__isnull=False, order__user=None
    )
    parts = delivered.select_related("seller", "order__placement").order_by("pk")
    for part in parts[:REVIEWS]:
        lines = part.order.lines.filter(partner=part.seller.partner_id, product__produce__isnull=False)
        for line in lines.select_related("product__origin__seller").order_by("pk")[:1]:
            stars, words, answer = random.choice(SAID)
            name = part.order.placement.name
            received = reviewing.review(line=line, user=None, name=name, stars=stars, words=words)
            member = part.seller.members.first()
            if answer and member is not None:
                at = received.review.date_created
                reviewing.answer(received=received, words=answer, by=member, now=at)


def _id(name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"muong-then demo {name}")
