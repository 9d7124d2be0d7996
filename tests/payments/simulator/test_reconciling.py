"""The shop compares its day with the statement of the real operator, over HTTP."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from payments import services
from payments.models import Difference, Operation, Payout, Reconciliation
from payments.providers.wallet import WalletProvider
from payments.services import Payee
from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.shop import VIETNAM, ask_until, earn, has_ended, pay, run, state_of
from tests.wallet_operator import WalletOperator, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def days() -> list[date]:
    """Return the day, and around midnight both: what began before it may end after it."""
    now = datetime.now(VIETNAM)
    return sorted({(now - timedelta(minutes=30)).date(), (now + timedelta(minutes=30)).date()})


def reconcile() -> Reconciliation:
    """Compare what happened just now as if its days were over; return what came of all of it."""
    later = timezone.now() + timedelta(days=2)
    found = [services.reconcile(provider="viettel", day=day, now=later) for day in days()]
    whole = found[-1]
    whole.agreed, whole.settled = sum(one.agreed for one in found), sum(one.settled for one in found)
    return whole


def has_moved(provider: WalletProvider, ours_id: uuid.UUID) -> Callable[[], bool]:
    return lambda: any(line.operation_id == ours_id for day in days() for line in provider.statement(day))


def ours() -> list[tuple[str, str]]:
    """Return the open differences about what this test asked for; the operator remembers other tests too."""
    found = Difference.objects.filter(state="open").exclude(operation=None, payout=None)
    return list(found.order_by("kind").values_list("kind", "reference"))


def test_a_day_of_payments_refunds_and_payouts_agrees_to_the_dong(
    operator: WalletOperator, provider: WalletProvider, payer: Payer, seller: Payee
) -> None:
    earn(operator, payer, seller, 60_000)
    intent = pay(payer, 40_000)
    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])
    ask_until(lambda: state_of(intent) == "succeeded", "the payment is recorded")
    services.refund(
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

    found = reconcile()

    assert ours() == []
    assert found.agreed == 4
    assert not Difference.objects.filter(kind="ledger_differs").exists()


def test_a_payment_whose_answer_never_came_is_settled_by_the_operators_statement(
    operator: WalletOperator, provider: WalletProvider, payer: Payer
) -> None:
    intent = pay(payer, 40_000)
    prompt = operator.wait_for_prompt(payer.msisdn)
    refused = pay(payer, 50_000)
    operator.accept(prompt["id"])
    asked = Operation.objects.get(intent=intent)
    wait_until(has_moved(provider, asked.pk), "the operator has booked it")

    found = reconcile()

    assert (state_of(intent), state_of(refused)) == ("succeeded", "failed")
    assert (found.settled, ours()) == (2, [])


def test_a_payout_whose_answer_never_came_is_settled_by_the_operators_statement(
    operator: WalletOperator, provider: WalletProvider, payer: Payer, seller: Payee
) -> None:
    earn(operator, payer, seller, 60_000)
    batch = run(seller)
    services.submit_batch(batch_id=batch.pk, now=timezone.now())
    payout = Payout.objects.get(batch=batch)
    wait_until(has_moved(provider, payout.pk), "the operator has paid it")

    reconcile()

    payout.refresh_from_db()
    assert (payout.state, ours()) == ("succeeded", [])
