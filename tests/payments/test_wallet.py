"""The wallet provider's words, beside what all providers must do (test_conformance.py)."""

import base64
import hashlib
import hmac
import json
import uuid

import httpx
import jwt
import pytest

from payments.errors import (
    AlreadySubmitted,
    BadSignature,
    ProviderRefused,
    ProviderUnavailable,
    UnknownToProvider,
    UnreadableReport,
)
from payments.providers.base import Outcome
from payments.providers.wallet import WalletProvider
from tests.payments.conformance import charge_of, notice
from tests.payments.mock_operator import SECRET, Operator, basic, error, refusal, sign, wallet


@pytest.fixture
def operator():
    return Operator()


def read(operator, shape, operation_id=None, **headers):
    """Have the provider read a signed callback."""
    operation_id = operation_id or uuid.uuid4()
    body, signed = sign(json.dumps(shape).encode(), operation_id)
    return operator.provider.parse_webhook(notice(operation_id, body, signed | headers))


def transaction(**changes):
    shape = {
        "transactionReference": "T-1",
        "transactionStatus": "completed",
        "amount": "120000",
        "currency": "VND",
        "requestingOrganisationTransactionReference": "ORDER-7",
    }
    return shape | changes


def test_a_payment_is_asked_for_in_gsmas_words(operator):
    charge = charge_of(callback_url="http://shop.test/c/")

    operator.provider.authorize(charge)

    request = operator.requests[0]
    assert (request.method, request.url.path) == ("POST", "/viettel/v1.2/mm/transactions/type/merchantpay")
    assert request.headers["X-CorrelationID"] == str(charge.operation_id)
    assert request.headers["X-Callback-URL"] == "http://shop.test/c/"
    assert request.headers["Authorization"] == basic()
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["X-Date"].endswith("Z")
    assert json.loads(request.content) == {
        "amount": "120000",
        "currency": "VND",
        "debitParty": [{"key": "msisdn", "value": "+84399000001"}],
        "creditParty": [{"key": "organisationid", "value": "muongthen"}],
        "requestingOrganisationTransactionReference": "ORDER-7",
        "descriptionText": "ORDER-7 at Mường Then",
        "requestDate": "2026-03-02T03:00:00.000Z",
        "metadata": [{"key": "expiresAt", "value": "2026-03-02T03:15:00.000Z"}],
    }


def test_a_refund_names_the_payment_it_is_of(operator):
    paid = charge_of()
    operator.provider.authorize(paid)

    operator.provider.refund(
        charge_of(amount_vnd=50_000, original_id=paid.operation_id, original_ref=f"T-{paid.operation_id}")
    )

    body = json.loads(operator.requests[-1].content)
    assert operator.requests[-1].url.path.endswith("/transactions/type/adjustment")
    assert (body["amount"], body["originalTransactionReference"]) == ("50000", f"T-{paid.operation_id}")
    assert body["debitParty"] == [{"key": "organisationid", "value": "muongthen"}]
    assert body["creditParty"] == [{"key": "msisdn", "value": "+84399000001"}]


@pytest.mark.parametrize(
    ("status", "category", "code", "meaning"),
    [
        (400, "businessRule", "insufficientFunds", ProviderRefused),
        (400, "businessRule", "monthlyValueLimitExceeded", ProviderRefused),
        (400, "validation", "formatError", ProviderRefused),
        (401, "authorisation", "requestDeclined", ProviderRefused),
        (404, "identification", "identifierError", ProviderRefused),
        (400, "businessRule", "duplicateRequest", AlreadySubmitted),
        (409, "businessRule", "genericError", AlreadySubmitted),
        (401, "authorisation", "clientAuthorisationError", ProviderUnavailable),
        (400, "businessRule", "rateLimitError", ProviderUnavailable),
        (429, "businessRule", "genericError", ProviderUnavailable),
        (500, "internal", "genericError", ProviderUnavailable),
        (503, "serviceUnavailable", "genericError", ProviderUnavailable),
    ],
)
def test_a_refusal_and_an_outage_are_told_apart(status, category, code, meaning):
    provider = wallet(lambda request: refusal(status, category, code))

    with pytest.raises(meaning, match=r"It is|already there"):
        provider.authorize(charge_of())


@pytest.mark.parametrize("status", [301, 400, 403, 404, 502])
def test_what_is_no_error_object_is_no_operators_word(status):
    provider = wallet(lambda request: httpx.Response(status, html="<h1>Nginx</h1>"))

    with pytest.raises((ProviderUnavailable, UnreadableReport)):
        provider.authorize(charge_of())
    with pytest.raises(ProviderUnavailable):
        provider.query(charge_of())


