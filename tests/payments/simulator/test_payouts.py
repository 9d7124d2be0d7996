"""Payouts, withdrawn prompts and statements with the real operator, over HTTP, from the shop's services."""

import itertools
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from payments import providers, services, settled
from payments.errors import ProviderRefused, ProviderUnavailable, UnknownToProvider
from payments.ledger.selectors import accounts_out_of_balance
from payments.models import Claim, Intent, Operation, Payout, PayoutBatch
from payments.providers.base import Charge, Credit, Outcome
from payments.providers.base import PayoutBatch as Asked
from payments.providers.wallet import WalletProvider
from payments.services import Payee, Portion
from payments.settled import PayeeMoney
from tests.payments.paying import balance
from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.payments.simulator.receiver import Receiver
from tests.wallet_operator import WalletOperator, wait_until

pytestmark = pytest.mark.django_db

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_numbers = itertools.count(700_000)


@pytest.fixture
def provider(operator: WalletOperator, receiver: Receiver, settings: Any) -> WalletProvider:
    """The shop's Viettel wallet at the running operator, which calls back to ``receiver``."""
    settings.PUBLIC_BASE_URL = receiver.url.removesuffix("/callbacks")
    settings.PAYMENT_PROVIDERS = {
        "viettel": {
            "class": "payments.providers.wallet.WalletProvider",
            "label": "Viettel Money",
            "options": {
                "base_url": f"{operator.base_url}/viettel/v1.2/mm",
                "user": "muongthen",
                "password": "demo-viettel-password",
                "callback_secret": "demo-viettel-callback-secret-of-32-bytes",
                "timeout_s": 5.0,
            },
        }
    }
    provider = providers.get("viettel")
    assert isinstance(provider, WalletProvider)
    return provider


@pytest.fixture
def seller(operator: WalletOperator) -> Payee:
    return new_seller(operator)


def new_seller(operator: WalletOperator) -> Payee:
    """Somebody with an empty wallet whom no other test knows."""
    number = next(_numbers)
    operator.open_wallet(f"+84398{number}", name="Sùng A Chu")
    return Payee(f"seller-{number}", "Sùng A Chu", "viettel", f"+84398{number}")


def pay(payer: Payer, amount_vnd: int = 120_000) -> Intent:
    """Ask the payer's phone for the money of one part of a new order."""
    now = timezone.now()
    reference = f"ORDER-{next(_numbers)}"
    return services.start_payment(
        reference=reference,
        provider="viettel",
        payer=payer.msisdn,
        shares={f"{reference}-1": amount_vnd},
        description="Gạo nếp nương",
        expires_at=now + timedelta(minutes=15),
        now=now,
    )


def ask_until(is_done: Callable[[], bool], what: str) -> None:
    """Let the sweeps run, as if time flew, until it is done."""

    def look() -> bool:
        later = timezone.now() + timedelta(minutes=2)
        services.ask_due(now=later)
        services.ask_due_batches(now=later)
        return is_done()

    wait_until(look, what)


def state_of(intent: Intent) -> str:
    return Intent.objects.values_list("state", flat=True).get(pk=intent.pk)


def earn(operator: WalletOperator, payer: Payer, payee: Payee, amount_vnd: int) -> None:
    """Have the payer buy something of ``payee`` that is delivered at once."""
    intent = pay(payer, amount_vnd)
    operator.accept(operator.wait_for_prompt(payer.msisdn, reference=intent.reference)["id"])
    ask_until(lambda: state_of(intent) == "succeeded", "the payment is recorded")
    services.release(
        part=f"{intent.reference}-1",
        portions=[Portion(f"payable:{payee.reference}", amount_vnd)],
        release_id=uuid.uuid4(),
        now=timezone.now(),
    )


def run(*payees: Payee) -> PayoutBatch:
    """Start a run, and return its batch."""
    made = services.start_run(
        run_id=uuid.uuid4(), payees=payees, minimum_vnd=1_000, started_by="test", now=timezone.now()
    )
    return PayoutBatch.objects.get(run=made)


def has_ended(batch: PayoutBatch) -> bool:
    return PayoutBatch.objects.filter(pk=batch.pk, state="ended").exists()


def freeze(operator: WalletOperator, payee: Payee) -> None:
    """Have the operator freeze a wallet: nothing comes in, nothing goes out."""
    answer = operator.http.patch(f"/sim/wallets/{payee.wallet}/", json={"status": "unavailable"})
    answer.raise_for_status()


# --- payouts -------------------------------------------------------------------------------------


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
        credits=[Credit(payout_id=uuid.uuid4(), payee=seller.wallet, amount_vnd=99_000_000)],
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


# --- withdrawn prompts ---------------------------------------------------------------------------


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


# --- statements ----------------------------------------------------------------------------------


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
