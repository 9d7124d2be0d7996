"""What Stripe tells: events that are believed or not, statements, and what is no word on a payment."""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from payments.errors import (
    BadSignature,
    ProviderRefused,
    ProviderUnavailable,
    UnknownToProvider,
    UnreadableReport,
)
from payments.providers.base import Outcome
from payments.providers.stripe import StripeProvider
from tests.payments.stripe_bank import StripeBank, following, opened, reserved, told
from tests.wallet_operator import WalletOperator

AT_HOME = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture
def bank(wallet_operator: WalletOperator) -> Iterator[StripeBank]:
    with opened(wallet_operator) as account:
        yield account


# --- What is no word of Stripe's -------------------------------------------------------------------


def event_of(bank, **changes) -> bytes:
    charge = bank.charge()
    thing = {
        "id": "cs_test_1",
        "object": "checkout.session",
        "status": "complete",
        "payment_status": "paid",
        "amount_total": 120_000,
        "currency": "vnd",
        "payment_intent": "pi_1",
        "metadata": {"operation": str(charge.operation_id), "reference": "ORDER-7", "kind": "sale"},
    }
    event = {"id": "evt_1", "object": "event", "type": "checkout.session.completed"}
    return json.dumps(event | {"data": {"object": thing | changes}}).encode()


def test_an_event_is_believed_for_five_minutes_and_no_longer(bank):
    body = event_of(bank)

    fresh = bank.provider.parse_webhook(told(*bank.signed(body, age_s=290)))

    assert (fresh.outcome, fresh.amount_vnd) == (Outcome.SUCCEEDED, 120_000)
    with pytest.raises(BadSignature, match="tolerance"):
        bank.provider.parse_webhook(told(*bank.signed(body, age_s=310)))


def test_an_event_signed_by_somebody_else_is_refused(bank):
    with pytest.raises(BadSignature):
        bank.provider.parse_webhook(told(*bank.signed(event_of(bank), secret="whsec_somebody_elses")))


def test_an_event_of_another_currency_is_unreadable(bank):
    with pytest.raises(UnreadableReport, match="currency is 'usd'"):
        bank.provider.parse_webhook(told(*bank.signed(event_of(bank, currency="usd"))))


@pytest.mark.parametrize("amount", [-1, 0.1, 1e9, "120000", None, True])
def test_an_event_whose_amount_is_no_whole_number_is_unreadable(bank, amount):
    with pytest.raises(UnreadableReport, match="whole number"):
        bank.provider.parse_webhook(told(*bank.signed(event_of(bank, amount_total=amount))))


def test_an_event_about_something_that_is_not_ours_is_nothing_to_us(bank):
    assert bank.provider.parse_webhook(told(*bank.signed(event_of(bank, metadata={})))) is None


def test_an_event_that_names_no_operation_of_anybodys_is_unreadable(bank):
    body = event_of(bank, metadata={"operation": "7"})

    with pytest.raises(UnreadableReport, match="operation's id was due"):
        bank.provider.parse_webhook(told(*bank.signed(body)))


def test_an_event_nobody_took_is_sent_again(bank):
    bank.ear.answers[:] = [500, 500]
    charge = bank.charge()
    bank.provider.authorize(charge)
    bank.approve(charge.operation_id)

    report = bank.provider.parse_webhook(told(*bank.wait_for(charge.operation_id, "checkout.session.c")))
    assert report.outcome is Outcome.SUCCEEDED


def test_a_wrong_key_is_no_word_on_the_payment(bank):
    stranger = StripeProvider(
        code="stripe",
        label="Stripe",
        api_key="sk_test_nobodys",
        webhook_secret="whsec_nobodys",
        timeout_s=20,
        api_base=bank.base,
    )

    with pytest.raises(ProviderUnavailable, match="AuthenticationError"):
        stranger.authorize(bank.charge())


def test_a_provider_without_its_secrets_does_not_start():
    with pytest.raises(ValueError, match="set STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET"):
        StripeProvider(code="stripe", label="Stripe", api_key="sk_test_1", webhook_secret="", timeout_s=1)


@pytest.mark.parametrize("amount_vnd", [1, 12_999, 100_000_000])
def test_amounts_beyond_stripes_limits_are_refused(bank, amount_vnd):
    with pytest.raises(ProviderRefused) as refusal:
        bank.provider.authorize(bank.charge(amount_vnd=amount_vnd))

    assert refusal.value.reason in ("amount_too_small", "parameter_invalid_integer")
    assert bank.payments_made() == 0


# --- The statement ---------------------------------------------------------------------------------


def test_a_days_statement_names_our_operations(bank):
    sale = bank.charge()
    sale_ref = bank.provider.authorize(sale).provider_ref
    bank.approve(sale.operation_id)
    refund = following(bank, sale, sale_ref, amount_vnd=50_000)
    refund_ref = bank.provider.refund(refund).provider_ref
    hold, hold_ref = reserved(bank)
    capture = following(bank, hold, hold_ref, amount_vnd=70_000)
    capture_ref = bank.provider.capture(capture).provider_ref
    foreign = bank.api.payment_intents.create(
        {"amount": 99_000, "currency": "vnd", "confirm": True, "payment_method": "pm_card_visa"}
    )
    today = datetime.now(AT_HOME).date()

    lines = [line for day in (today - timedelta(days=1), today) for line in bank.provider.statement(day)]

    assert [(line.operation_id, line.provider_ref, line.amount_vnd) for line in lines] == [
        (sale.operation_id, sale_ref, 120_000),
        (refund.operation_id, refund_ref, -50_000),
        (capture.operation_id, capture_ref, 70_000),
        (None, foreign.latest_charge, 99_000),
    ]
    assert [line.reference for line in lines] == ["ORDER-7", "ORDER-7", "ORDER-7", ""]
    assert not list(bank.provider.statement(today + timedelta(days=1)))


def test_the_statement_of_a_provider_that_is_down_is_not_an_empty_one(bank):
    bank.fail_next(after=False)

    with pytest.raises(ProviderUnavailable):
        bank.provider.statement(datetime.now(AT_HOME).date())


def test_an_operation_of_another_merchant_is_unknown(bank, wallet_operator):
    charge = bank.charge()
    bank.provider.authorize(charge)

    with pytest.raises(UnknownToProvider):
        StripeBank(wallet_operator, bank.ear).provider.query(charge)


def test_ids_are_looked_up_and_not_guessed(bank):
    with pytest.raises(ProviderUnavailable, match="No such checkout"):
        bank.provider.query(bank.charge(provider_ref=f"cs_test_{uuid.uuid4().hex}"))
