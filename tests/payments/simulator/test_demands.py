"""What an operator may ask of a merchant on demand: a key, a fresh date, a signature, a second person."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from tests.wallet_operator import WalletOperator, wait_until

MSISDN = "+84391000001"
SECRET = "a-signing-secret-of-more-than-32-bytes"
BASE = "/viettel/v1.2/mm"
DEMANDS = {
    "WALLET_VIETTEL_API_KEY": "key-7",
    "WALLET_VIETTEL_SIGNING_SECRET": SECRET,
    "WALLET_VIETTEL_DATE_WINDOW_S": "300",
    "WALLET_VIETTEL_MAKER_CHECKER": "1",
}
MAKER = ("muongthen", "demo-viettel-password")
CHECKER = ("muongthen-approver", "demo-viettel-approver-password")


@pytest.fixture(scope="module")
def demanding() -> Iterator[WalletOperator]:
    with WalletOperator(environment=DEMANDS) as operator:
        operator.open_wallet(MSISDN, balance_vnd=500_000)
        yield operator


def test_a_request_that_proves_everything_is_taken(demanding: WalletOperator) -> None:
    assert _send(demanding, _transfer()).status_code == 201
    assert demanding.balance_vnd(MSISDN) == 499_000


@pytest.mark.parametrize(
    ("headers", "status", "named"),
    [
        ({"X-API-Key": None}, 401, ""),
        ({"X-API-Key": "key-8"}, 401, ""),
        ({"X-Date": None}, 400, "X-Date"),
        ({"X-Date": "yesterday"}, 400, "X-Date"),
        ({"X-Date": "2026-01-01T00:00:00Z"}, 401, "X-Date"),
        ({"X-JWS-Signature": None}, 400, "X-JWS-Signature"),
        ({"X-JWS-Signature": "a..b"}, 401, "X-JWS-Signature"),
        ({"X-Content-Hash": "0" * 64}, 400, "X-Content-Hash"),
    ],
)
def test_whoever_leaves_out_or_forges_a_proof_moves_nothing(
    demanding: WalletOperator, headers: dict[str, str | None], status: int, named: str
) -> None:
    before_vnd = demanding.balance_vnd(MSISDN)

    answer = _send(demanding, _transfer(), headers=headers)

    assert answer.status_code == status
    parameters = answer.json().get("errorParameters", [])
    assert [item["value"] for item in parameters] == ([named] if named else [])
    assert demanding.balance_vnd(MSISDN) == before_vnd


def test_a_signature_serves_for_one_body_one_address_and_one_moment(demanding: WalletOperator) -> None:
    before_vnd = demanding.balance_vnd(MSISDN)
    signed = _headers("POST", f"{BASE}/transactions/type/transfer", _transfer())
    later = (datetime.now(UTC) + timedelta(seconds=10)).isoformat()

    answers = [
        _send(demanding, _transfer(amount="2000"), headers=signed),
        _send(demanding, _transfer(), path="/transactions/type/merchantpay", headers=signed),
        _send(demanding, _transfer(), headers=signed | {"X-Date": later}),
        _send(demanding, _transfer(), headers=_headers("POST", "/x", _transfer(), secret="x" * 32)),
    ]

    assert [answer.json()["errorCode"] for answer in answers] == ["clientAuthorisationError"] * 4
    assert demanding.balance_vnd(MSISDN) == before_vnd


def test_a_replay_within_the_window_is_told_that_it_is_one(demanding: WalletOperator) -> None:
    headers = _headers("POST", f"{BASE}/transactions/type/transfer", _transfer())

    first, again = (_send(demanding, _transfer(), headers=headers) for _ in range(2))

    assert first.status_code == 201
    assert (again.status_code, again.json()["errorCode"]) == (400, "duplicateRequest")


def test_looking_needs_no_signature(demanding: WalletOperator) -> None:
    headers = {"X-API-Key": "key-7", "X-Date": datetime.now(UTC).isoformat()}

    answer = demanding.http.get(f"{BASE}/heartbeat", auth=MAKER, headers=headers)

    assert answer.status_code == 200


def test_a_batch_is_approved_by_another_credential_than_made_it(demanding: WalletOperator) -> None:
    body = {"transactions": [_transfer() | {"type": "transfer"}]}
    made = _send(demanding, body, path="/batchtransactions").json()["objectReference"]
    approve = [{"op": "replace", "path": "/batchStatus", "value": "approved"}]
    path = f"/batchtransactions/{made}"

    by_maker = _send(demanding, approve, method="PATCH", path=path)
    by_checker = _send(demanding, approve, method="PATCH", path=path, auth=CHECKER)

    assert (by_maker.status_code, by_maker.json()["errorCode"]) == (401, "requestingPartyAuthorisationError")
    assert by_checker.status_code == 204
    wait_until(lambda: _status(demanding, path) == "completed", "the batch is carried out")


def _transfer(amount: str = "1000") -> dict[str, Any]:
    return {
        "amount": amount,
        "currency": "VND",
        "debitParty": [{"key": "msisdn", "value": MSISDN}],
        "creditParty": [{"key": "organisationid", "value": "muongthen"}],
    }


def _headers(method: str, uri: str, body: object, *, secret: str = SECRET) -> dict[str, str | None]:
    content, date = json.dumps(body).encode(), datetime.now(UTC).isoformat()
    protected = {"method": method, "uri": uri, "date": date}
    signature = jwt.PyJWS().encode(content, secret, "HS256", protected, is_payload_detached=True)
    return {
        "X-CorrelationID": str(uuid.uuid4()),
        "X-API-Key": "key-7",
        "X-Date": date,
        "X-JWS-Signature": signature,
    }


def _send(
    operator: WalletOperator,
    body: object,
    *,
    method: str = "POST",
    path: str = "/transactions/type/transfer",
    headers: dict[str, str | None] | None = None,
    auth: tuple[str, str] = MAKER,
) -> httpx.Response:
    whole = _headers(method, f"{BASE}{path}", body) | (headers or {})
    given = {name: value for name, value in whole.items() if value is not None}
    content = json.dumps(body).encode()
    return operator.http.request(method, f"{BASE}{path}", content=content, headers=given, auth=auth)


def _status(operator: WalletOperator, path: str) -> str:
    headers = {"X-API-Key": "key-7", "X-Date": datetime.now(UTC).isoformat()}
    status: str = operator.http.get(f"{BASE}{path}", auth=CHECKER, headers=headers).json()["batchStatus"]
    return status


def test_a_merchant_may_be_asked_to_poll_for_everything() -> None:
    with WalletOperator(environment={"WALLET_VIETTEL_ANSWERS_LATER": "1"}) as operator:
        operator.open_wallet(MSISDN, balance_vnd=1_000)
        headers = {"X-CorrelationID": str(uuid.uuid4())}
        path = f"{BASE}/transactions/type/transfer"

        asked = operator.http.post(path, json=_transfer(), headers=headers, auth=MAKER)
        state = operator.http.get(
            f"{BASE}/requeststates/{asked.json()['serverCorrelationId']}", auth=MAKER
        ).json()
        found = operator.http.get(f"{BASE}/transactions/{state['objectReference']}", auth=MAKER).json()

    assert (asked.status_code, asked.json()["status"]) == (202, "pending")
    assert (asked.json()["notificationMethod"], state["status"]) == ("polling", "completed")
    assert found["transactionStatus"] == "completed"
