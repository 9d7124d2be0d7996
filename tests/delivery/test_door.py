"""To the door: the postman of the commune's post office brings it, and takes the cash for it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from marketplace.counter import selectors as counter
from marketplace.delivery.models import Destination
from marketplace.delivery.services import Wish
from marketplace.errors import Invalid
from marketplace.shop.checkout import services as checkout
from tests.delivery.conftest import Kind, hand, order_to
from tests.delivery.test_arrivals import basket_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clerk")]


@pytest.fixture(autouse=True)
def _cash(settings, _silent_wallet):
    settings.PAYMENT_PROVIDERS = {
        "cash": {
            "class": "payments.providers.cash.CashProvider",
            "label": "Cash at a post office",
            "needs": "post_office",
        }
    }


@pytest.fixture
def phang(hub):
    """A commune whose post office is the central one."""
    return hub.commune


def door(commune) -> Wish:
    return Wish(method="home", commune_code=commune.code, detail="bản Che Căn", postal_code="32108")


def test_cash_is_paid_at_the_door_and_waits_at_the_counter_of_the_postman(hub, phang):
    part = order_to(None, commune=phang, paid=False, wish=door(phang), provider="cash")
    destination = Destination.objects.get(order=part.order)

    assert (destination.brought_from, destination.cash_office) == (hub, hub)
    assert destination.postal_code == "32108"
    assert [one.number for one in counter.waiting_at(hub)] == [part.order.number]
    assert hand(part, Kind.TO_POST, hub).shipment.state == "at-post"
    assert hand(part, Kind.TO_CARRIER, hub).shipment.state == "with-carrier"


def test_in_other_provinces_nobody_takes_cash_at_the_door(hub):
    with pytest.raises(Invalid, match="cannot be paid that way"):
        order_to(None, paid=False, provider="cash")


def test_the_way_to_pay_says_where(hub, phang):
    offer = checkout.make_offer(basket=basket_of(hub), wish=door(phang), now=timezone.now())

    assert offer.ways_to_pay == [("cash", "Cash to the postman at the door")]


def test_a_postal_code_of_another_province_is_refused(hub, phang):
    wish = Wish(method="home", commune_code=phang.code, detail="bản Che Căn", postal_code="10000")

    with pytest.raises(Invalid) as refused:
        order_to(None, paid=False, wish=wish, provider="cash")
    assert refused.value.field == "postal_code"
