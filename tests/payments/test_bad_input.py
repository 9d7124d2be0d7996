"""What comes to the callback addresses and is not true: refused by its name, and nothing is booked.

Every provider is the real one, every notice is signed as its operator signs, the requests are the real ones.
"""

import json
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import pytest
import stripe
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from payments import providers
from payments.ledger.models import Transfer
from payments.ledger.selectors import trial_balance
from payments.models import Claim, Event, Intent, Operation
from payments.providers import notes
from tests.payments import mock_operator, sandbox_bank, sandbox_vnpay
from tests.payments.making import operation_of, start

AMOUNT_VND = 250_000
NOWHERE = "http://127.0.0.1:1"
STRIPE_SECRET = "whsec_of_the_tests"

pytestmark = pytest.mark.django_db(transaction=True)


class Speaker(ABC):
    """An operator that says a payment succeeded. What it says can be changed before it is signed."""

    code: str
    entry: Mapping[str, Any]
    refused = 400  # its HTTP status for what cannot be read

    @abstractmethod
    def said(self, named: uuid.UUID) -> dict[str, Any]:
        """Return the fields of an honest notice about the operation ``named``."""

    @abstractmethod
    def send(
        self, said: Mapping[str, Any], at: uuid.UUID, *, age_s: int = 0, forged: bool = False
    ) -> HttpResponse:
        """Sign it, ``age_s`` seconds ago, and bring it to the address of the operation ``at``."""

    @abstractmethod
    def of_amount(self, amount: Any) -> dict[str, Any]:
        """Return the changes that make it a notice of another amount."""

    def of_currency(self, currency: str) -> dict[str, Any]:
        pytest.skip(f"{self.code} names no currency: it moves VND alone")


class Wallet(Speaker):
    code = "viettel"
    entry = {
        "class": "payments.providers.wallet.WalletProvider",
        "label": "Viettel Money",
        "options": {
            "base_url": NOWHERE,
            "user": mock_operator.USER,
            "password": mock_operator.PASSWORD,
            "callback_secret": mock_operator.SECRET,
            "timeout_s": 1.0,
        },
    }

    def said(self, named):
        return {
            "transactionReference": f"T-{named}",
            "transactionStatus": "completed",
            "amount": str(AMOUNT_VND),
            "currency": "VND",
            "requestingOrganisationTransactionReference": "ORDER-7",
        }

    def send(self, said, at, *, age_s=0, forged=False):
        body, headers = mock_operator.sign(json.dumps(said).encode(), at)
        url = reverse("payments:callback", args=[self.code, at])
        sent = body.replace(b"completed", b"Completed") if forged else body
        return Client().put(url, sent, "application/json", headers=headers)

    def of_amount(self, amount):
        return {"amount": str(amount)}

    def of_currency(self, currency):
        return {"currency": currency}


class Stripe(Speaker):
    code = "stripe"
    entry = {
        "class": "payments.providers.stripe.StripeProvider",
        "label": "Stripe",
        "options": {
            "api_key": "sk_test_of_the_tests",
            "api_base": NOWHERE,
            "webhook_secret": STRIPE_SECRET,
            "timeout_s": 1.0,
        },
    }

    def said(self, named):
        return {
            "id": f"cs_test_{named.hex}",
            "object": "checkout.session",
            "status": "complete",
            "payment_status": "paid",
            "amount_total": AMOUNT_VND,
            "currency": "vnd",
            "payment_intent": "pi_1",
            "metadata": {"operation": str(named), "reference": "ORDER-7", "kind": "sale"},
        }

    def send(self, said, at, *, age_s=0, forged=False):
        event = {
            "id": "evt_1",
            "object": "event",
            "type": "checkout.session.completed",
            "data": {"object": said},
        }
        body = json.dumps(event)
        secret = "whsec_of_somebody_else" if forged else STRIPE_SECRET
        header = stripe.WebhookSignature.generate_signature_header(body, secret, int(time.time()) - age_s)
        url = reverse("payments:notice", args=[self.code])
        return Client().post(url, body, "application/json", headers={"Stripe-Signature": header})

    def of_amount(self, amount):
        return {"amount_total": amount}

    def of_currency(self, currency):
        return {"currency": currency.lower()}


