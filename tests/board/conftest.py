from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from marketplace.accounts.services import grant_role
from marketplace.places.models import Commune
from payments import services as payments
from payments.models import Operation
from payments.providers.base import Outcome
from tests.factories import CommuneFactory, RoomTypeFactory, StayFactory, UserFactory
from tests.shop.conftest import (  # noqa: F401  (fixtures)
    _silent_wallet,
    check_out,
    fill_with_nights,
    in_days,
    new_basket,
    post,
    stay_options,
    visitor,
)
from tests.shop.silent import hear, tell
from tourism.closures import services as closing
from tourism.closures.models import Closure, Offer
from tourism.models import Booking

WORDS = "Lũ cuốn trôi cầu, đường 279 bị cắt."


@pytest.fixture
def commune(db: None) -> Commune:
    return CommuneFactory(full_name="Xã Mường Thử")


@pytest.fixture
def official(commune: Commune) -> Any:
    person = UserFactory(name="Lường Thị Xuân")
    grant_role(user=person, role="commune-official", commune=commune)
    return person


@pytest.fixture
def booked(post: None, stay_options: None, commune: Commune) -> SimpleNamespace:  # noqa: F811
    """Two nights from in ten days on, 600.000 ₫, paid; the policy would keep half of it that late."""
    stay = StayFactory(title="Nhà sàn Che Căn", commune=commune, policy="strict")
    room = RoomTypeFactory(stay=stay, price_vnd=300_000, rooms=1, open_from=in_days(0), open_to=in_days(60))
    placed = order_of(room)
    tell(placed.intent.pk, Outcome.SUCCEEDED)
    return SimpleNamespace(
        room=room, order=placed.order, booking=Booking.objects.get(order_line__order=placed.order)
    )


def order_of(room: Any, *, in_so_many_days: int = 10) -> Any:
    basket = new_basket()
    fill_with_nights(basket, room, first_night=in_days(in_so_many_days), nights=2)
    return check_out(basket, wish=None)


def close(commune: Commune, *, by: Any, first: int = 9, last: int = 12) -> Closure:
    return closing.close(
        commune=commune,
        first_night=in_days(first),
        last_night=in_days(last),
        cause="flood",
        words=WORDS,
        by=by,
        now=timezone.now(),
    )


def only_offer() -> Offer:
    return Offer.objects.select_related("closure", "booking", "seats").get()


def pay_refunds_back() -> None:
    hear()
    for refund in Operation.objects.filter(kind=Operation.Kind.REFUND, state=Operation.State.CREATED):
        payments.submit(operation_id=refund.pk, now=timezone.now())
        tell(refund.intent_id, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)


LATER = timedelta(days=8)
