"""How well a holder is known decides what their wallet may do; a frozen one does nothing."""

import uuid
from typing import Any

import httpx
import pytest

from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.wallet_operator import PIN, WalletOperator

MUONGTHEN = {"organisationid": "muongthen"}
UNKNOWN, DOCUMENT_CHECKED, BIOMETRIC = 0, 1, 2


@pytest.mark.parametrize("kind", ["transfer", "merchantpay", "billpay", "withdrawal"])
def test_nothing_leaves_the_wallet_of_a_holder_who_is_not_known(
    operator: WalletOperator, merchant: Merchant, payer: Payer, kind: str
) -> None:
    _change(operator, payer, kyc_level=UNKNOWN)

    refused = merchant.move(kind, {"msisdn": payer.msisdn}, {"organisationid": "evn-dienbien"}, "1")
    _change(operator, payer, kyc_level=DOCUMENT_CHECKED, kyc_status="rejected")
    rejected = merchant.move(kind, {"msisdn": payer.msisdn}, {"organisationid": "evn-dienbien"}, "1")

    assert {refused.json()["errorCode"], rejected.json()["errorCode"]} == {"incorrectState"}
    assert "is not known" in refused.json()["errorDescription"]
    assert operator.balance_vnd(payer.msisdn) == 500_000


def test_what_comes_in_needs_no_proof(operator: WalletOperator, merchant: Merchant, payer: Payer) -> None:
    merchant.move("withdrawal", {"msisdn": payer.msisdn}, MUONGTHEN, "1000")
    _change(operator, payer, kyc_level=UNKNOWN)

    assert merchant.move("disbursement", MUONGTHEN, {"msisdn": payer.msisdn}, "1000").status_code == 201


def test_above_ten_million_a_document_is_not_enough(operator: WalletOperator, merchant: Merchant) -> None:
    payer = Payer("+84393000001", 30_000_000)
    operator.open_wallet(payer.msisdn, balance_vnd=payer.balance_vnd)
    _change(operator, payer, kyc_level=DOCUMENT_CHECKED)
    moves = [("10000000", DOCUMENT_CHECKED), ("10000001", DOCUMENT_CHECKED), ("10000001", BIOMETRIC)]

    answers = []
    for amount, level in moves:
        _change(operator, payer, kyc_level=level)
        answers.append(merchant.move("transfer", {"msisdn": payer.msisdn}, MUONGTHEN, amount))

    assert [answer.status_code for answer in answers] == [201, 400, 201]
    assert answers[1].json()["errorCode"] == "greaterThanTransactionMaxValue"


def test_a_prompt_cannot_be_paid_from_a_wallet_frozen_since(
    operator: WalletOperator, merchant: Merchant, payer: Payer, correlation_id: str
) -> None:
    merchant.pay(payer.msisdn, correlation_id=correlation_id)
    prompt = operator.wait_for_prompt(payer.msisdn)["id"]
    _change(operator, payer, status="unavailable")

    refused = operator.answer(prompt, accept=True)

    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed")
    assert merchant.found_by(correlation_id)["transactionStatus"] == "failed"
    assert operator.balance_vnd(payer.msisdn) == 500_000


def test_nothing_moves_on_a_frozen_wallet_in_either_direction(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    merchant.move("withdrawal", {"msisdn": payer.msisdn}, MUONGTHEN, "1000")
    _change(operator, payer, status="unavailable")

    out = merchant.move("transfer", {"msisdn": payer.msisdn}, MUONGTHEN, "1")
    into = merchant.move("disbursement", MUONGTHEN, {"msisdn": payer.msisdn}, "1")
    asked = merchant.pay(payer.msisdn)

    assert {answer.json()["errorCode"] for answer in (out, into, asked)} == {"incorrectState"}
    assert operator.balance_vnd(payer.msisdn) == 499_000


def test_a_person_has_one_account_at_each_operator(operator: WalletOperator, merchant: Merchant) -> None:
    number = str(uuid.uuid4())
    body = {"pin": PIN, "name": "Lò Thị Pản", "id_number": number}

    first = _open(operator, body | {"operator": "viettel", "msisdn": "+84393000002"})
    second = _open(operator, body | {"operator": "viettel", "msisdn": "+84393000003"})
    elsewhere = _open(operator, body | {"operator": "vnpt", "msisdn": "+84393000003"})
    by_api = merchant.send("POST", "/accounts/individual", _account("+84393000004", number))

    assert [answer.status_code for answer in (first, second, elsewhere)] == [201, 400, 201]
    assert "has a wallet at this operator already" in second.json()["message"]
    assert (by_api.status_code, by_api.json()["errorCode"]) == (400, "incorrectState")
    assert merchant.call("GET", "/accounts/msisdn/+84393000003/status").status_code == 404


def test_an_account_opened_by_api_pays_once_its_holder_is_known(merchant: Merchant, payer: Payer) -> None:
    msisdn = payer.msisdn.replace("+84398", "+84392")
    opened = merchant.send("POST", "/accounts/individual", _account(msisdn, str(uuid.uuid4()))).json()
    merchant.move("transfer", {"msisdn": payer.msisdn}, {"msisdn": msisdn}, "1000")
    path = f"/accounts/msisdn/{msisdn}/identities/{opened['identity'][0]['identityId']}"

    before = merchant.move("transfer", {"msisdn": msisdn}, MUONGTHEN, "1000")
    merchant.patch(path, "/kycVerificationStatus", "verified")
    merchant.patch(path, "/kycLevel", "1")
    after = merchant.move("transfer", {"msisdn": msisdn}, MUONGTHEN, "1000")

    assert (before.status_code, before.json()["errorCode"]) == (400, "incorrectState")
    assert after.status_code == 201


@pytest.mark.parametrize("changes", [{"kyc_level": 3}, {"status": "frozen"}, {"kyc_status": None}])
def test_a_state_that_is_none_is_refused(
    operator: WalletOperator, payer: Payer, changes: dict[str, Any]
) -> None:
    answer = operator.http.patch(f"/sim/wallets/{payer.msisdn}/", json=changes)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def _change(operator: WalletOperator, payer: Payer, **changes: Any) -> None:
    operator.http.patch(f"/sim/wallets/{payer.msisdn}/", json=changes).raise_for_status()


def _open(operator: WalletOperator, body: dict[str, Any]) -> httpx.Response:
    return operator.http.post("/sim/wallets/", json=body)


def _account(msisdn: str, id_number: str) -> dict[str, Any]:
    document = {"idType": "nationalidcard", "idNumber": id_number}
    identity = {"identityKyc": {"idDocument": [document]}, "accountRelationship": "accountholder"}
    return {"accountIdentifiers": [{"key": "msisdn", "value": msisdn}], "identity": [identity]}