class VietQR(Speaker):
    code = "vietqr"
    entry = {
        "class": "payments.providers.vietqr.VietQRProvider",
        "label": "VietQR",
        "options": sandbox_bank.OPTIONS | {"base_url": NOWHERE},
    }

    def said(self, named):
        return {
            "event": "credit",
            "account": sandbox_bank.OPTIONS["account"],
            "reference": f"FT-{named.hex}",
            "amount_vnd": AMOUNT_VND,
            "note": notes.note_of(named),
            "moved_at": "2026-03-02T10:00:05+07:00",
        }

    def send(self, said, at, *, age_s=0, forged=False):
        body = json.dumps(said).encode()
        secret = "another-secret" if forged else sandbox_bank.SECRET
        headers = sandbox_bank.signature(body, at=time.time() - age_s, secret=secret)
        return Client().post(
            reverse("payments:notice", args=[self.code]), body, "application/json", headers=headers
        )

    def of_amount(self, amount):
        return {"amount_vnd": amount}


class Vnpay(Speaker):
    code = "vnpay"
    entry = {
        "class": "payments.providers.vnpay.VnpayProvider",
        "label": "VNPAY",
        "options": sandbox_vnpay.OPTIONS | {"base_url": NOWHERE},
    }
    refused = 200  # its answers are all 200: RspCode tells them apart

    def said(self, named):
        return {
            "vnp_TmnCode": sandbox_vnpay.OPTIONS["tmn_code"],
            "vnp_TxnRef": named.hex,
            "vnp_Amount": str(AMOUNT_VND * 100),
            "vnp_TransactionNo": str(named.int)[:8],
            "vnp_ResponseCode": "00",
            "vnp_TransactionStatus": "00",
        }

    def send(self, said, at, *, age_s=0, forged=False):
        query = sandbox_vnpay.signed(said)
        if forged:
            query = query.replace("vnp_ResponseCode=00", "vnp_ResponseCode=24")
        return Client().get(f"{reverse('payments:notice', args=[self.code])}?{query}")

    def of_amount(self, amount):
        return {"vnp_Amount": str(amount)}


SPEAKERS = [Wallet(), Stripe(), VietQR(), Vnpay()]


@pytest.fixture(params=SPEAKERS, ids=[one.code for one in SPEAKERS])
def speaker(request, settings) -> Speaker:
    settings.PAYMENT_PROVIDERS = {one.code: one.entry for one in SPEAKERS}
    assert providers.get(request.param.code)
    return request.param


@pytest.fixture
def operation(speaker) -> Operation:
    """A payment whose operator cannot be reached, so that what it says by callback is the first word."""
    return operation_of(start(provider=speaker.code))


def refusal_of(answer: HttpResponse) -> str:
    """Return what the operator was told: our error's code, or VNPAY's."""
    said = answer.json() if answer.content else {}
    return said.get("code") or said.get("RspCode") or str(answer.status_code)


def assert_nothing_happened(operation: Operation) -> None:
    before = operation.state
    operation.refresh_from_db()
    assert (operation.state, operation.intent.state) == (before, "pending")
    assert not Transfer.objects.exists()
    assert not Event.objects.exists()


def test_what_is_true_is_believed_and_its_replay_books_nothing_more(speaker, operation):
    said = speaker.said(operation.pk)

    answers = [speaker.send(said, operation.pk) for _ in range(3)]

    assert {answer.status_code for answer in answers} <= {200, 204}
    assert trial_balance() == {"clearing": -AMOUNT_VND, "escrow": AMOUNT_VND}
    assert Event.objects.count() == 1
    assert Intent.objects.get().state == "succeeded"


