from __future__ import annotations

import io
import uuid
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from agriculture.harvests import services as harvests
from agriculture.trace import services
from agriculture.trace.models import Certificate
from marketplace.accounts.services import grant_role
from marketplace.places.models import Hamlet
from marketplace.sellers.models import Member
from tests.factories import CommuneFactory, ProduceFactory, SellerFactory, UserFactory
from tests.settlement.conftest import _paying_wallet, pay, place  # noqa: F401  (fixtures)
from tests.shop.conftest import _silent_wallet, post, stay_options, visitor  # noqa: F401  (fixtures)


def today() -> date:
    return timezone.localdate()


def photo(width: int = 1200, height: int = 900, form: str = "JPEG", **more: Any) -> bytes:
    """A photo of a paper."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), "#dddddd").save(target, form, **more)
    return target.getvalue()


def wish(**given: Any) -> services.Wish:
    facts = {
        "kind": "vietgap",
        "number": "VietGAP-TT-12-24-11-0007",
        "issuer": "Trung tâm Chất lượng nông lâm thủy sản vùng 1",
        "expires_on": today() + timedelta(days=200),
    }
    return services.Wish(**(facts | given))


@pytest.fixture
def farm(db: None) -> SimpleNamespace:
    """A household of Xã Mường Thử with rice for sale, its member, and an official of the commune."""
    commune = CommuneFactory(full_name="Xã Mường Thử")
    hamlet = Hamlet.objects.create(name="Bản Nà Sự", commune=commune)
    seller = SellerFactory(name="Hộ bà Lò Thị Pản", commune=commune, hamlet=hamlet, phone="+84399000777")
    rice = ProduceFactory(title="Gạo séng cù", seller=seller, price_vnd=175_000, stock=10)
    farmer, official = UserFactory(name="Lò Thị Pản"), UserFactory(name="Lường Thị Xuân")
    Member.objects.create(seller=seller, user=farmer)
    grant_role(user=official, role="commune-official", commune=commune)
    return SimpleNamespace(
        commune=commune, seller=seller, rice=rice, product=rice.product, farmer=farmer, official=official
    )


def ask(farm: Any, *, paper: tuple[bytes, str] | None = None, **given: Any) -> Certificate:
    return services.ask(
        certificate_id=uuid.uuid4(),
        seller=farm.seller,
        wish=wish(**given),
        paper=paper,
        by=farm.farmer,
        now=timezone.now(),
    )


def verified(farm: Any, **given: Any) -> Certificate:
    certificate = ask(farm, **given)
    return services.verify(
        certificate_id=certificate.pk, by=farm.official, note="Sổ đăng ký của sở", now=timezone.now()
    )


def lot_of(farm: Any, **given: Any) -> Any:
    facts = {"harvested_on": today() - timedelta(days=3), "quantity_g": 500_000, "shelf_life_days": 180}
    return harvests.open_lot(
        seller=farm.seller, product=farm.product, by=farm.farmer, now=timezone.now(), **(facts | given)
    )


def paid_order(farm: Any, quantity: int = 2) -> Any:
    """The part of a paid order of ``farm``. Needs the fixtures post and stay_options."""
    order = place((farm.rice, quantity))
    pay(order)
    return order.suborders.get()
