"""An order by REST once it is placed: who may see it, and its end before it is delivered."""

from __future__ import annotations

import uuid
from datetime import time

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from payments.models import Operation
from payments.providers.base import Outcome
from tests.api.buying import CHECKOUT, new_basket, order_rice, put
from tests.api.conftest import signed_in
from tests.factories import RoomTypeFactory, UserFactory
from tests.shop.silent import tell

Order = get_model("order", "Order")

# Checkout commits before it asks the wallet's operator, so it refuses to run inside a test's transaction.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def test_an_order_opens_to_its_buyer_its_key_and_its_phone_and_to_nobody_else(api):
    buyer, other = signed_in(UserFactory()), signed_in(UserFactory())
    placed = order_rice(buyer)
    path = f"orders/{placed['order_number']}/"

    assert buyer.get(path).status_code == 200
    assert api.get(f"{path}?key={placed['order_key']}").status_code == 200
    assert api.get(path, headers={"X-Order-Phone": "+84 399 000 001"}).status_code == 200
    closed = {
        "code": "not_found",
        "message": "There is no such order, or it takes its key, its phone number or its buyer's token to "
        "see it.",
        "details": {},
    }
    for answer in (
        api.get(path),
        api.get(f"{path}?key=x"),
        other.get(path),
        api.get(path, headers={"X-Order-Phone": "0399000002"}),
        api.get(path, headers={"X-Order-Phone": "nonsense"}),
        api.get("orders/261123-7KQ2MD/"),
        api.post(f"{path}cancel/"),
    ):
        assert answer.status_code == 404
        assert answer.json() == closed
    assert Order.objects.get().status == "awaiting-payment"


def test_ten_wrong_phone_numbers_close_an_order_to_phone_numbers_for_an_hour(api):
    placed = order_rice(api)
    path = f"orders/{placed['order_number']}/"
    for _ in range(10):
        assert api.get(path, headers={"X-Order-Phone": "0399000002"}).status_code == 404

    answer = api.get(path, headers={"X-Order-Phone": "0399000001"})

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert api.get(f"{path}?key={placed['order_key']}").status_code == 200


def test_an_unpaid_order_is_cancelled_and_everything_freed_however_often(api):
    placed = order_rice(api)
    path = f"orders/{placed['order_number']}/cancel/?key={placed['order_key']}"

    first, again = api.post(path), api.post(path)

    assert first.status_code == again.status_code == 200
    assert first.json()["status"] == again.json()["status"] == "cancelled"
    assert first.json()["payment"]["state"] == "expired"
    get_model("partner", "StockRecord").objects.get(num_allocated=0)


def test_a_paid_order_is_cancelled_by_phone_and_refunded(api):
    placed = order_rice(api)
    intent_id = uuid.UUID(placed["payment"]["id"])
    tell(intent_id, Outcome.SUCCEEDED)

    answer = api.post(
        f"orders/{placed['order_number']}/cancel/", headers={"X-Order-Phone": "0399000001"}, key=uuid.uuid4()
    )
    tell(intent_id, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)

    assert [part["status"] for part in answer.json()["suborders"]] == ["refunding"]
    order = api.get(f"orders/{placed['order_number']}/?key={placed['order_key']}").json()
    assert (order["status"], order["payment"]["state"]) == ("refunded", "refunded")


def test_a_stay_that_has_begun_cannot_be_cancelled(api):
    room = RoomTypeFactory(open_from=timezone.localdate(), stay__check_in_from=time.min)
    basket = new_basket(api)
    put(api, basket, room_type=room.pk, first_night=str(timezone.localdate()), nights=1, rooms=1, guests=1)
    placed = api.post(f"baskets/{basket}/checkout/", CHECKOUT).json()
    tell(uuid.UUID(placed["payment"]["id"]), Outcome.SUCCEEDED)

    answer = api.post(f"orders/{placed['order_number']}/cancel/?key={placed['order_key']}")

    assert answer.status_code == 409
    assert answer.json() == {
        "code": "cannot_cancel",
        "message": f"Order {placed['order_number']} cannot be cancelled any more: a stay has begun, or "
        "something was delivered. Speak with the host or the seller.",
        "details": {"order_number": placed["order_number"]},
    }
