"""The shop's own wallet provider and the operator understand each other, over real HTTP."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from payments.errors import (
    AlreadySubmitted,
    BadSignature,
    ProviderRefused,
    ProviderUnavailable,
    UnknownToProvider,
)
from payments.providers.base import Charge, Outcome
from payments.providers.wallet import WalletProvider
from tests.payments.conformance import notice
from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.receiver import Receiver
from tests.wallet_operator import WalletOperator, wait_until


@pytest.fixture
def provider(operator: WalletOperator) -> WalletProvider:
    return WalletProvider(
        code="viettel",
        label="Viettel Money",
        base_url=f"{operator.base_url}/viettel/v1.2/mm",
        user="muongthen",
        password="demo-viettel-password",
        callback_secret="demo-viettel-callback-secret-of-32-bytes",
        timeout_s=5.0,
    )


@pytest.fixture
def charge(payer: Payer, receiver: Receiver) -> Charge:
    now = datetime.now(UTC)
    return Charge(
        operation_id=uuid.uuid4(),
        reference="261123-K7Q2",
        amount_vnd=120_000,
        requested_at=now,
        expires_at=now + timedelta(minutes=15),
        payer=payer.msisdn,
        description="Gạo nếp nương",
        callback_url=receiver.url,
    )


def test_a_payment_and_its_refund_are_reported_as_they_happened(
    operator: WalletOperator, provider: WalletProvider, charge: Charge, receiver: Receiver
) -> None:
    asked = provider.authorize(charge)
    operator.accept(operator.wait_for_prompt(charge.payer)["id"])
    told = receiver.wait_for(str(charge.operation_id))
    headers = httpx.Headers(told.headers)
    paid = provider.parse_webhook(notice(charge.operation_id, told.raw, headers))
    refund = Charge(
        operation_id=uuid.uuid4(),
        reference=charge.reference,
        amount_vnd=20_000,
        requested_at=charge.requested_at,
        expires_at=charge.expires_at,
        payer=charge.payer,
        callback_url=charge.callback_url,
        original_id=charge.operation_id,
        original_ref=paid.provider_ref,
    )
    refunding = provider.refund(refund)
    wait_until(lambda: provider.query(refund).outcome is Outcome.SUCCEEDED, "the refund is booked")

    assert asked.outcome is refunding.outcome is Outcome.PENDING
    assert (paid.outcome, paid.amount_vnd, paid.reference) == (Outcome.SUCCEEDED, 120_000, "261123-K7Q2")
    assert provider.query(charge).provider_ref == paid.provider_ref
    assert provider.query(refund).amount_vnd == 20_000
    assert operator.balance_vnd(charge.payer) == 400_000


def test_a_callback_with_one_byte_changed_is_not_believed(
    operator: WalletOperator, provider: WalletProvider, charge: Charge, receiver: Receiver
) -> None:
    provider.authorize(charge)
    operator.accept(operator.wait_for_prompt(charge.payer)["id"])
    told = receiver.wait_for(str(charge.operation_id))

    forged = told.raw.replace(b"120000", b"120001")

    with pytest.raises(BadSignature):
        provider.parse_webhook(notice(charge.operation_id, forged, httpx.Headers(told.headers)))


def test_a_refused_payment_is_a_failure_by_callback_and_by_asking(
    operator: WalletOperator, provider: WalletProvider, charge: Charge, receiver: Receiver
) -> None:
    provider.authorize(charge)
    operator.decline(operator.wait_for_prompt(charge.payer)["id"])
    told = receiver.wait_for(str(charge.operation_id))

    headers = httpx.Headers(told.headers)
    pushed = provider.parse_webhook(notice(charge.operation_id, told.raw, headers))
    asked = provider.query(charge)

    assert (pushed.outcome, pushed.error_code) == (Outcome.FAILED, "requestDeclined")
    assert (asked.outcome, asked.error_code) == (Outcome.FAILED, "requestDeclined")
    assert pushed.provider_ref == asked.provider_ref


def test_an_answer_that_was_lost_is_no_refusal_and_is_found_again(
    operator: WalletOperator, provider: WalletProvider, charge: Charge
) -> None:
    operator.faults(error_after_commit=1)

    with pytest.raises(ProviderUnavailable):
        provider.authorize(charge)
    with pytest.raises(AlreadySubmitted):
        provider.authorize(charge)

    assert provider.query(charge).outcome is Outcome.PENDING
    assert len(operator.prompts(charge.payer)) == 1


def test_a_request_that_never_arrived_is_unknown(
    operator: WalletOperator, provider: WalletProvider, charge: Charge
) -> None:
    operator.faults(error_before_commit=1)
    with pytest.raises(ProviderUnavailable):
        provider.authorize(charge)

    with pytest.raises(UnknownToProvider):
        provider.query(charge)


def test_a_number_without_a_wallet_is_refused(provider: WalletProvider, charge: Charge) -> None:
    with pytest.raises(ProviderRefused, match="no wallet"):
        provider.authorize(replace(charge, payer="+84399999999"))
