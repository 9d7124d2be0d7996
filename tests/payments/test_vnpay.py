"""VNPAY against its sandbox, over HTTP."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from payments.errors import (
    AlreadySubmitted,
    AmountMismatch,
    BadSignature,
    OperationUnknown,
    ProviderRefused,
    ProviderUnavailable,
    ReferenceMismatch,
    RefundNotCovered,
    UnknownToProvider,
    UnreadableReport,
)
from payments.providers.base import Charge, Notice, Outcome
from payments.providers.vnpay import VnpayProvider
from tests.payments import conformance
from tests.payments.conformance import Conformance
from tests.payments.sandbox_vnpay import OPTIONS, RETURN_URL, VnpayBank, charge_of, ipn_of, signed
from tests.wallet_operator import wait_until


@pytest.fixture
def bank(vnpay_bank: VnpayBank) -> VnpayBank:
    return vnpay_bank


class TestVnpay(Conformance):
    asks_at_once = False

    @pytest.fixture
    def bank(self, bank: VnpayBank) -> VnpayBank:
        self.the_bank = bank
        return bank

    def charge_of(self, **changes: Any) -> Charge:
        return charge_of(self.the_bank, **changes)

    def notice(self, operation_id: uuid.UUID, body: bytes, headers: Mapping[str, str]) -> Notice:
        return ipn_of(body.decode(errors="replace") + "&" + urlencode(headers))

    def know(self, bank: VnpayBank, charge: Charge) -> None:
        bank.charges[charge.operation_id] = charge


# --- The address -------------------------------------------------------------------------------


def test_asking_for_money_is_a_signed_address_and_calls_nobody(bank):
    bank.operator.faults(error_before_commit=1)
    charge = charge_of(
        bank,
        reference="261123-K7Q2",
        requested_at=datetime(2026, 11, 23, 18, 0, tzinfo=UTC),
        expires_at=datetime(2026, 11, 23, 18, 15, tzinfo=UTC),
    )

    report = bank.provider.authorize(charge)

    assert report == bank.provider.authorize(charge)
    assert report.outcome is Outcome.REQUIRES_ACTION
    url = urlsplit(report.action["url"])
    asked = dict(parse_qsl(url.query))
    assert url.path == "/vnpay/paymentv2/vpcpay.html"
    assert len(asked.pop("vnp_SecureHash")) == 128
    assert asked == {
        "vnp_Version": "2.1.0",
        "vnp_Command": "pay",
        "vnp_TmnCode": "MUONGTHN",
        "vnp_Amount": "12000000",
        "vnp_CurrCode": "VND",
        "vnp_TxnRef": charge.operation_id.hex,
        "vnp_OrderInfo": "Thanh toan 261123-K7Q2",
        "vnp_OrderType": "other",
        "vnp_Locale": "vn",
        "vnp_ReturnUrl": RETURN_URL,
        "vnp_IpAddr": "127.0.0.1",
        "vnp_CreateDate": "20261124010000",
        "vnp_ExpireDate": "20261124011500",
    }


def test_without_keys_there_is_no_provider():
    with pytest.raises(ValueError, match=r"set VNPAY_TMN_CODE and VNPAY_HASH_SECRET"):
        VnpayProvider(
            code="vnpay", label="VNPAY", base_url="http://gate.test", **OPTIONS | {"hash_secret": ""}
        )


def test_an_address_that_was_changed_cannot_be_paid(bank):
    url = bank.provider.authorize(charge_of(bank)).action["url"]

    with bank.browser() as browser:
        page = browser.get(url.replace("vnp_Amount=12000000", "vnp_Amount=1200000"))

    assert page.status_code == 400
    assert "Sai chữ ký" in page.text


def test_an_address_opened_too_late_cannot_be_paid_and_is_nobodys(bank):
    now = datetime.now(UTC)
    charge = charge_of(bank, requested_at=now - timedelta(hours=1), expires_at=now - timedelta(minutes=1))

    with bank.browser() as browser:
        page = browser.get(bank.provider.authorize(charge).action["url"])

    assert page.status_code == 400
    assert "quá thời gian" in page.text
    with pytest.raises(UnknownToProvider):
        bank.provider.query(charge)


def test_the_payer_comes_back_with_a_signed_address_that_proves_nothing_to_us(bank):
    charge = charge_of(bank)

    sent = bank.decide(bank.provider.authorize(charge).action["url"], "pay")

    back = urlsplit(sent.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == RETURN_URL
    assert dict(parse_qsl(back.query))["vnp_ResponseCode"] == "00"


@pytest.mark.parametrize(
    ("answer", "error_code"), [("cancel", "cancelled"), ("no-money", "insufficient_funds")]
)
def test_why_nothing_was_paid_is_told_in_our_words(bank, answer, error_code):
    charge = charge_of(bank)
    bank.decide(bank.provider.authorize(charge).action["url"], answer)

    asked = bank.provider.query(charge)
    told = bank.provider.parse_webhook(ipn_of(bank.ipns(charge.operation_id)[0]["query"]))

    assert (asked.outcome, asked.error_code) == (Outcome.FAILED, error_code)
    assert (told.outcome, told.error_code) == (Outcome.FAILED, error_code)


def test_what_was_opened_and_not_paid_in_time_expires_and_is_told(bank):
    now = datetime.now(UTC)
    charge = charge_of(bank, requested_at=now, expires_at=now + timedelta(seconds=2))
    with bank.browser() as browser:
        browser.get(bank.provider.authorize(charge).action["url"])

    wait_until(lambda: bank.ipns(charge.operation_id), "it expires")
    report = bank.provider.query(charge)

    assert (report.outcome, report.error_code) == (Outcome.FAILED, "expired")


def test_a_payment_is_decided_once(bank):
    charge = charge_of(bank)
    url = bank.provider.authorize(charge).action["url"]
    bank.decide(url, "pay")

    with bank.browser() as browser:
        again = browser.get(url)

    assert again.status_code == 302
    assert len(bank.ipns(charge.operation_id)) == 1


# --- What comes in -----------------------------------------------------------------------------


def told(bank: VnpayBank, **changes: str) -> tuple[Charge, Notice]:
    """Return a paid charge and its IPN, changed and signed again."""
    charge = charge_of(bank)
    bank.approve(charge.operation_id)
    given = dict(parse_qsl(bank.callback(charge.operation_id)[0].decode()))
    kept = {name: value for name, value in (given | changes).items() if value}
    return charge, ipn_of(signed(kept))


@pytest.mark.parametrize(
    "amount", ["-12000000", "1e9", "0", "12000001", "10", "9" * 19, "12000000.0", "0012000000"]
)
def test_an_amount_that_cannot_be_is_unreadable(bank, amount):
    _, notice = told(bank, vnp_Amount=amount)

    with pytest.raises(UnreadableReport, match="vnp_Amount is"):
        bank.provider.parse_webhook(notice)


@pytest.mark.parametrize(
    "changes",
    [
        {"vnp_TxnRef": "ORDER-7"},
        {"vnp_TxnRef": ""},
        {"vnp_TmnCode": "OTHER"},
        {"vnp_ResponseCode": ""},
        {"vnp_TransactionNo": ""},
        {"vnp_TransactionNo": "0"},
    ],
)
def test_an_ipn_that_does_not_say_enough_is_unreadable(bank, changes):
    _, notice = told(bank, **changes)

    with pytest.raises(UnreadableReport):
        bank.provider.parse_webhook(notice)


@pytest.mark.parametrize(("code", "status"), [("00", "02"), ("24", "00"), ("00", "07")])
def test_an_ipn_that_contradicts_itself_decides_nothing(bank, code, status):
    _, notice = told(bank, vnp_ResponseCode=code, vnp_TransactionStatus=status)

    assert bank.provider.parse_webhook(notice).outcome is Outcome.PENDING


def test_parameters_that_are_not_vnpays_are_not_signed_and_not_read(bank):
    charge, notice = told(bank)

    report = bank.provider.parse_webhook(replace(notice, query={**notice.query, "utm_source": "mail"}))

    assert (report.operation_id, report.outcome) == (charge.operation_id, Outcome.SUCCEEDED)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (None, "00"),
        (BadSignature("no"), "97"),
        (OperationUnknown(provider="vnpay", operation_id=uuid.uuid4()), "01"),
        (UnreadableReport("what"), "01"),
        (AmountMismatch(reference="ORDER-7", expected_vnd=2, received_vnd=1), "04"),
        (ReferenceMismatch(reference="ORDER-7", what="it", expected="1", received="2"), "02"),
        (RefundNotCovered(reference="ORDER-7", amount_vnd=1), "99"),
    ],
)
def test_the_gateway_is_answered_in_its_own_codes(bank, error, code):
    reply = bank.provider.reply(error)

    assert reply.status == 200
    assert reply.content["RspCode"] == code


# --- What goes out -----------------------------------------------------------------------------


def paid(bank: VnpayBank) -> Charge:
    charge = charge_of(bank)
    bank.approve(charge.operation_id)
    return charge


def refund_of(bank: VnpayBank, charge: Charge, amount_vnd: int) -> Charge:
    return charge_of(
        bank,
        amount_vnd=amount_vnd,
        original_id=charge.operation_id,
        original_ref=bank.provider.query(charge).provider_ref,
        original_requested_at=charge.requested_at,
        original_amount_vnd=charge.amount_vnd,
    )


@pytest.mark.parametrize(("amount_vnd", "type"), [(120_000, "02"), (119_999, "03")])
def test_a_refund_of_all_and_of_a_part_are_different_types(bank, amount_vnd, type):
    report = bank.provider.refund(refund_of(bank, paid(bank), amount_vnd))

    assert (report.outcome, report.amount_vnd) == (Outcome.SUCCEEDED, amount_vnd)
    assert report.raw["vnp_TransactionType"] == type


def test_a_refund_whose_answer_was_lost_is_found_by_its_id_and_made_once(bank):
    refund = refund_of(bank, paid(bank), 50_000)
    bank.fail_next(after=True)
    with pytest.raises(ProviderUnavailable):
        bank.provider.refund(refund)
    bank.operator.no_faults()

    with pytest.raises(AlreadySubmitted):
        bank.provider.refund(refund)

    assert bank.provider.query(refund).outcome is Outcome.SUCCEEDED


def test_a_refund_that_never_arrived_is_unknown(bank):
    refund = refund_of(bank, paid(bank), 50_000)
    bank.fail_next(after=False)
    with pytest.raises(ProviderUnavailable):
        bank.provider.refund(refund)
    bank.operator.no_faults()

    with pytest.raises(UnknownToProvider):
        bank.provider.query(refund)


def test_a_payment_that_was_not_made_cannot_be_refunded(bank):
    charge = charge_of(bank)
    bank.decline(charge.operation_id)

    with pytest.raises(ProviderRefused) as refusal:
        bank.provider.refund(refund_of(bank, charge, 50_000))

    assert refusal.value.reason == "payment_not_made"


def test_an_answer_that_is_not_signed_with_our_key_is_no_answer(bank):
    stranger = VnpayProvider(
        code="vnpay",
        label="VNPAY",
        base_url=f"{bank.operator.base_url}/vnpay",
        **OPTIONS | {"hash_secret": "GUESSED"},
    )

    with pytest.raises(ProviderUnavailable, match="97 Invalid checksum is not signed with our key"):
        stranger.query(charge_of(bank))


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"<html>", b'{"vnp_ResponseCode": "00"}'])
def test_an_answer_that_makes_no_sense_is_no_answer(body):
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=body)

    provider = VnpayProvider(
        code="vnpay",
        label="VNPAY",
        base_url="http://gate.test",
        transport=httpx.MockTransport(answer),
        **OPTIONS,
    )

    with pytest.raises(ProviderUnavailable):
        provider.query(conformance.charge_of())
