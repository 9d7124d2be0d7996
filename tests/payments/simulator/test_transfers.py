"""Transactions that need nobody's answer: moved at once, in two stages, or taken back."""

from typing import Any

import pytest

from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.payments.simulator.receiver import Receiver
from tests.payments.simulator.specification import Specification
from tests.wallet_operator import PIN, WalletOperator

MUONGTHEN = {"organisationid": "muongthen"}
ELECTRICITY = {"organisationid": "evn-dienbien"}


@pytest.fixture
def friend(operator: WalletOperator, payer: Payer) -> Payer:
    """Somebody else with a Viettel wallet, of 1,000 VND."""
    msisdn = payer.msisdn.replace("+84398", "+84397")
    operator.open_wallet(msisdn, balance_vnd=1_000, name="Lò Văn Panh")
    return Payer(msisdn, 1_000)


def test_a_transfer_moves_money_at_once(
    operator: WalletOperator, merchant: Merchant, payer: Payer, friend: Payer
) -> None:
    answer = merchant.move("transfer", {"msisdn": payer.msisdn}, {"msisdn": friend.msisdn}, "40000")

    body = answer.json()
    assert (answer.status_code, body["transactionStatus"], body["amount"]) == (201, "completed", "40000")
    assert operator.balance_vnd(payer.msisdn) == 460_000
    assert operator.balance_vnd(friend.msisdn) == 41_000


def test_with_a_callback_url_the_outcome_is_told_later(
    merchant: Merchant,
    payer: Payer,
    friend: Payer,
    receiver: Receiver,
    spec: Specification | None,
    correlation_id: str,
) -> None:
    body = {
        "type": "transfer",
        "amount": "5000",
        "currency": "VND",
        "debitParty": [{"key": "msisdn", "value": payer.msisdn}],
        "creditParty": [{"key": "msisdn", "value": friend.msisdn}],
    }

    asked = merchant.send(
        "POST", "/transactions", body, correlation_id=correlation_id, callback_url=receiver.url
    )
    told = receiver.wait_for(correlation_id)

    assert (asked.status_code, asked.json()["status"]) == (202, "pending")
    assert (told.body["type"], told.body["transactionStatus"]) == ("transfer", "completed")
    if spec is not None:
        spec.check_object("responseTransaction", told.body)


@pytest.mark.parametrize("kind", ["billpay", "withdrawal", "merchantpay"])
def test_a_customer_pays_a_company(
    operator: WalletOperator, merchant: Merchant, payer: Payer, kind: str
) -> None:
    answer = merchant.move(kind, {"msisdn": payer.msisdn}, ELECTRICITY, "15000")

    assert answer.status_code == 201
    assert operator.balance_vnd(payer.msisdn) == 485_000


@pytest.mark.parametrize("kind", ["deposit", "disbursement"])
def test_the_caller_pays_a_customer_from_its_own_float(
    operator: WalletOperator, merchant: Merchant, payer: Payer, kind: str
) -> None:
    merchant.move("withdrawal", {"msisdn": payer.msisdn}, MUONGTHEN, "15000")

    answer = merchant.move(kind, MUONGTHEN, {"msisdn": payer.msisdn}, "15000")

    assert answer.status_code == 201
    assert operator.balance_vnd(payer.msisdn) == 500_000


