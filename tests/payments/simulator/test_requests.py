"""What the operator takes from a merchant and what it refuses, in GSMA's words."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.payments.simulator.specification import FILE, Specification
from tests.wallet_operator import WalletOperator


def test_gsmas_file_is_there_to_judge(spec: Specification | None) -> None:
    if spec is None:
        pytest.skip(f"GSMA's OpenAPI file is not beside this checkout ({FILE.name}): answers went unjudged.")
    with pytest.raises(AssertionError, match=r"requestStateObject has no .*serverCorrelationID"):
        spec.check_object(
            "requestStateObject",
            {
                "serverCorrelationId": str(uuid.uuid4()),
                "serverCorrelationID": "",
                "status": "pending",
                "notificationMethod": "polling",
            },
        )


ANOTHER = [{"key": "organisationid", "value": "another"}]
ID = "6f1c3a52-4f0e-4b8e-9a39-0d6a3c1e7b10"  # of no request: fixed, so that every run has the same tests


# The table of GSMA's guide, and what this operator does with fractions of a đồng.
@pytest.mark.parametrize("amount", ["5", "5.0", "5.00", "5.0000", "999999999999", "1000000000000"])
def test_a_whole_number_of_dong_is_taken(merchant: Merchant, payer: Payer, amount: str) -> None:
    answer = merchant.pay(payer.msisdn, amount)

    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("amount", "category", "code"),
    [
        ("5.", "validation", "formatError"),
        ("5.55555", "validation", "formatError"),
        ("5555555555555555555", "validation", "formatError"),
        (".5", "validation", "formatError"),
        ("00.5", "validation", "formatError"),
        ("00.00", "validation", "formatError"),
        ("0000001.32", "validation", "formatError"),
        ("1e9", "validation", "formatError"),
        ("1,000", "validation", "formatError"),
        (" 5", "validation", "formatError"),
        ("5\n", "validation", "formatError"),
        ("٥", "validation", "formatError"),
        ("NaN", "validation", "formatError"),
        (5, "validation", "formatError"),
        (True, "validation", "formatError"),
        (["5"], "validation", "formatError"),
        # Fine for GSMA, but there is no half đồng.
        ("5.5", "validation", "formatError"),
        ("5.50", "validation", "formatError"),
        ("5.5555", "validation", "formatError"),
        ("0.5", "validation", "formatError"),
        ("-5.5", "validation", "negativeValue"),
        ("-1", "validation", "negativeValue"),
        (None, "validation", "mandatoryValueNotSupplied"),
        ("", "validation", "mandatoryValueNotSupplied"),
        ("0", "businessRule", "lessThanTransactionMinValue"),
        ("0.00", "businessRule", "lessThanTransactionMinValue"),
        ("1000000000001", "businessRule", "greaterThanTransactionMaxValue"),
        ("555555555555555555", "businessRule", "greaterThanTransactionMaxValue"),
    ],
)
def test_any_other_amount_is_refused(
    operator: WalletOperator, merchant: Merchant, payer: Payer, amount: object, category: str, code: str
) -> None:
    answer = merchant.pay(payer.msisdn, amount)

    assert answer.status_code == 400
    assert (answer.json()["errorCategory"], answer.json()["errorCode"]) == (category, code)
    assert {"key": "property", "value": "amount"} in answer.json()["errorParameters"]
    assert operator.prompts(payer.msisdn) == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"creditParty": ANOTHER}, 401, "requestingPartyAuthorisationError"),
        ({"currency": "USD"}, 400, "currencyNotSupported"),
        ({"currency": "vnd"}, 400, "currencyNotSupported"),
        ({"currency": None}, 400, "mandatoryValueNotSupplied"),
        ({"debitParty": None}, 400, "mandatoryValueNotSupplied"),
        ({"debitParty": []}, 400, "lengthError"),
        ({"debitParty": "+84398100000"}, 400, "formatError"),
        ({"debitParty": [{"key": "msisdn"}]}, 400, "formatError"),
        ({"debitParty": [{"key": "msisdn", "value": "+84399999999"}]}, 404, "identifierError"),
        ({"debitParty": [{"key": "msisdn", "value": "Mai"}]}, 404, "identifierError"),
        ({"debitParty": [{"key": "walletid", "value": "7"}]}, 404, "identifierError"),
        ({"creditParty": None, "debitParty": None}, 400, "mandatoryValueNotSupplied"),
        (
            {"creditParty": [{"key": "organisationid", "value": "x"}]},
            401,
            "requestingPartyAuthorisationError",
        ),
        ({"descriptionText": "x" * 161}, 400, "lengthError"),
        ({"descriptionText": 7}, 400, "formatError"),
        ({"descriptionText": "a\x00b"}, 400, "formatError"),
        ({"requestingOrganisationTransactionReference": "x" * 257}, 400, "lengthError"),
        ({"requestDate": "yesterday"}, 400, "formatError"),
        ({"requestDate": "2026-11-23T03:45:00"}, 400, "formatError"),
        ({"metadata": {"expiresAt": "2026"}}, 400, "formatError"),
        ({"metadata": [{"key": "a", "value": "b"}] * 21}, 400, "lengthError"),
        ({"metadata": [{"key": "expiresAt", "value": "soon"}]}, 400, "formatError"),
        ({"metadata": [{"key": "expiresAt", "value": "2020-01-01T00:00:00Z"}]}, 400, "formatError"),
    ],
)
def test_a_malformed_request_is_refused_by_name(
    operator: WalletOperator, merchant: Merchant, payer: Payer, body: dict[str, Any], status: int, code: str
) -> None:
    answer = merchant.pay(payer.msisdn, **body)

    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)
    assert operator.prompts(payer.msisdn) == []


@pytest.mark.parametrize(
    ("headers", "code", "named"),
    [
        ({}, "mandatoryValueNotSupplied", "X-CorrelationID"),
        ({"X-CorrelationID": "7"}, "formatError", "X-CorrelationID"),
        ({"X-CorrelationID": str(uuid.uuid4()), "X-Callback-URL": "/here"}, "formatError", "X-Callback-URL"),
        (
            {"X-CorrelationID": str(uuid.uuid4()), "X-Callback-URL": "file:///x"},
            "formatError",
            "X-Callback-URL",
        ),
    ],
)
def test_a_malformed_header_is_refused_by_name(
    merchant: Merchant, payer: Payer, headers: dict[str, str], code: str, named: str
) -> None:
    body = {
        "amount": "1000",
        "currency": "VND",
        "debitParty": [{"key": "msisdn", "value": payer.msisdn}],
        "creditParty": [{"key": "organisationid", "value": "muongthen"}],
    }

    answer = merchant.call("POST", "/transactions/type/merchantpay", json=body, headers=headers)

    assert (answer.status_code, answer.json()["errorCode"]) == (400, code)
    assert {"key": "property", "value": named} in answer.json()["errorParameters"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(merchant: Merchant, content: bytes) -> None:
    headers = {"X-CorrelationID": str(uuid.uuid4()), "Content-Type": "application/json"}

    answer = merchant.call("POST", "/transactions/type/merchantpay", content=content, headers=headers)

    assert (answer.status_code, answer.json()["errorCode"]) == (400, "formatError")


@pytest.mark.parametrize(("name", "code"), [("inttransfer", "transactionTypeError"), ("gift", "formatError")])
def test_a_type_that_is_not_offered_is_refused(merchant: Merchant, name: str, code: str) -> None:
    answer = merchant.call("POST", f"/transactions/type/{name}", json={})

    assert (answer.status_code, answer.json()["errorCode"]) == (400, code)


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        httpx.BasicAuth("muongthen", "wrong"),
        httpx.BasicAuth("somebody", "demo-viettel-password"),
        httpx.BasicAuth("muongthen", "demo-vnpt-password"),
    ],
    ids=["nobody", "wrong password", "unknown organisation", "another operator's password"],
)
def test_a_caller_who_cannot_prove_who_it_is_learns_nothing(
    operator: WalletOperator, authorization: httpx.BasicAuth | None
) -> None:
    answer = operator.http.get("/viettel/v1.2/mm/heartbeat", auth=authorization)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert answer.json()["errorCategory"] == "authorisation"
    assert answer.json()["errorCode"] == "clientAuthorisationError"


@pytest.mark.parametrize("header", ["Bearer abc", "Basic", "Basic %%%", "Basic bXVvbmd0aGVu"])
def test_a_broken_authorization_header_is_no_proof(operator: WalletOperator, header: str) -> None:
    answer = operator.http.get("/viettel/v1.2/mm/heartbeat", headers={"Authorization": header})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/transactions/VTM0",
        f"/requeststates/{ID}",
        f"/responses/{ID}",
        "/accounts/msisdn/+84399999999/balance",
        "/accounts/msisdn/x/status",
        "/accounts/iban/VN1",
    ],
)
def test_what_is_not_there_is_not_identified(merchant: Merchant, path: str) -> None:
    answer = merchant.call("GET", path)

    assert (answer.status_code, answer.json()["errorCategory"]) == (404, "identification")


def test_another_merchants_transaction_is_not_there(
    operator: WalletOperator,
    merchant: Merchant,
    payer: Payer,
    correlation_id: str,
    spec: Specification | None,
) -> None:
    state = merchant.pay(payer.msisdn, correlation_id=correlation_id).json()
    other = Merchant(operator, spec, code="vnpt")

    answers = [
        other.call("GET", path)
        for path in (
            f"/transactions/{state['objectReference']}",
            f"/requeststates/{state['serverCorrelationId']}",
            f"/responses/{correlation_id}",
        )
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


@pytest.mark.parametrize("path", ["/requeststates/7", "/responses/7", "/accounts/shoesize/43"])
def test_a_malformed_path_is_refused(merchant: Merchant, path: str) -> None:
    answer = merchant.call("GET", path)

    assert (answer.status_code, answer.json()["errorCode"]) == (400, "formatError")


def test_an_unknown_path_or_operator_is_answered_with_an_error_object(operator: WalletOperator) -> None:
    auth = ("muongthen", "demo-viettel-password")

    paths = ["/viettel/v1.2/mm/nothing", "/vinaphone/v1.2/mm/heartbeat", "/viettel/v1.2/mm/transactions/%00"]
    answers = [operator.http.get(path, auth=auth) for path in paths]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert {answer.json()["errorCode"] for answer in answers} == {"identifierError"}


def test_accounts_tell_who_has_what(operator: WalletOperator, merchant: Merchant, payer: Payer) -> None:
    local = f"0{payer.msisdn.removeprefix('+84')}"

    account = merchant.get(f"/accounts/msisdn/{local}")
    status = merchant.get(f"/accounts/msisdn/{payer.msisdn}/status")
    balance = merchant.get(f"/accounts/msisdn/{payer.msisdn}/balance")
    own = merchant.get("/accounts/balance")

    assert account["accountIdentifiers"] == [{"key": "msisdn", "value": payer.msisdn}]
    assert account["identity"][0]["identityKyc"] == {"subjectName": {"fullName": "Vàng Thị Mỷ"}}
    assert status == {"accountStatus": "available"}
    assert (balance["currentBalance"], balance["reservedBalance"], balance["currency"]) == (
        "500000",
        "0",
        "VND",
    )
    assert own == merchant.get("/accounts/organisationid/muongthen/balance")


def test_the_heartbeat_says_available_and_when(merchant: Merchant) -> None:
    answer = merchant.call("GET", "/heartbeat")

    assert answer.json() == {"serviceStatus": "available"}
    assert datetime.now(UTC) - datetime.fromisoformat(answer.headers["X-Date"]) < timedelta(seconds=10)


def test_a_number_may_be_written_as_people_do(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    digits = payer.msisdn.removeprefix("+84")

    for written in (f"0{digits}", f"84{digits}", f"+84 {digits[:3]} {digits[3:]}"):
        assert merchant.pay(written, "1000").status_code == 202

    assert len(operator.prompts(f"0{digits}")) == 3
    assert len(operator.prompts(f"+84{digits}")) == 3
    assert len(operator.http.get(f"/sim/prompts/?msisdn=+84{digits}").json()["prompts"]) == 3