def test_a_forged_signature_is_refused(speaker, operation):
    answer = speaker.send(speaker.said(operation.pk), operation.pk, forged=True)

    assert refusal_of(answer) in ("bad_signature", "97")
    assert_nothing_happened(operation)


@pytest.mark.parametrize("age_s", [600, -600])
def test_a_notice_of_another_hour_is_refused(speaker, operation, age_s):
    if speaker.code in ("viettel", "vnpay"):
        pytest.skip(f"{speaker.code} signs no moment: a replay finds the operation ended")

    answer = speaker.send(speaker.said(operation.pk), operation.pk, age_s=age_s)

    assert (answer.status_code, refusal_of(answer)) == (401, "bad_signature")
    assert_nothing_happened(operation)


def test_a_notice_of_one_payment_settles_no_other(speaker, operation):
    """Replayed with another operation's name in it, the money of one transaction is not counted twice."""
    said = speaker.said(operation.pk)
    speaker.send(said, operation.pk)
    other = operation_of(start(provider=speaker.code, reference="ORDER-8", shares={"ORDER-8-1": AMOUNT_VND}))
    names = {"metadata", "note", "vnp_TxnRef"} & said.keys()
    replayed = said | {name: speaker.said(other.pk)[name] for name in names}

    answer = speaker.send(replayed, other.pk)

    assert refusal_of(answer) in ("reference_mismatch", "reference_reused", "02")
    assert trial_balance() == {"clearing": -AMOUNT_VND, "escrow": AMOUNT_VND}
    other.refresh_from_db()
    assert other.is_open


def test_an_operation_nobody_knows_is_not_found(speaker, operation):
    stranger = uuid.uuid4()

    answer = speaker.send(speaker.said(stranger), stranger)

    assert refusal_of(answer) in ("operation_unknown", "01")
    assert_nothing_happened(operation)


def test_another_operators_operation_is_not_found(speaker, operation):
    other = next(one for one in SPEAKERS if one.code != speaker.code)
    theirs = operation_of(start(provider=other.code, reference="ORDER-8", shares={"ORDER-8-1": AMOUNT_VND}))

    answer = speaker.send(speaker.said(theirs.pk), theirs.pk)

    assert refusal_of(answer) in ("wrong_provider", "01")
    assert_nothing_happened(operation)
    assert_nothing_happened(theirs)


NINETEEN_DIGITS = 9_999_999_999_999_999_999  # more than a column can hold


@pytest.mark.parametrize("amount", [-1, 0.1, NINETEEN_DIGITS, "1e9", "-1", "0.1", str(NINETEEN_DIGITS)])
def test_an_amount_that_is_none_is_refused(speaker, operation, amount):
    said = speaker.said(operation.pk) | speaker.of_amount(amount)

    answer = speaker.send(said, operation.pk)

    assert answer.status_code == speaker.refused
    assert refusal_of(answer) in ("unreadable_report", "01")
    assert_nothing_happened(operation)
    assert Claim.objects.filter(source="callback").exclude(refusal="").count() <= 1


def test_another_amount_is_refused(speaker, operation):
    changed = {"viettel": "25000", "stripe": 25_000, "vietqr": 25_000, "vnpay": "2500000"}[speaker.code]

    answer = speaker.send(speaker.said(operation.pk) | speaker.of_amount(changed), operation.pk)

    assert refusal_of(answer) in ("amount_mismatch", "04")
    assert_nothing_happened(operation)


@pytest.mark.parametrize("currency", ["USD", "XXX", ""])
def test_another_currency_is_refused(speaker, operation, currency):
    said = speaker.said(operation.pk) | speaker.of_currency(currency)

    answer = speaker.send(said, operation.pk)

    assert (answer.status_code, refusal_of(answer)) == (400, "unreadable_report")
    assert_nothing_happened(operation)
