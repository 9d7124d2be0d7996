"""Payouts with the real operator, over HTTP, from the shop's services."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from payments import services, settled
from payments.ledger.selectors import accounts_out_of_balance
from payments.models import Claim, Payout
from payments.providers.base import Credit, Outcome
from payments.providers.base import PayoutBatch as Asked
from payments.providers.wallet import WalletProvider
from payments.services import Payee
from payments.settled import PayeeMoney
from tests.payments.paying import balance
from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.payments.simulator.receiver import Receiver
from tests.payments.simulator.shop import ask_until, earn, freeze, has_ended, new_seller, run
from tests.wallet_operator import WalletOperator, wait_until

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("provider")
def test_money_goes_from_a_buyer_to_a_seller_and_every_dong_is_accounted_for(
    operator: WalletOperator, merchant: Merchant, payer: Payer, seller: Payee
) -> None:
    before_vnd = merchant.balance_vnd()
    earn(operator, payer, seller, 120_000)
    assert merchant.balance_vnd() == before_vnd + 120_000

    batch = run(seller)
    services.submit_batch(batch_id=batch.pk, now=timezone.now())
    ask_until(lambda: has_ended(batch), "the batch is carried out")

    payout = Payout.objects.get(batch=batch)
    assert (payout.state, payout.error_code) == ("succeeded", "")
    assert payout.provider_ref.startswith("VTM")
    assert operator.balance_vnd(seller.wallet) == 120_000
    assert merchant.balance_vnd() == before_vnd
    assert balance("clearing:viettel") == 0
    assert settled.money_of(seller.reference) == PayeeMoney(seller.reference, 0, 0, 0)


@pytest.mark.usefixtures("provider")
def test_half_a_batch_is_rejected_and_only_that_half_comes_back(
    operator: WalletOperator, payer: Payer
) -> None:
    good, frozen = new_seller(operator), new_seller(operator)
    unknown = Payee("seller-0", "Nobody", "viettel", "+84399999998")
    for payee in (good, frozen, unknown):
        earn(operator, payer, payee, 20_000)
    freeze(operator, frozen)

    batch = run(good, frozen, unknown)
    services.submit_batch(batch_id=batch.pk, now=timezone.now())
    ask_until(lambda: has_ended(batch), "the batch is carried out")

    ends = dict(Payout.objects.values_list("payee", "state"))
    assert ends == {good.reference: "succeeded", frozen.reference: "failed", "seller-0": "failed"}
    codes = dict(Payout.objects.filter(state="failed").values_list("payee", "error_code"))
    assert codes == {frozen.reference: "incorrectState", "seller-0": "identifierError"}
    assert settled.payable_vnd(frozen.reference) == settled.payable_vnd("seller-0") == 20_000
    assert balance("clearing:viettel") == -40_000
    assert (operator.balance_vnd(good.wallet), operator.balance_vnd(frozen.wallet)) == (20_000, 0)
    assert not accounts_out_of_balance().exists()


def test_the_callback_of_a_batch_is_kept_and_makes_us_ask(
    operator: WalletOperator, provider: WalletProvider, payer: Payer, seller: Payee, receiver: Receiver
) -> None:
    earn(operator, payer, seller, 20_000)
    batch = run(seller)
    now = timezone.now()
    services.submit_batch(batch_id=batch.pk, now=now)
    told = receiver.wait_for(str(batch.pk), count=2)  # that it was made, and how it ended

    answers = [
        Client().put(told.path, data=told.raw, content_type="application/json", headers=headers)
        for headers in (signed(told.headers), signed(told.headers), {})
    ]

    assert told.path == f"/payments/callbacks/viettel/{batch.pk}/"
    assert told.body["batchStatus"] == "completed"
    assert [answer.status_code for answer in answers] == [204, 204, 401]
    claims = Claim.objects.filter(operation_named=batch.pk, source="callback").order_by("pk")
    assert list(claims.values_list("refusal", flat=True)) == ["", "", "bad_signature"]
    services.ask_due_batches(now=timezone.now())
    assert has_ended(batch)
    assert operator.balance_vnd(seller.wallet) == 20_000


def signed(headers: dict[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in ("x-jws-signature", "x-correlationid")}


@pytest.mark.usefixtures("provider")
def test_an_operator_killed_before_during_and_after_pays_once(
    operator: WalletOperator, payer: Payer, seller: Payee
) -> None:
    earn(operator, payer, seller, 50_000)
    batch = run(seller)

    operator.kill()
    services.submit_batch(batch_id=batch.pk, now=timezone.now())
    batch.refresh_from_db()
    assert batch.state == "unknown"
    operator.restart()
    services.ask_due_batches(now=timezone.now() + timedelta(minutes=2))
    operator.kill()
    operator.restart()
    ask_until(lambda: has_ended(batch), "the batch is carried out")

    assert operator.balance_vnd(seller.wallet) == 50_000
    assert balance("clearing:viettel") == 0


def test_a_batch_made_and_never_approved_is_approved_when_asked_about(
    operator: WalletOperator, provider: WalletProvider, payer: Payer, seller: Payee, merchant: Merchant
) -> None:
    earn(operator, payer, seller, 50_000)
    batch = run(seller)
    payout = Payout.objects.get(batch=batch)
    # What is left of a shop that died between the two requests.
    item = {
        "type": "disbursement",
        "amount": "50000",
        "currency": "VND",
        "debitParty": [{"key": "organisationid", "value": "muongthen"}],
        "creditParty": [{"key": "msisdn", "value": seller.wallet}],
        "requestingOrganisationTransactionReference": str(payout.pk),
    }
    made = merchant.send("POST", "/batchtransactions", {"transactions": [item]}, correlation_id=str(batch.pk))
    assert made.status_code == 202

    services.submit_batch(batch_id=batch.pk, now=timezone.now())
    ask_until(lambda: has_ended(batch), "the batch is carried out")

    assert operator.balance_vnd(seller.wallet) == 50_000


def test_more_than_the_shop_has_there_comes_back_and_is_no_bounce(
    operator: WalletOperator, provider: WalletProvider, seller: Payee
) -> None:
    asked = Asked(
        batch_id=uuid.uuid4(),
        credits=[Credit(payout_id=uuid.uuid4(), payee=seller.wallet, amount_vnd=9_900_000_000)],
        requested_at=timezone.now(),
    )

    provider.payout(asked)
    wait_until(lambda: provider.query_payout(asked)[0].outcome is Outcome.FAILED, "the batch is carried out")

    report = provider.query_payout(asked)[0]
    assert report.error_code == "insufficientFunds"
    assert report.error_message.startswith("debitParty does not hold")


def test_many_payouts_are_read_page_by_page(
    operator: WalletOperator, provider: WalletProvider, payer: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payments.providers.wallet.PAGE", 2)
    payees = [new_seller(operator) for _ in range(5)]
    unknown = [Payee(f"seller-{number}", "Nobody", "viettel", f"+8439999999{number}") for number in range(3)]
    for payee in (*payees, *unknown):
        earn(operator, payer, payee, 10_000)

    batch = run(*payees, *unknown)
    services.submit_batch(batch_id=batch.pk, now=timezone.now())
    ask_until(lambda: has_ended(batch), "the batch is carried out")

    states = list(Payout.objects.order_by("state").values_list("state", flat=True))
    assert states == ["failed"] * 3 + ["succeeded"] * 5
