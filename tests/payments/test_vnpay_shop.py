"""VNPAY from the order to the books: the shop, its one address for IPNs, and the sandbox."""

import json
import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.models import Claim, Operation
from payments.services import asking
from tests.payments.making import HOLD, operation_of, start
from tests.payments.sandbox_vnpay import OPTIONS, VnpayBank, signed
from tests.wallet_operator import wait_until


@pytest.fixture
def shop(settings: Any, vnpay_bank: VnpayBank) -> VnpayBank:
    bank = vnpay_bank
    settings.PAYMENT_PROVIDERS = {
        "vnpay": {
            "class": "payments.providers.vnpay.VnpayProvider",
            "label": "VNPAY",
            "options": OPTIONS | {"base_url": f"{bank.operator.base_url}/vnpay"},
        }
    }
    return bank


def awaited() -> Operation:
    now = timezone.now()
    return operation_of(start(provider="vnpay", now=now, expires_at=now + HOLD))


def state_of(operation: Operation) -> str:
    return Operation.objects.get(pk=operation.pk).state


def deliver(query: str) -> dict[str, str]:
    """Bring an IPN to the shop's one address, as the gateway does, and return the answer."""
    answer = Client().get(f"{reverse('payments:notice', args=['vnpay'])}?{query}")
    assert answer.status_code == 200
    return json.loads(answer.content)


@pytest.mark.django_db(transaction=True)
def test_an_ipn_settles_the_payment_and_its_repeat_changes_nothing(shop):
    operation = awaited()
    shop.decide(operation.action["url"], "pay")
    [ipn] = shop.ipns(operation.pk)

    first, second = deliver(ipn["query"]), deliver(ipn["query"])

    assert first["RspCode"] == second["RspCode"] == "00"
    assert state_of(operation) == Operation.State.SUCCEEDED


@pytest.mark.django_db(transaction=True)
def test_an_ipn_of_another_amount_or_order_or_hand_is_refused_by_code_and_changes_nothing(shop):
    operation = awaited()
    shop.decide(operation.action["url"], "pay")
    given = dict(parse_qsl(shop.ipns(operation.pk)[0]["query"]))
    forged = given | {"vnp_Amount": "100"}
    given.pop("vnp_SecureHash")

    assert deliver("&".join(f"{name}={value}" for name, value in forged.items()))["RspCode"] == "97"
    assert deliver(signed(given | {"vnp_TxnRef": uuid.uuid4().hex}))["RspCode"] == "01"
    assert deliver(signed(given | {"vnp_Amount": "24999900"}))["RspCode"] == "04"

    assert state_of(operation) == Operation.State.REQUIRES_ACTION
    assert set(Claim.objects.values_list("refusal", flat=True)) == {
        "",
        "operation_unknown",
        "amount_mismatch",
    }


@pytest.mark.django_db(transaction=True)
def test_an_ipn_is_sent_again_until_the_shop_has_understood(shop, live_server):
    operation = awaited()
    shop.decide(operation.action["url"], "pay")
    # The sandbox was started for another shop than this test's: that one does not know the payment.
    wait_until(lambda: shop.ipns(operation.pk)[0]["tries"] >= 2, "it is sent again")
    assert not shop.ipns(operation.pk)[0]["is_delivered"]

    url = live_server.url + reverse("payments:notice", args=["vnpay"])
    shop.operator.http.post("/vnpay/sim/ipns/", params={"txn_ref": operation.pk.hex, "url": url})
    wait_until(lambda: shop.ipns(operation.pk)[0]["is_delivered"], "the shop understands")

    assert '"RspCode": "00"' in shop.ipns(operation.pk)[0]["last_answer"]
    assert state_of(operation) == Operation.State.SUCCEEDED


@pytest.mark.django_db(transaction=True)
def test_an_ipn_that_never_comes_is_made_good_by_asking(shop):
    shop.operator.faults(drop_callbacks=1)
    operation = awaited()
    shop.decide(operation.action["url"], "pay")
    shop.operator.no_faults()

    asking.ask_due(now=timezone.now() + timedelta(minutes=1))

    assert state_of(operation) == Operation.State.SUCCEEDED


@pytest.mark.django_db(transaction=True)
def test_visiting_the_return_address_settles_nothing(shop):
    operation = awaited()
    sent = shop.decide(operation.action["url"], "cancel")
    forged = sent.headers["Location"].replace("vnp_ResponseCode=24", "vnp_ResponseCode=00")

    Client().get(urlsplit(forged).path + "?" + urlsplit(forged).query)

    assert state_of(operation) == Operation.State.REQUIRES_ACTION