@pytest.mark.parametrize(
    ("debit", "credit", "amount", "status", "code"),
    [
        ("payer", "payer", "1", 400, "samePartiesError"),
        ("payer", "friend", "500001", 400, "insufficientFunds"),
        ("evn", "friend", "1", 401, "requestingPartyAuthorisationError"),
        ("nobody", "friend", "1", 404, "identifierError"),
        ("payer", "friend", "-1", 400, "negativeValue"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(
    operator: WalletOperator,
    merchant: Merchant,
    payer: Payer,
    friend: Payer,
    debit: str,
    credit: str,
    amount: str,
    status: int,
    code: str,
) -> None:
    names = {
        "payer": {"msisdn": payer.msisdn},
        "friend": {"msisdn": friend.msisdn},
        "evn": ELECTRICITY,
        "nobody": {"msisdn": "+84399999999"},
    }

    answer = merchant.move("transfer", names[debit], names[credit], amount)

    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)
    assert operator.balance_vnd(payer.msisdn) == 500_000


def test_a_payer_who_starts_the_payment_with_the_pin_is_not_asked(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    body: dict[str, Any] = {
        "amount": "20000",
        "currency": "VND",
        "debitParty": [{"key": "msisdn", "value": payer.msisdn}],
        "creditParty": [{"key": "organisationid", "value": "muongthen"}],
    }
    path, ids = "/transactions/type/merchantpay", ["1" * 8, "2" * 8]
    headers = [
        {"X-CorrelationID": f"{i}-4f0e-4b8e-9a39-{payer.msisdn[1:]}7", "X-User-Credential-1": pin}
        for i, pin in zip(ids, ["000000", PIN], strict=True)
    ]

    wrong = merchant.call("POST", path, json=body, headers=headers[0])
    right = merchant.call("POST", path, json=body, headers=headers[1])

    assert (wrong.status_code, wrong.json()["errorCode"]) == (401, "requestingPartyAuthorisationError")
    assert (right.status_code, right.json()["transactionStatus"]) == (201, "completed")
    assert operator.balance_vnd(payer.msisdn) == 480_000


@pytest.mark.parametrize(("end", "left_vnd"), [("completed", 470_000), ("cancelled", 500_000)])
def test_a_transaction_of_two_stages_waits_for_its_confirmation(
    operator: WalletOperator, merchant: Merchant, payer: Payer, friend: Payer, end: str, left_vnd: int
) -> None:
    stages = [{"key": "twoStage", "value": "true"}]
    first = merchant.move(
        "transfer", {"msisdn": payer.msisdn}, {"msisdn": friend.msisdn}, "30000", metadata=stages
    )
    path = f"/transactions/{first.json()['objectReference']}"
    held = merchant.get(f"/accounts/msisdn/{payer.msisdn}/balance")

    confirmed = [merchant.patch(path, "/transactionStatus", end).status_code for _ in range(2)]

    assert (first.status_code, held["reservedBalance"]) == (202, "30000")
    assert confirmed == [204, 204]
    assert operator.balance_vnd(payer.msisdn) == left_vnd
    assert merchant.patch(path, "/transactionStatus", "failed").status_code == (
        400 if end == "completed" else 204
    )


def test_a_reversal_gives_everything_back_once(
    operator: WalletOperator, merchant: Merchant, payer: Payer, friend: Payer
) -> None:
    paid = merchant.move("transfer", {"msisdn": payer.msisdn}, {"msisdn": friend.msisdn}, "30000").json()
    path = f"/transactions/{paid['transactionReference']}/reversals"

    reversed_ = merchant.send("POST", path, {"type": "reversal"})
    again = merchant.send("POST", path, {"type": "reversal"})

    assert (reversed_.status_code, reversed_.json()["amount"]) == (201, "30000")
    assert (again.status_code, again.json()["errorCode"]) == (400, "incorrectState")
    assert operator.balance_vnd(payer.msisdn) == 500_000


def test_a_payment_nobody_answered_yet_can_be_withdrawn(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    state = merchant.pay(payer.msisdn).json()

    patched = merchant.patch(f"/requeststates/{state['serverCorrelationId']}", "/status", "failed")

    assert patched.status_code == 204
    assert operator.prompts(payer.msisdn) == []
    assert merchant.transaction(state["objectReference"])["transactionStatus"] == "failed"


def test_a_token_is_as_good_as_the_password(operator: WalletOperator) -> None:
    form = {"grant_type": "client_credentials", "client_id": "muongthen"}
    path = "/viettel/v1.2/oauth/token"

    wrong = operator.http.post(path, data=form | {"client_secret": "x"})
    token = operator.http.post(path, data=form | {"client_secret": "demo-viettel-password"}).json()

    headers = {"Authorization": f"Bearer {token['access_token']}"}
    answers = [
        operator.http.get(f"/{code}/v1.2/mm/heartbeat", headers=headers) for code in ("viettel", "vnpt")
    ]
    assert (wrong.status_code, wrong.json()) == (401, {"error": "invalid_client"})
    assert [answer.status_code for answer in answers] == [200, 401]


def test_a_body_that_was_changed_on_the_way_is_refused(merchant: Merchant) -> None:
    answer = merchant.call("GET", "/heartbeat", headers={"X-Content-Hash": "0" * 64})

    assert (answer.status_code, answer.json()["errorCode"]) == (400, "formatError")
