"""Certificates of the demo, all invented: OCOP stars of makers, papers of co-operatives, one that waits."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID, uuid5

from dateutil.relativedelta import relativedelta
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from agriculture.trace.models import Certificate, Consent, Decision, Paper
from agriculture.trace.papers import WEBP
from marketplace.accounts.models import User
from marketplace.sellers.models import Seller

from .goods import Listing

NAMESPACE = UUID("0b8b2e7e-6a57-4c0b-8a0e-3f0c51f1a001")
SAMPLE = "(dữ liệu mẫu)"
OCOP_HOLDS = relativedelta(months=36)  # Decision 148/QĐ-TTg of 24 February 2023
ISSUERS = {
    "ocop": f"UBND tỉnh Điện Biên {SAMPLE}",
    "vietgap": f"Tổ chức chứng nhận VietGAP {SAMPLE}",
    "safe-chain": f"Chi cục Quản lý chất lượng nông lâm sản {SAMPLE}",
    "organic": f"Tổ chức chứng nhận hữu cơ {SAMPLE}",
}
OF_COOPERATIVES = ("vietgap", "safe-chain", "organic")


def save(listings: Sequence[Listing], *, farmer: Seller, users: tuple[User, User], now: datetime) -> None:
    """Give makers their stars and co-operatives their papers, verified by the official of the province.

    ``users`` are the farmer's member and that official. One paper of the farmer's waits for an official.
    """
    member, official = users
    random, today = Random("certificates"), timezone.localdate(now)  # noqa: S311 (nothing here is a secret)
    starred = [one for one in listings if one.is_makers and one.row.ocop_stars]
    made = [_stars(number, one, random, today) for number, one in enumerate(starred, start=1)]
    makers = {one.draft.saved.pk: one.draft.saved for one in starred}
    cooperatives = [one for one in makers.values() if one.kind == Seller.Kind.COOPERATIVE]
    for number, seller in enumerate(cooperatives):
        kind = OF_COOPERATIVES[number % len(OF_COOPERATIVES)]
        holds = timedelta(days=random.randint(20, 600))
        made.append(_certificate(kind, number + 1, seller, today - timedelta(days=100), today + holds))
    waiting = _certificate("vietgap", 999, farmer, today - timedelta(days=30), today + timedelta(days=700))
    waiting.state, waiting.asked_by, waiting.asked_at = Certificate.State.WAITING, member, now
    Certificate.objects.bulk_create([*made, waiting])
    Decision.objects.bulk_create(
        Decision(
            certificate=each,
            state=Certificate.State.VERIFIED,
            note=f"Đã đối chiếu với sổ đăng ký {SAMPLE}",
            by=official,
            at=each.asked_at + timedelta(days=1),
        )
        for each in made
    )
    Paper.objects.create(certificate=waiting, content=_photo(waiting), content_type=WEBP)
    Consent.objects.create(seller=farmer, shows_hamlet=True, by=member, at=now)


def _stars(number: int, one: Listing, random: Random, today: date) -> Certificate:
    issued_on = today - timedelta(days=random.randint(60, 900))
    certificate = _certificate("ocop", number, one.draft.saved, issued_on, issued_on + OCOP_HOLDS)
    certificate.product, certificate.stars = one.product, one.row.ocop_stars
    return certificate


def _certificate(kind: str, number: int, seller: Seller, issued_on: date, expires_on: date) -> Certificate:
    return Certificate(
        pk=uuid5(NAMESPACE, f"{kind} {number}"),
        seller=seller,
        kind=kind,
        number=f"MẪU-{kind.upper()}-{number:03d}",
        issuer=ISSUERS[kind],
        issued_on=issued_on,
        expires_on=expires_on,
        state=Certificate.State.VERIFIED,
        asked_at=timezone.make_aware(datetime.combine(issued_on, datetime.min.time())),
    )


def _photo(certificate: Certificate) -> bytes:
    """Draw what a photo of the paper might show."""
    image = Image.new("RGB", (900, 640), "#f7f3e8")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(28)
    draw.rectangle((30, 30, 870, 610), outline="#1f6b4a", width=6)
    for line, words in enumerate(("GIAY CHUNG NHAN (MAU)", "VietGAP", "No. VIETGAP-999", "Du lieu mau")):
        draw.text((90, 120 + line * 90), words, fill="#1e2430", font=font)
    target = io.BytesIO()
    image.save(target, "WEBP", quality=60)
    return target.getvalue()
