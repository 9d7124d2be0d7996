"""Giving money back: all of a payment, parts of it, never more than it was."""

import threading
import uuid

import pytest

from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.payments.simulator.receiver import Receiver
from tests.payments.simulator.specification import Specification
from tests.wallet_operator import WalletOperator, wait_until


def test_a_refund_is_pending_first_and_then_gives_the_money_back(
    operator: WalletOperator,
    merchant: Merchant,
    payer: Payer,
    receiver: Receiver,
    correlation_id: str,
    spec: Specification | None,
) -> None:
    paid = _paid(operator, merchant, payer, "120000")

    asked = merchant.refund(paid, "50000", correlation_id=correlation_id, callback_url=receiver.url)
    told = receiver.wait_for(correlation_id)

    assert (asked.status_code, asked.json()["status"]) == (202, "pending")
    assert (told.body["type"], told.body["transactionStatus"]) == ("adjustment", "completed")
    assert (told.body["originalTransactionReference"], told.body["amount"]) == (paid, "50000")
    assert told.body["debitParty"] == [{"key": "organisationid", "value": "muongthen"}]
    assert told.body["creditParty"] == [{"key": "msisdn", "value": payer.msisdn}]
    assert told.is_signed_with(merchant.secret)
    assert operator.balance_vnd(payer.msisdn) == 500_000 - 120_000 + 50_000
    if spec is not None:
        spec.check_object("responseTransaction", told.body)


def test_several_refunds_give_back_what_was_paid_and_not_a_dong_more(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    paid = _paid(operator, merchant, payer, "120000")
    merchant.refund(paid, "100000")

    over = merchant.refund(paid, "20001")
    rest = merchant.refund(paid, "20000")
    nothing_left = merchant.refund(paid, "1")

    assert (over.status_code, over.json()["errorCategory"]) == (400, "businessRule")
    assert over.json()["errorCode"] == "overPaymentNotAllowed"
    assert "20,001 VND to refund, but only 20,000 VND are left" in over.json()["errordescription"]
    assert rest.status_code == 202
    assert nothing_left.json()["errorCode"] == "overPaymentNotAllowed"
    wait_until(lambda: operator.balance_vnd(payer.msisdn) == 500_000, "both refunds are booked")


def test_of_two_refunds_of_everything_at_once_one_is_taken(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    paid = _paid(operator, merchant, payer, "120000")
    statuses: list[int] = []

    def refund() -> None:
        statuses.append(merchant.refund(paid, "120000").status_code)

    threads = [threading.Thread(target=refund) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [202, 400]
    wait_until(lambda: operator.balance_vnd(payer.msisdn) == 500_000, "the refund is booked")


def test_a_refund_sent_twice_is_booked_once(
    operator: WalletOperator, merchant: Merchant, payer: Payer, correlation_id: str
) -> None:
    paid = _paid(operator, merchant, payer, "120000")
    merchant.refund(paid, "120000", correlation_id=correlation_id)

    again = merchant.refund(paid, "120000", correlation_id=correlation_id)

    assert again.json()["errorCode"] == "duplicateRequest"
    wait_until(
        lambda: merchant.found_by(correlation_id)["transactionStatus"] == "completed", "the refund is booked"
    )
    assert operator.balance_vnd(payer.msisdn) == 500_000


def test_a_payment_that_was_not_completed_cannot_be_refunded(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    asked = merchant.pay(payer.msisdn).json()["objectReference"]

    answer = merchant.refund(asked, "1000")

    assert (answer.status_code, answer.json()["errorCode"]) == (400, "incorrectState")
    assert "is a merchantpay that is pending" in answer.json()["errordescription"]


def test_a_refund_cannot_be_refunded(operator: WalletOperator, merchant: Merchant, payer: Payer) -> None:
    paid = _paid(operator, merchant, payer, "120000")
    refund = merchant.refund(paid, "1000").json()["objectReference"]

    answer = merchant.refund(refund, "1000")

    assert answer.json()["errorCode"] == "incorrectState"


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"originalTransactionReference": "VTM0"}, 404, "identifierError"),
        ({"originalTransactionReference": None}, 400, "mandatoryValueNotSupplied"),
        ({"creditParty": [{"key": "msisdn", "value": "0399000001"}]}, 404, "identifierError"),
        ({"debitParty": [{"key": "organisationid", "value": "x"}]}, 401, "requestingPartyAuthorisationError"),
        ({"debitParty": None}, 400, "mandatoryValueNotSupplied"),
        ({"amount": "-1"}, 400, "negativeValue"),
    ],
)
def test_a_malformed_refund_is_refused(
    operator: WalletOperator,
    merchant: Merchant,
    payer: Payer,
    changed: dict[str, object],
    status: int,
    code: str,
) -> None:
    paid = _paid(operator, merchant, payer, "120000")

    answer = merchant.refund(paid, **{"amount": "1000"} | changed)  # type: ignore[arg-type]

    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)
    assert operator.balance_vnd(payer.msisdn) == 380_000


def test_another_merchants_payment_cannot_be_refunded(
    operator: WalletOperator, merchant: Merchant, payer: Payer, spec: Specification | None
) -> None:
    paid = _paid(operator, merchant, payer, "120000")

    answer = Merchant(operator, spec, code="vnpt").refund(paid, "1000")

    assert (answer.status_code, answer.json()["errorCode"]) == (404, "identifierError")


def _paid(operator: WalletOperator, merchant: Merchant, payer: Payer, amount: str) -> str:
    """Let ``payer`` pay, and return the transaction's reference."""
    order = str(uuid.uuid4())
    asked = merchant.pay(payer.msisdn, amount, requestingOrganisationTransactionReference=order)
    operator.accept(operator.wait_for_prompt(payer.msisdn, reference=order)["id"])
    reference: str = asked.json()["objectReference"]
    return reference
