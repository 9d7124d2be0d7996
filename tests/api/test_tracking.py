"""Where the parcels of an order are, by REST."""

from __future__ import annotations

import pytest

from marketplace.delivery.models import HandOver, Promise
from marketplace.fulfilment.models import Placement
from tests.delivery.conftest import hand, hub, order_to  # noqa: F401  (a fixture)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wallet(settings):
    settings.PAYMENT_PROVIDERS = {
        "viettel": {"class": "tests.shop.silent.SilentProvider", "label": "Viettel Money"}
    }


def test_a_parcel_says_its_promise_and_its_story_to_who_may_see_the_order(api, hub):  # noqa: F811
    UserFactory()
    part = order_to(hub)
    hand(part, HandOver.Kind.TO_POST, hub)
    key = Placement.objects.get(order=part.order).secret

    (parcel,) = api.get(f"orders/{part.order.number}/tracking/?key={key}").json()["parcels"]

    assert (parcel["number"], parcel["state"]) == (part.number, "ready")
    assert parcel["promised_on"] == Promise.objects.get().reaches_on.isoformat()
    assert [(step["words"], step["place"]) for step in parcel["steps"]] == [
        ("handed over to the post", "Bưu điện tỉnh")
    ]
    assert api.get(f"orders/{part.order.number}/tracking/").status_code == 404
