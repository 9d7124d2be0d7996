from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.api import idempotency
from marketplace.api.models import KeyedRequest
from marketplace.api.tasks import forget_idempotency_keys
from marketplace.shop.basket.models import Basket
from tests.api.buying import CHECKOUT, new_basket, put
from tests.api.conftest import Api, signed_in
from tests.factories import ProduceFactory, UserFactory
from tests.payments.threads import race
from tests.shop.silent import SilentProvider

Order = get_model("order", "Order")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


class Crash(BaseException):
    """The process dies: nothing catches it."""


def quantity_in(basket: str) -> int:
    return sum(Basket.objects.get(pk=basket.split(".")[0]).lines.values_list("quantity", flat=True))


def test_the_same_key_and_body_get_the_same_answer_and_happen_once(api):
    basket, key = new_basket(api), uuid.uuid4()
    wish = {"product": ProduceFactory().product_id, "quantity": 2}

    first = api.post(f"baskets/{basket}/lines/", wish, key=key)
    again = api.post(f"baskets/{basket}/lines/", dict(reversed(wish.items())), key=key)

    assert again.status_code == first.status_code == 201
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert quantity_in(basket) == 2


def test_a_removal_is_repeated_as_the_removal_it_was(api):
    basket, key = new_basket(api), uuid.uuid4()
    line = put(api, basket, product=ProduceFactory().product_id, quantity=2)
    path = f"baskets/{basket}/lines/{line['id']}/"

    first, again = api.delete(path, key=key), api.delete(path, key=key)

    assert (first.status_code, again.status_code) == (204, 204)
    assert api.delete(path).status_code == 404


def test_a_refusal_is_an_answer_as_well(api):
    rice = ProduceFactory(stock=1)
    basket, key = new_basket(api), uuid.uuid4()
    wish = {"product": rice.product_id, "quantity": 2}
    first = api.post(f"baskets/{basket}/lines/", wish, key=key)
    rice.product.stockrecords.update(num_in_stock=10)

    again = api.post(f"baskets/{basket}/lines/", wish, key=key)

    assert (first.status_code, first.json()["code"]) == (409, "sold_out")
    assert again.json() == first.json()
    assert quantity_in(basket) == 0


def test_the_same_key_with_another_body_or_verb_is_a_conflict(api):
    basket, key = new_basket(api), uuid.uuid4()
    wish = {"product": ProduceFactory().product_id, "quantity": 2}
    line = api.post(f"baskets/{basket}/lines/", wish, key=key).json()
    path = f"baskets/{basket}/lines/{line['id']}/"
    other = uuid.uuid4()
    api.patch(path, {"quantity": 3}, key=other)

    body = api.post(f"baskets/{basket}/lines/", wish | {"quantity": 5}, key=key)
    verb = api.delete(path, key=other)

    assert body.status_code == verb.status_code == 409
    assert body.json() == {
        "code": "idempotency_conflict",
        "message": f"The Idempotency-Key {key} was already used here with another body. Nothing was done; "
        "send the first body again for its answer, or a new key for a new request.",
        "details": {},
    }
    assert quantity_in(basket) == 3


def test_a_key_belongs_to_one_caller_and_one_address(api):
    key = uuid.uuid4()
    people = [signed_in(UserFactory()), signed_in(UserFactory()), api]

    baskets = {person.post("baskets/", key=key).json()["id"] for person in people}
    wish = {"product": ProduceFactory().product_id, "quantity": 1}
    added = [api.post(f"baskets/{basket}/lines/", wish, key=key).status_code for basket in baskets]

    assert len(baskets) == 3
    assert added == [201, 201, 201]


def test_a_stranger_with_the_key_of_a_cancellation_does_not_get_the_order(api):
    basket = new_basket(api)
    put(api, basket, product=ProduceFactory().product_id, quantity=1)
    placed = api.post(f"baskets/{basket}/checkout/", CHECKOUT).json()
    path, key = f"orders/{placed['order_number']}/cancel/", uuid.uuid4()
    assert api.post(path, key=key, headers={"X-Order-Phone": "0399000001"}).status_code == 200

    for headers in ({}, {"X-Order-Phone": "0399000002"}):
        assert api.post(path, key=key, headers=headers).status_code == 404
    assert api.post(f"{path}?key=wrong", key=key).status_code == 404


@pytest.mark.parametrize("key", ["7", "not-a-uuid", str(uuid.UUID(int=0))])
def test_what_is_no_key_is_refused_before_anything_is_done(api, key):
    answer = api.post("baskets/", key=key)

    assert answer.status_code == 400
    assert answer.json()["details"] == {"Idempotency-Key": ["This is not a UUID. Make a new one at random."]}
    assert not Basket.objects.exists()


def test_twelve_at_once_with_one_key_put_two_packs_into_the_basket(api):
    basket, key = new_basket(api), uuid.uuid4()
    wish = {"product": ProduceFactory(stock=100).product_id, "quantity": 2}

    answers = race([lambda: Api().post(f"baskets/{basket}/lines/", wish, key=key)] * 12)

    assert quantity_in(basket) == 2
    assert {answer.status_code for answer in answers} <= {201, 409}
    done = [answer.json() for answer in answers if answer.status_code == 201]
    assert done == [done[0]] * len(done)
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["code"] == "idempotency_in_progress"
            assert answer.headers["Retry-After"] == "2"