@pytest.mark.parametrize("fault", ["broken", "proxy"])
def test_an_error_of_the_operators_own_is_no_outcome(operator, fault):
    operator.fail = fault

    with pytest.raises(ProviderUnavailable, match="HTTP 50"):
        operator.provider.authorize(charge_of())


def test_an_answer_of_503_after_the_debit_is_made_good_by_asking(operator):
    charge = charge_of()
    operator.fail = "broken after"
    with pytest.raises(ProviderUnavailable):
        operator.provider.authorize(charge)
    operator.approve(charge.operation_id)

    assert operator.provider.query(charge).outcome is Outcome.SUCCEEDED


@pytest.mark.parametrize(
    "link",
    [
        "/transactions/{reference}",
        "transactions/{reference}",
        "/viettel/v1.2/mm/transactions/{reference}",
        "http://wallet.test/viettel/v1.2/mm/transactions/{reference}",
        "/requeststates/{id}",
    ],
)
def test_the_link_to_a_lost_answer_may_be_written_in_any_way(operator, link):
    operator.link = link
    charge = charge_of()
    operator.provider.authorize(charge)
    assert operator.provider.query(charge).outcome is Outcome.PENDING

    operator.approve(charge.operation_id)
    report = operator.provider.query(charge)

    assert (report.outcome, report.amount_vnd) == (Outcome.SUCCEEDED, 120_000)
    assert (report.provider_ref, report.reference) == (f"T-{charge.operation_id}", "ORDER-7")


def test_our_password_is_not_sent_where_a_link_leads(operator):
    operator.link = "http://elsewhere.test/transactions/{reference}"
    charge = charge_of()
    operator.provider.authorize(charge)

    with pytest.raises(ProviderUnavailable, match=r"the link leads to elsewhere\.test"):
        operator.provider.query(charge)

    assert {request.url.host for request in operator.requests} == {"wallet.test"}


def test_a_request_state_that_failed_says_why(operator):
    operator.link = "/requeststates/{id}"
    charge = charge_of()
    operator.provider.authorize(charge)
    operator.decline(charge.operation_id)
    operator.errors[str(charge.operation_id)] = error("businessRule", "insufficientFunds")

    report = operator.provider.query(charge)

    assert (report.outcome, report.error_code) == (Outcome.FAILED, "insufficientFunds")
    assert report.error_message == "It is insufficientFunds."


def test_a_resource_that_is_gone_is_not_a_payment_that_never_was(operator):
    operator.link = "/transactions/T-gone"
    charge = charge_of()
    operator.provider.authorize(charge)

    with pytest.raises(ProviderUnavailable, match="/transactions/T-gone answers HTTP 404"):
        operator.provider.query(charge)
    with pytest.raises(UnknownToProvider):
        operator.provider.query(charge_of())


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("completed", Outcome.SUCCEEDED),
        ("Completed", Outcome.SUCCEEDED),
        ("pending", Outcome.PENDING),
        ("in progress", Outcome.PENDING),
        ("failed", Outcome.FAILED),
        ("declined", Outcome.FAILED),
        ("reversed", Outcome.FAILED),
    ],
)
def test_a_status_the_standard_leaves_open_is_read_with_care(operator, status, outcome):
    assert read(operator, transaction(transactionStatus=status)).outcome is outcome


# GSMA's own table of amounts, as far as a whole đồng may be written in it.
@pytest.mark.parametrize(
    ("amount", "amount_vnd"),
    [("5", 5), ("5.0", 5), ("5.00", 5), ("5.0000", 5), ("999999999999999999", 10**18 - 1), ("0", 0)],
)
def test_a_valid_amount_is_read(operator, amount, amount_vnd):
    assert read(operator, transaction(amount=amount)).amount_vnd == amount_vnd


@pytest.mark.parametrize(
    "amount",
    [
        "5.",
        ".5",
        "00.5",
        "5.00000",
        "-5",
        "+5",
        "1e9",
        "05",
        "",
        " 5",
        "5,000",
        "1000000000000000000",
        5,
        None,
        "٥",
    ],
)
def test_an_invalid_amount_is_not_guessed_at(operator, amount):
    with pytest.raises(UnreadableReport, match="GSMA writes it as a string"):
        read(operator, transaction(amount=amount))


def test_a_fraction_of_a_dong_is_refused(operator):
    with pytest.raises(UnreadableReport, match=r"0\.5 is not a whole number of đồng"):
        read(operator, transaction(amount="0.5"))


