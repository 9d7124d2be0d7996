"""Prompts the shop takes back, with the real operator over HTTP."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.utils import timezone

from payments import services
from payments.errors import ProviderRefused, UnknownToProvider
from payments.models import Operation
from payments.providers.base import Charge, Outcome
from payments.providers.wallet import WalletProvider
from tests.payments.paying import balance
from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.shop import ask_until, pay, state_of
from tests.wallet_operator import WalletOperator

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("provider")
def test_the_prompt_on_the_phone_closes_when_the_shop_gives_up(
    operator: WalletOperator, payer: Payer
) -> None:
    intent = pay(payer)
    prompt = operator.wait_for_prompt(payer.msisdn)

    services.expire(intent_id=intent.pk, now=timezone.now())
    ask_until(lambda: not operator.prompts(payer.msisdn), "the prompt is closed")
    late = operator.answer(prompt["id"], accept=True)
    ask_until(lambda: not Operation.objects.filter(next_ask_at__isnull=False).exists(), "all is known")

    assert late.status_code == 409
    assert operator.balance_vnd(payer.msisdn) == payer.balance_vnd
    assert state_of(intent) == "expired"
    release = Operation.objects.get(kind="void")
    assert (release.state, release.provider_ref) == ("succeeded", "")


@pytest.mark.usefixtures("provider")
def test_whoever_paid_before_the_shop_gave_up_has_paid_late(operator: WalletOperator, payer: Payer) -> None:
    intent = pay(payer)
    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])

    services.expire(intent_id=intent.pk, now=timezone.now())
    ask_until(lambda: not Operation.objects.filter(next_ask_at__isnull=False).exists(), "all is known")

    assert state_of(intent) == "succeeded"
    release = Operation.objects.get(kind="void")
    assert (release.state, release.error_code) == ("failed", "incorrectState")
    assert balance(f"escrow:{intent.reference}-1") == 120_000


@pytest.mark.usefixtures("provider")
def test_a_withdrawal_whose_answer_is_lost_is_asked_about(operator: WalletOperator, payer: Payer) -> None:
    intent = pay(payer)
    operator.wait_for_prompt(payer.msisdn)
    services.expire(intent_id=intent.pk, now=timezone.now())
    release = Operation.objects.get(kind="void")

    operator.kill()
    services.submit(operation_id=release.pk, now=timezone.now())
    release.refresh_from_db()
    assert release.state == "unknown"
    operator.restart()
    ask_until(lambda: not operator.prompts(payer.msisdn), "the prompt is closed")

    release.refresh_from_db()
    assert release.state == "succeeded"


def test_a_withdrawal_racing_the_pin_ends_in_exactly_one_way(
    operator: WalletOperator, provider: WalletProvider, payer: Payer
) -> None:
    for _ in range(6):
        intent = pay(payer, 10_000)
        prompt = operator.wait_for_prompt(payer.msisdn, reference=intent.reference)
        services.expire(intent_id=intent.pk, now=timezone.now())
        release = Operation.objects.select_related("intent", "original").get(intent=intent, kind="void")
        charge = services.asking.charge_of(release)

        def withdraw(charge: Any = charge) -> bool:
            try:
                return provider.void(charge).outcome is Outcome.SUCCEEDED
            except ProviderRefused:
                return False

        with ThreadPoolExecutor(2) as pool:
            withdrawing = pool.submit(withdraw)
            answering = pool.submit(operator.answer, prompt["id"], accept=True)
            is_withdrawn, answer = withdrawing.result(), answering.result()
        services.submit(operation_id=release.pk, now=timezone.now())
        ask_until(lambda: not Operation.objects.filter(next_ask_at__isnull=False).exists(), "all is known")

        assert is_withdrawn is not answer.is_success
        assert state_of(intent) == ("expired" if is_withdrawn else "succeeded")
        release.refresh_from_db()
        assert release.state == ("succeeded" if is_withdrawn else "failed")


def test_what_never_arrived_cannot_be_withdrawn(provider: WalletProvider) -> None:
    now = timezone.now()
    release = Charge(
        operation_id=uuid.uuid4(),
        reference="ORDER-7",
        amount_vnd=120_000,
        requested_at=now,
        expires_at=now,
        original_id=uuid.uuid4(),
    )

    with pytest.raises(ProviderRefused, match="to withdraw"):
        provider.void(release)
    with pytest.raises(UnknownToProvider):
        provider.query(release)
