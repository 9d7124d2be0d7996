"""The waiting page, in every way a payment can end."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings

from marketplace.shop.basket import services as baskets
from payments.models import Operation
from payments.providers.base import Outcome
from tests.factories import ProduceFactory
from tests.shop.conftest import check_out, new_basket
from tests.shop.silent import tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


@pytest.fixture
def placed() -> Any:
    basket = new_basket()
    baskets.add_goods(basket, product_id=ProduceFactory().product_id, quantity=1)
    return check_out(basket)


def section(placed: Any) -> str:
    answer = Client().get(f"/payments/{placed.intent.pk}/status/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_waits_until_the_order_is_paid(placed):
    assert 'data-state="pending"' in section(placed)

    tell(placed.intent.pk, Outcome.SUCCEEDED)

    assert 'data-state="succeeded"' in section(placed)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("insufficientFunds", "There is not enough money in this wallet."),
        ("identifierError", "This operator has no wallet with this number."),
        ("somethingNew", "Nothing was charged"),
    ],
)
def test_a_refusal_says_why_as_far_as_the_operator_did(placed, code, words):
    tell(placed.intent.pk, Outcome.FAILED)
    Operation.objects.update(error_code=code)

    page = section(placed)

    assert 'data-state="failed"' in page
    assert words in page


@override_settings(DEBUG=True)
def test_a_payment_nobody_made_is_not_found():
    assert Client().get("/payments/00000000-0000-4000-8000-000000000000/").status_code == 404