@pytest.mark.parametrize("currency", ["USD", "vnd", None])
def test_another_currency_is_refused(operator, currency):
    with pytest.raises(UnreadableReport, match="the currency is"):
        read(operator, transaction(currency=currency))


def test_a_completed_transaction_must_have_a_name(operator):
    with pytest.raises(UnreadableReport, match="completed, but without a transactionReference"):
        read(operator, transaction(transactionReference=None))


def test_an_error_that_names_no_transaction_only_makes_us_ask(operator):
    assert read(operator, error("businessRule", "insufficientFunds")).outcome is Outcome.UNKNOWN


def test_a_callback_sent_to_another_operations_address_is_refused(operator):
    with pytest.raises(UnreadableReport, match="X-CorrelationID is"):
        read(operator, transaction(), **{"X-CorrelationID": str(uuid.uuid4())})


def test_what_a_database_cannot_keep_is_unreadable(operator):
    with pytest.raises(UnreadableReport, match="not a JSON object"):
        read(operator, transaction(transactionReference="T\x00"))


def detached(body, *, header=None, secret=SECRET):
    """Sign as RFC 7515, appendix F: an ordinary JWS with its middle part left out."""
    protected = base64url(json.dumps(header or {"alg": "HS256"}).encode())
    mac = hmac.new(secret.encode(), f"{protected}.{base64url(body)}".encode(), hashlib.sha256).digest()
    return f"{protected}..{base64url(mac)}"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_both_forms_of_a_detached_signature_are_understood(operator):
    body = json.dumps(transaction()).encode()
    signatures = [
        detached(body),
        jwt.PyJWS().encode(body, SECRET, algorithm="HS256", is_payload_detached=True),
    ]

    for signature in signatures:
        report = operator.provider.parse_webhook(notice(uuid.uuid4(), body, {"X-JWS-Signature": signature}))
        assert report.outcome is Outcome.SUCCEEDED


def test_a_signature_that_is_not_ours_to_trust_is_refused(operator):
    body = json.dumps(transaction()).encode()
    whole = jwt.PyJWS().encode(body, SECRET, algorithm="HS256")
    signatures = [
        "",
        "..",
        "a..b",
        whole,  # not detached: its own payload might differ from the body
        detached(body, secret="another-secret-of-more-than-32-bytes"),
        detached(body, header={"alg": "none"}),
        detached(body, header={"alg": "HS512"}),
        detached(body, header={"alg": "HS256", "crit": ["exp"], "exp": 1}),
        detached(body + b" "),
        detached(body).replace("..", ".e30."),
        detached(body)[:-2],
        "é..é",
    ]

    for signature in signatures:
        with pytest.raises(BadSignature):
            operator.provider.parse_webhook(notice(uuid.uuid4(), body, {"X-JWS-Signature": signature}))


@pytest.mark.parametrize("options", [{"password": ""}, {"callback_secret": "short"}, {"callback_secret": ""}])
def test_a_wallet_without_secrets_does_not_start_and_names_what_is_missing(options):
    given = {
        "code": "vnpt",
        "label": "VNPT Money",
        "base_url": "http://wallet.test",
        "user": "muongthen",
        "password": "a-password",
        "callback_secret": SECRET,
        "timeout_s": 1.0,
    }

    with pytest.raises(
        ValueError, match="set WALLET_VNPT_PASSWORD, and to 32 bytes or more WALLET_VNPT_CALLBACK"
    ):
        WalletProvider(**given | options)


@pytest.mark.parametrize(
    ("answers", "holder"),
    [
        ({"status": (200, {"accountStatus": "available"}),
          "accountname": (200, {"name": {"fullName": "Vàng Thị Dợ"}})}, "Vàng Thị Dợ"),
        ({"status": (200, {"accountStatus": "unavailable"})}, None),
        ({"status": (404, error("identification", "identifierError"))}, None),
    ],
)  # fmt: skip
def test_whose_a_wallet_is_is_asked_without_its_balance(answers, holder):
    asked = []

    def answer(request):
        asked.append(request.url.path.removeprefix("/viettel/v1.2/mm/accounts/msisdn/+84974512345/"))
        status, shape = answers[asked[-1]]
        return httpx.Response(status, json=shape)

    assert wallet(answer).holder("+84974512345") == holder
    assert asked == list(answers)


@pytest.mark.parametrize("status", [401, 404, 502])
def test_an_answer_that_is_no_operators_says_nothing_about_a_wallet(status):
    with pytest.raises(ProviderUnavailable, match=f"HTTP {status}"):
        wallet(lambda _request: httpx.Response(status, html="<h1>Gateway</h1>")).holder("+84974512345")
