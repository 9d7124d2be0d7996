"""Asking for money: the way it should go, and every way it can end otherwise."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.payments.simulator.receiver import Receiver
from tests.payments.simulator.specification import Specification
from tests.wallet_operator import WalletOperator


def test_a_payment_is_pending_until_the_payer_accepts_and_then_the_money_has_moved(
    operator: WalletOperator,
    merchant: Merchant,
    payer: Payer,
    receiver: Receiver,
    correlation_id: str,
    spec: Specification | None,
) -> None:
    earned_vnd = merchant.balance_vnd()

    asked = merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url)
    prompt = operator.wait_for_prompt(payer.msisdn)
    before = merchant.found_by(correlation_id)
    operator.accept(prompt["id"])
    told = receiver.wait_for(correlation_id)

    state = asked.json()
    assert asked.status_code == 202
    assert (state["status"], state["notificationMethod"], state["pollLimit"]) == ("pending", "callback", 600)
    assert (prompt["amount_vnd"], prompt["reference"], prompt["merchant"]) == (
        120_000,
        "ORDER-7",
        "Chợ Mường Then",
    )
    assert before["transactionStatus"] == "pending"
    assert told.body["transactionStatus"] == "completed"
    assert told.body["transactionReference"] == state["objectReference"]
    assert (told.body["amount"], told.body["currency"]) == ("120000", "VND")
    assert told.body["requestingOrganisationTransactionReference"] == "ORDER-7"
    assert told.body["debitParty"] == [{"key": "msisdn", "value": payer.msisdn}]
    assert told.body == merchant.transaction(state["objectReference"])
    assert merchant.get(f"/requeststates/{state['serverCorrelationId']}")["status"] == "completed"
    assert operator.balance_vnd(payer.msisdn) == 380_000
    assert merchant.balance_vnd() == earned_vnd + 120_000
    if spec is not None:
        spec.check_object("responseTransaction", told.body)


def test_a_callback_is_signed_over_its_bytes_and_carries_the_callers_correlation_id(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str
) -> None:
    merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=f"{receiver.url}/viettel/7/")

    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])
    told = receiver.wait_for(correlation_id)

    assert told.path == "/callbacks/viettel/7/"
    assert told.headers["content-type"] == "application/json; charset=utf-8"
    assert told.is_signed_with(merchant.secret)
    assert not told.is_signed_with("demo-vnpt-callback-secret-of-32-bytes")


def test_a_refusal_moves_nothing_and_is_told_as_an_error_object(
    operator: WalletOperator,
    merchant: Merchant,
    payer: Payer,
    receiver: Receiver,
    correlation_id: str,
    spec: Specification | None,
) -> None:
    asked = merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url).json()

    operator.decline(operator.wait_for_prompt(payer.msisdn)["id"])
    told = receiver.wait_for(correlation_id)
    state = merchant.get(f"/requeststates/{asked['serverCorrelationId']}")
    found = merchant.found_by(correlation_id)

    assert (told.body["errorCategory"], told.body["errorCode"]) == ("authorisation", "requestDeclined")
    assert told.body["errordescription"] == "The payer refused the payment."
    assert {"key": "transactionReference", "value": asked["objectReference"]} in told.body["errorParameters"]
    assert (state["status"], state["error"]) == ("failed", told.body)
    assert found["transactionStatus"] == "failed"
    assert {"key": "errorCode", "value": "requestDeclined"} in found["metadata"]
    assert operator.balance_vnd(payer.msisdn) == payer.balance_vnd
    if spec is not None:
        spec.check_object("errorObject", told.body)


def test_a_prompt_nobody_answers_expires_when_the_caller_said(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str
) -> None:
    expires_at = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    merchant.pay(
        payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url, expires_at=expires_at
    )
    prompt = operator.wait_for_prompt(payer.msisdn)

    told = receiver.wait_for(correlation_id)
    late = operator.answer(prompt["id"], accept=True)

    assert datetime.fromisoformat(prompt["expires_at"]) == datetime.fromisoformat(expires_at[:23] + "+00:00")
    assert told.body["errorCode"] == "requestDeclined"
    assert told.body["errordescription"] == "The payer did not answer in time."
    assert (late.status_code, late.json()["code"]) == (409, "prompt_closed")
    assert operator.prompts(payer.msisdn) == []
    assert operator.balance_vnd(payer.msisdn) == payer.balance_vnd


def test_three_wrong_pins_fail_the_payment_and_lock_the_wallet(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str
) -> None:
    merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url)
    prompt = operator.wait_for_prompt(payer.msisdn)["id"]

    answers = [operator.answer(prompt, accept=True, pin="000000") for _ in range(3)]
    told = receiver.wait_for(correlation_id)
    merchant.pay(payer.msisdn)
    second = operator.answer(operator.wait_for_prompt(payer.msisdn)["id"], accept=True)

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert [answer.json()["code"] for answer in answers] == ["wrong_pin", "wrong_pin", "wallet_locked"]
    assert "2 more tries" in answers[0].json()["message"]
    assert "1 more tries" in answers[1].json()["message"]
    assert "opens again at" in answers[2].json()["message"]
    assert told.body["errordescription"] == "The payer entered 3 wrong PINs."
    assert second.json()["code"] == "wallet_locked"
    assert len(operator.prompts(payer.msisdn)) == 1
    assert operator.balance_vnd(payer.msisdn) == payer.balance_vnd


def test_a_right_pin_forgets_the_wrong_ones_before_it(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    for _ in range(2):
        merchant.pay(payer.msisdn, "1000")
        prompt = operator.wait_for_prompt(payer.msisdn)["id"]
        for _ in range(2):
            operator.answer(prompt, accept=True, pin="000000")
        operator.accept(prompt)

    assert operator.balance_vnd(payer.msisdn) == payer.balance_vnd - 2_000


def test_a_wallet_that_holds_too_little_fails_the_payment(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str
) -> None:
    merchant.pay(payer.msisdn, "500001", correlation_id=correlation_id, callback_url=receiver.url)

    refused = operator.answer(operator.wait_for_prompt(payer.msisdn)["id"], accept=True)
    told = receiver.wait_for(correlation_id)

    assert (refused.status_code, refused.json()["code"]) == (409, "insufficient_funds")
    assert "does not hold 500,001 VND" in refused.json()["message"]
    assert (told.body["errorCategory"], told.body["errorCode"]) == ("businessRule", "insufficientFunds")
    assert operator.balance_vnd(payer.msisdn) == payer.balance_vnd


def test_the_last_dong_of_a_wallet_can_be_paid(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    merchant.pay(payer.msisdn, "500000.00")

    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])

    assert operator.balance_vnd(payer.msisdn) == 0


def test_a_correlation_id_is_taken_once_and_still_leads_to_the_first_request(
    operator: WalletOperator, merchant: Merchant, payer: Payer, correlation_id: str
) -> None:
    first = merchant.pay(payer.msisdn, correlation_id=correlation_id)

    second = merchant.pay(payer.msisdn, correlation_id=correlation_id.upper())

    assert first.status_code == 202
    assert second.status_code == 400
    assert (second.json()["errorCategory"], second.json()["errorCode"]) == (
        "businessRule",
        "duplicateRequest",
    )
    assert len(operator.prompts(payer.msisdn)) == 1
    assert merchant.found_by(correlation_id)["transactionReference"] == first.json()["objectReference"]


def test_a_repeat_is_a_duplicate_even_if_it_could_no_longer_be_taken(
    operator: WalletOperator, merchant: Merchant, payer: Payer, correlation_id: str
) -> None:
    merchant.pay(payer.msisdn, correlation_id=correlation_id)

    late = merchant.pay(payer.msisdn, correlation_id=correlation_id, expires_at="2020-01-01T00:00:00Z")

    assert late.json()["errorCode"] == "duplicateRequest"


def test_of_eight_equal_requests_at_once_one_is_taken(
    operator: WalletOperator, merchant: Merchant, payer: Payer, correlation_id: str
) -> None:
    statuses: list[int] = []

    def ask() -> None:
        statuses.append(merchant.pay(payer.msisdn, correlation_id=correlation_id).status_code)

    _at_once([ask] * 8)

    assert sorted(statuses) == [202] + [400] * 7
    assert len(operator.prompts(payer.msisdn)) == 1


def test_of_eight_answers_to_one_prompt_at_once_one_moves_the_money(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    merchant.pay(payer.msisdn)
    prompt = operator.wait_for_prompt(payer.msisdn)["id"]
    statuses: list[int] = []

    def accept() -> None:
        statuses.append(operator.answer(prompt, accept=True).status_code)

    _at_once([accept] * 8)

    assert sorted(statuses) == [200] + [409] * 7
    assert operator.balance_vnd(payer.msisdn) == payer.balance_vnd - 120_000


def test_eight_payments_at_once_never_spend_more_than_the_wallet_holds(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    for _ in range(8):
        merchant.pay(payer.msisdn, "100000")
    prompts = [prompt["id"] for prompt in operator.prompts(payer.msisdn)]
    statuses: list[int] = []

    def accept(prompt: str) -> None:
        statuses.append(operator.answer(prompt, accept=True).status_code)

    _at_once([partial(accept, prompt) for prompt in prompts])

    assert sorted(statuses) == [200] * 5 + [409] * 3
    assert operator.balance_vnd(payer.msisdn) == 0


@pytest.mark.parametrize(
    ("code", "msisdn"), [("viettel", "0399000001"), ("vnpt", "0889000003"), ("mobifone", "0899000004")]
)
def test_every_operator_keeps_its_own_wallets(
    operator: WalletOperator, spec: Specification | None, code: str, msisdn: str
) -> None:
    merchants = {name: Merchant(operator, spec, code=name) for name in ("viettel", "vnpt", "mobifone")}

    answers = {name: merchant.pay(msisdn) for name, merchant in merchants.items()}

    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == {name: 202 if name == code else 404 for name in merchants}
    for prompt in operator.prompts(msisdn):
        operator.decline(prompt["id"])


def _at_once(calls: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
