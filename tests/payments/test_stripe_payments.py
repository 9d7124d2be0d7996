"""Payments of the shop by Stripe, from the first request to the books, through everything that goes wrong."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from payments import services
from payments.ledger.selectors import balances_vnd
from payments.models import Claim, Difference, Intent, Operation
from payments.services import asking
from tests.payments.making import ask_back, operation_of, start
from tests.payments.stripe_bank import GOOD, StripeBank, opened
from tests.wallet_operator import WalletOperator

HOLD = timedelta(minutes=15)
ADDRESS = "/payments/callbacks/stripe/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank(wallet_operator: WalletOperator, settings) -> Iterator[StripeBank]:
    """An account at the sandbox, and a shop that offers it."""
    with opened(wallet_operator) as account:
        settings.PAYMENT_PROVIDERS = {
            "stripe": {
                "class": "payments.providers.stripe.StripeProvider",
                "label": "Stripe",
                "options": {
                    "api_key": account.key,
                    "api_base": account.base,
                    "webhook_secret": account.secret,
                    "timeout_s": 20.0,
                },
            }
        }
        yield account


def begin() -> Intent:
    now = timezone.now()
    return start(provider="stripe", now=now, expires_at=now + HOLD)


def hear(bank: StripeBank, operation: Operation, type: str = "checkout.session.completed"):
    """Let the shop hear an event that was sent, and return its answer."""
    body, headers = bank.wait_for(operation.pk, type)
    return post(body, headers["Stripe-Signature"])


def post(body: bytes, signature: str):
    return Client().post(
        ADDRESS, body, content_type="application/json", headers={"Stripe-Signature": signature}
    )


def again(thing):
    thing.refresh_from_db()
    return thing


def test_a_payment_is_heard_of_once_however_often_it_is_told(bank):
    intent = begin()
    operation = operation_of(intent)
    bank.send_card(operation.pk, GOOD)

    answers = [hear(bank, operation).status_code for _ in range(2)]

    assert operation.action == {"type": "redirect", "url": f"{bank.base}/pay/{operation.provider_ref}/"}
    assert answers == [204, 204]
    assert again(intent).state == Intent.State.SUCCEEDED
    assert balances_vnd(["escrow:ORDER-7-1", "escrow:ORDER-7-2"]) == {
        "escrow:ORDER-7-1": 200_000,
        "escrow:ORDER-7-2": 50_000,
    }


def test_a_payment_nobody_told_us_of_is_found_by_asking(bank):
    intent = begin()
    bank.operator.faults(operator="stripe", drop_callbacks=1)
    bank.send_card(operation_of(intent).pk, GOOD)

    asking.ask_due(now=timezone.now() + timedelta(minutes=2))

    assert again(intent).state == Intent.State.SUCCEEDED


def test_a_request_whose_answer_was_lost_is_found_and_not_made_twice(bank):
    bank.operator.faults(operator="stripe", error_after_commit=1)
    intent = begin()
    bank.operator.no_faults()
    operation = operation_of(intent)
    before = (operation.state, operation.provider_ref)

    asking.ask_due(now=timezone.now() + timedelta(minutes=2))

    assert before == (Operation.State.UNKNOWN, "")
    assert again(operation).state == Operation.State.REQUIRES_ACTION
    assert operation.provider_ref == bank.session_of(operation.pk).id
    assert bank.payments_made() == 1


def test_a_request_that_never_arrived_is_sent_again(bank):
    bank.operator.faults(operator="stripe", error_before_commit=1)
    intent = begin()
    bank.operator.no_faults()

    asking.ask_due(now=timezone.now() + timedelta(minutes=2))

    assert again(operation_of(intent)).state == Operation.State.REQUIRES_ACTION
    assert bank.payments_made() == 1


def test_an_event_with_another_amount_is_refused_and_the_books_are_untouched(bank):
    intent = begin()
    operation = operation_of(intent)
    bank.operator.faults(operator="stripe", wrong_amount=1)
    bank.send_card(operation.pk, GOOD)

    answer = hear(bank, operation)

    assert (answer.status_code, answer.json()["code"]) == (400, "amount_mismatch")
    assert again(operation).state == Operation.State.REQUIRES_ACTION
    assert Claim.objects.get(refusal="amount_mismatch").amount_vnd == 250_001
    assert again(intent).state == Intent.State.PENDING


def test_an_event_that_is_too_old_or_not_stripes_is_refused(bank):
    intent = begin()
    operation = operation_of(intent)
    bank.send_card(operation.pk, GOOD)
    body, _ = bank.wait_for(operation.pk, "checkout.session.completed")

    old = bank.signed(body, age_s=301)[1]["Stripe-Signature"]
    forged = bank.signed(body, secret="whsec_somebody_elses")[1]["Stripe-Signature"]

    assert [post(body, signature).status_code for signature in (old, forged, "", "t=1,v1=2")] == [401] * 4
    assert again(intent).state == Intent.State.PENDING


def test_the_end_of_the_hold_closes_the_page(bank):
    intent = begin()
    operation = operation_of(intent)

    services.expire(intent_id=intent.pk, now=timezone.now())
    release = Operation.objects.get(intent=intent, kind=Operation.Kind.VOID)
    asking.submit(operation_id=release.pk, now=timezone.now())

    assert bank.session_of(operation.pk).status == "expired"
    assert again(release).state == Operation.State.SUCCEEDED
    assert again(intent).state == Intent.State.EXPIRED


def test_money_that_comes_after_the_hold_is_booked_and_said_to_be_late(bank, heard):
    intent = begin()
    operation = operation_of(intent)
    services.expire(intent_id=intent.pk, now=timezone.now())
    bank.send_card(operation.pk, GOOD)

    assert hear(bank, operation).status_code == 204
    services.deliver_due(now=timezone.now() + timedelta(seconds=5))

    assert again(operation).state == Operation.State.SUCCEEDED
    [payload] = [payload for kind, payload in heard if kind == "payment.succeeded"]
    assert payload["late"] is True


def test_a_refund_reaches_the_card_once(bank):
    intent = begin()
    operation = operation_of(intent)
    bank.send_card(operation.pk, GOOD)
    hear(bank, operation)

    refund = ask_back(intent, now=timezone.now(), operation_id=uuid.uuid4())
    asking.submit(operation_id=refund.pk, now=timezone.now())
    told = hear(bank, refund, "refund.created")

    assert told.status_code == 204
    assert again(refund).state == Operation.State.SUCCEEDED
    [given] = bank.api.refunds.list({"payment_intent": bank.session_of(operation.pk).payment_intent}).data
    assert (given.id, given.amount) == (refund.provider_ref, 50_000)
    assert given.created <= datetime.now(UTC).timestamp()


def test_the_statement_settles_what_nobody_told_us_and_finds_what_is_not_ours(bank):
    intent = begin()
    bank.operator.faults(operator="stripe", drop_callbacks=1)
    bank.send_card(operation_of(intent).pk, GOOD)
    foreign = bank.api.payment_intents.create(
        {"amount": 99_000, "currency": "vnd", "confirm": True, "payment_method": "pm_card_visa"}
    )

    services.reconcile(provider="stripe", day=timezone.localdate(), now=timezone.now())

    assert again(intent).state == Intent.State.SUCCEEDED
    found = Difference.objects.values_list("kind", "provider_ref", "statement_vnd")
    assert list(found) == [(Difference.Kind.MISSING_HERE, foreign.latest_charge, 99_000)]
