"""VietQR from the order to the books: the shop, its one address for notices, and the sandbox bank."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.models import Claim, Operation
from payments.providers import notes
from payments.services import asking
from tests.payments.making import HOLD, operation_of, start
from tests.payments.sandbox_bank import OPTIONS, VietQRBank
from tests.wallet_operator import wait_until


@pytest.fixture
def shop(settings: Any, live_server: Any, vietqr_bank: VietQRBank) -> VietQRBank:
    """The shop takes VietQR, and the bank tells it."""
    bank = vietqr_bank
    settings.PAYMENT_PROVIDERS = {
        "vietqr": {
            "class": "payments.providers.vietqr.VietQRProvider",
            "label": "VietQR",
            "options": OPTIONS | {"base_url": f"{bank.operator.base_url}/bank/v1"},
        }
    }
    url = live_server.url + reverse("payments:notice", args=["vietqr"])
    bank.ask("POST", "sim/accounts/", number=OPTIONS["account"], holder="CHO MUONG THEN", notice_url=url)
    yield bank
    nowhere = "http://127.0.0.1:9/"
    bank.ask("POST", "sim/accounts/", number=OPTIONS["account"], holder="CHO MUONG THEN", notice_url=nowhere)
    bank.operator.http.delete("/bank/sim/notices/").raise_for_status()


def awaited() -> Operation:
    now = timezone.now()
    return operation_of(start(provider="vietqr", now=now, expires_at=now + HOLD))


def state_of(operation: Operation) -> str:
    return Operation.objects.get(pk=operation.pk).state


@pytest.mark.django_db(transaction=True)
def test_a_notice_settles_the_payment_once(shop):
    operation = awaited()
    assert state_of(operation) == Operation.State.REQUIRES_ACTION

    moved = shop.transfer(250_000, notes.note_of(operation.pk))
    wait_until(lambda: state_of(operation) == Operation.State.SUCCEEDED, "the notice arrives")
    body, headers = shop.told(moved["reference"])
    url = reverse("payments:notice", args=["vietqr"])
    again = Client().post(url, body, content_type="application/json", headers=dict(headers))

    assert again.status_code == 204
    assert Operation.objects.get(pk=operation.pk).provider_ref == moved["reference"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("amount_vnd", [249_999, 250_001])
def test_too_little_or_too_much_is_kept_as_a_refused_claim(shop, amount_vnd):
    operation = awaited()

    shop.transfer(amount_vnd, notes.note_of(operation.pk))
    wait_until(lambda: Claim.objects.filter(refusal="amount_mismatch").exists(), "the notice arrives")

    claim = Claim.objects.get(refusal="amount_mismatch")
    assert (claim.operation_id, claim.amount_vnd) == (operation.pk, amount_vnd)
    assert state_of(operation) == Operation.State.REQUIRES_ACTION


@pytest.mark.django_db(transaction=True)
def test_a_second_transfer_under_one_note_is_kept_and_not_counted(shop):
    operation = awaited()
    first = shop.transfer(250_000, notes.note_of(operation.pk))
    wait_until(lambda: state_of(operation) == Operation.State.SUCCEEDED, "the notice arrives")

    shop.transfer(250_000, notes.note_of(operation.pk))
    wait_until(lambda: Claim.objects.filter(refusal="reference_mismatch").exists(), "the second arrives")

    assert Operation.objects.get(pk=operation.pk).provider_ref == first["reference"]


@pytest.mark.django_db(transaction=True)
def test_a_notice_that_never_comes_is_made_good_by_asking(shop):
    shop.operator.faults(drop_callbacks=1)
    operation = awaited()
    shop.transfer(250_000, notes.note_of(operation.pk))
    shop.operator.no_faults()

    asking.ask_due(now=timezone.now() + timedelta(minutes=1))

    assert state_of(operation) == Operation.State.SUCCEEDED