def test_eight_checkouts_at_once_with_one_key_make_one_order_and_one_charge(api):
    basket, key = new_basket(api), uuid.uuid4()
    put(api, basket, product=ProduceFactory().product_id, quantity=1)

    answers = race([lambda: Api().post(f"baskets/{basket}/checkout/", CHECKOUT, key=key)] * 8)

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert Order.objects.count() == len(SilentProvider.asked) == 1
    last = api.post(f"baskets/{basket}/checkout/", CHECKOUT, key=key)
    assert last.json()["order_number"] == Order.objects.get().number


def test_a_key_whose_request_is_under_way_is_in_progress(api):
    key = uuid.uuid4()
    api.post("baskets/", key=key)
    KeyedRequest.objects.update(status=None, body="", taken_at=timezone.now())

    answer = api.post("baskets/", key=key)

    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_in_progress"
    assert answer.headers["Retry-After"] == "2"
    assert Basket.objects.count() == 1


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process dies between the work and its answer."""

    def die(*args: Any) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "_keep", die)
        yield


def test_a_process_that_dies_after_the_work_has_done_nothing_and_the_key_is_taken_over(api, monkeypatch):
    basket, key = new_basket(api), uuid.uuid4()
    wish = {"product": ProduceFactory().product_id, "quantity": 2}
    with dying(monkeypatch), pytest.raises(Crash):
        api.post(f"baskets/{basket}/lines/", wish, key=key)
    assert quantity_in(basket) == 0
    assert api.post(f"baskets/{basket}/lines/", wish, key=key).json()["code"] == "idempotency_in_progress"
    KeyedRequest.objects.update(taken_at=timezone.now() - idempotency.LEASE)

    answer = api.post(f"baskets/{basket}/lines/", wish, key=key)

    assert answer.status_code == 201
    assert quantity_in(basket) == 2


def test_a_checkout_that_dies_after_the_order_leads_to_that_order_when_sent_again(api, monkeypatch):
    basket, key = new_basket(api), uuid.uuid4()
    put(api, basket, product=ProduceFactory().product_id, quantity=1)
    with dying(monkeypatch), pytest.raises(Crash):
        api.post(f"baskets/{basket}/checkout/", CHECKOUT, key=key)
    number = Order.objects.get().number
    KeyedRequest.objects.update(taken_at=timezone.now() - idempotency.LEASE)

    answer = api.post(f"baskets/{basket}/checkout/", CHECKOUT, key=key)

    assert (answer.status_code, answer.json()["order_number"]) == (201, number)
    assert Order.objects.count() == len(SilentProvider.asked) == 1


def test_whoever_was_taken_for_dead_takes_the_own_work_back(api, monkeypatch):
    """It comes back after its lease and finds that somebody else has begun the same work."""
    basket, key = new_basket(api), uuid.uuid4()
    wish = {"product": ProduceFactory().product_id, "quantity": 2}
    keep = idempotency._keep

    def late(taken: KeyedRequest, response: Any) -> None:
        KeyedRequest.objects.filter(pk=taken.pk).update(taken_at=timezone.now() + timedelta(seconds=1))
        keep(taken, response)

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "_keep", late)
        answer = api.post(f"baskets/{basket}/lines/", wish, key=key)

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_in_progress")
    assert quantity_in(basket) == 0


def test_after_a_failure_of_ours_the_same_key_may_try_again_at_once(api, monkeypatch):
    basket, key = new_basket(api), uuid.uuid4()
    wish = {"product": ProduceFactory().product_id, "quantity": 2}
    api.http.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("marketplace.api.baskets.services.add_goods", lambda *args, **kwargs: 1 / 0)
        assert api.post(f"baskets/{basket}/lines/", wish, key=key).status_code == 500

    answer = api.post(f"baskets/{basket}/lines/", wish, key=key)

    assert answer.status_code == 201
    assert quantity_in(basket) == 2


def test_too_many_tries_are_no_answer_to_keep(api, monkeypatch):
    basket, key = new_basket(api), uuid.uuid4()
    put(api, basket, product=ProduceFactory().product_id, quantity=1)
    placed = api.post(f"baskets/{basket}/checkout/", CHECKOUT).json()
    call = {"key": key, "headers": {"X-Order-Phone": "0399000001"}}
    path = f"orders/{placed['order_number']}/cancel/"
    with monkeypatch.context() as patch:
        patch.setattr("marketplace.api.orders.WRONG_PHONES_PER_HOUR", 0)
        assert api.post(path, **call).status_code == 429

    answer = api.post(path, **call)

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


def test_keys_are_forgotten_after_two_days(api):
    old, new = uuid.uuid4(), uuid.uuid4()
    for key in (old, new):
        api.post("baskets/", key=key)
    KeyedRequest.objects.filter(key=old).update(created_at=timezone.now() - timedelta(hours=49))

    forgotten = forget_idempotency_keys()

    assert forgotten == 1
    assert KeyedRequest.objects.get().key == new
