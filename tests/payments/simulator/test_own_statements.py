"""The shop reads its day at the real operator, over HTTP."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from payments import services
from payments.errors import ProviderUnavailable
from payments.models import Operation, Payout
from payments.providers.wallet import WalletProvider
from payments.services import Payee
from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.shop import VIETNAM, ask_until, earn, has_ended, pay, run, state_of
from tests.wallet_operator import WalletOperator

pytestmark = pytest.mark.django_db


def test_a_days_statement_has_payments_refunds_and_payouts_oldest_first(
    operator: WalletOperator,
    provider: WalletProvider,
    payer: Payer,
    seller: Payee,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("payments.providers.wallet.PAGE", 3)
    earn(operator, payer, seller, 60_000)
    intent = pay(payer, 40_000)
    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])
    ask_until(lambda: state_of(intent) == "succeeded", "the payment is recorded")
    refund = services.refund(
        intent_id=intent.pk,
        shares={f"{intent.reference}-1": 15_000},
        reason="test",
        operation_id=uuid.uuid4(),
        now=timezone.now(),
    )
    ask_until(lambda: state_of(intent) == "partially_refunded", "the refund is recorded")
    batch = run(seller)
    services.submit_batch(batch_id=batch.pk, now=timezone.now())
    ask_until(lambda: has_ended(batch), "the batch is carried out")
    payout = Payout.objects.get(batch=batch)
    today = datetime.now(VIETNAM).date()

    found = list(provider.statement(today))

    asked = Operation.objects.get(intent=intent, kind="authorize")
    assert [(line.operation_id, line.reference, line.amount_vnd) for line in found[-3:]] == [
        (asked.pk, intent.reference, 40_000),
        (refund.pk, intent.reference, -15_000),
        (payout.pk, str(payout.pk), -60_000),
    ]
    assert found == sorted(found, key=lambda line: line.moved_at)
    assert len({line.provider_ref for line in found}) == len(found) >= 4
    assert found[-1].provider_ref == payout.provider_ref
    assert all(line.moved_at.astimezone(VIETNAM).date() == today for line in found)
    assert list(provider.statement(today - timedelta(days=400))) == []


def test_no_answer_to_the_wish_for_a_statement_is_told(
    operator: WalletOperator, provider: WalletProvider
) -> None:
    operator.kill()
    try:
        with pytest.raises(ProviderUnavailable, match="no answer of Viettel Money"):
            provider.statement(date(2026, 3, 2))
    finally:
        operator.restart()
