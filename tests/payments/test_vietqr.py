"""VietQR against the sandbox bank, over HTTP."""

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from payments.errors import (
    AlreadySubmitted,
    BadSignature,
    ProviderRefused,
    ProviderUnavailable,
    UnknownToProvider,
    UnreadableReport,
)
from payments.providers import emvco, notes
from payments.providers.base import Charge, Notice, Outcome
from payments.providers.vietqr import VietQRProvider
from tests.payments.conformance import Conformance, notice
from tests.payments.sandbox_bank import OPTIONS, SECRET, VietQRBank, charge_of, signature


@pytest.fixture
def bank(vietqr_bank: VietQRBank) -> VietQRBank:
    return vietqr_bank


class TestVietQR(Conformance):
    asks_at_once = False
    payer_can_decline = False
    dates_callbacks = True

    @pytest.fixture
    def bank(self, bank: VietQRBank) -> VietQRBank:
        self.the_bank = bank
        return bank

    def charge_of(self, **changes: Any) -> Charge:
        return charge_of(self.the_bank, **changes)

    def know(self, bank: VietQRBank, charge: Charge) -> None:
        bank.charges[charge.operation_id] = charge

    def notice(self, operation_id: uuid.UUID, body: bytes, headers: Mapping[str, str]) -> Notice:
        return Notice(operation_id=None, method="POST", query={}, headers=headers, body=body)


# --- The code ----------------------------------------------------------------------------------


def test_asking_for_money_is_a_code_that_says_all_and_calls_nobody(bank):
    bank.operator.faults(error_before_commit=1)
    charge = charge_of(bank)

    report = bank.provider.authorize(charge)

    assert report == bank.provider.authorize(charge)
    assert report.outcome is Outcome.REQUIRES_ACTION
    note = notes.note_of(charge.operation_id)
    assert report.action == {
        "type": "qr",
        "payload": report.action["payload"],
        "bank": "Ngân hàng mô phỏng",
        "account": "190300112233",
        "holder": "CHO MUONG THEN",
        "memo": note,
        "amount_vnd": 120_000,
    }
    assert emvco.read(report.action["payload"]) == emvco.BankQr(
        bank_bin="970000", account="190300112233", amount_vnd=120_000, purpose=note
    )


def test_without_keys_there_is_no_provider():
    with pytest.raises(ValueError, match=r"set VIETQR_ACCOUNT, VIETQR_API_KEY and VIETQR_NOTICE_SECRET"):
        VietQRProvider(
            code="vietqr", label="VietQR", base_url="http://bank.test", **OPTIONS | {"api_key": ""}
        )


def test_the_banks_app_pays_a_code_after_the_pin(bank):
    charge = charge_of(bank)
    payload = bank.provider.authorize(charge).action["payload"]
    app = httpx.Client(base_url=f"{bank.operator.base_url}/bank/app/{bank.phone}/", trust_env=False)

    asked = app.get("", params={"qr": payload})
    form = hidden_fields(asked.text)
    wrong = app.post("confirm/", data=form | {"pin": "000000"})
    paid = app.post("confirm/", data=form | {"pin": "135790"})
    again = app.post("confirm/", data=form | {"pin": "135790"})

    assert "CHO MUONG THEN" in asked.text
    assert "120.000" in asked.text
    assert wrong.status_code == 422
    assert "Còn 2 lần thử" in wrong.text
    assert paid.status_code == again.status_code == 302
    assert paid.headers["Location"] == again.headers["Location"]
    assert "Chuyển khoản thành công" in bank.operator.http.get(paid.headers["Location"]).text
    assert bank.provider.query(charge).outcome is Outcome.SUCCEEDED
    assert bank.balance_vnd() == 380_000


def hidden_fields(html: str) -> dict[str, str]:
    found = {}
    for tag in html.split("<input ")[1:]:
        attributes = dict(part.split("=", 1) for part in tag.partition(">")[0].split('" ') if "=" in part)
        if attributes.get("type", "").strip('"') == "hidden":
            found[attributes["name"].strip('"')] = attributes.get("value", "").strip('"')
    return found


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"qr": "nonsense"}, "bị lỗi hoặc bị thiếu"),
        ({"to": "190300112233", "amount": "-5"}, "lớn hơn 0"),
        ({"to": "190300112233", "amount": "1e9"}, "lớn hơn 0"),
        ({"to": "1", "amount": "5000"}, "Không tìm thấy tài khoản nhận"),
    ],
)
def test_the_banks_app_says_what_is_wrong_with_an_order(bank, params, message):
    answer = bank.operator.http.get(f"/bank/app/{bank.phone}/", params=params)

    assert answer.status_code == 422
    assert message in answer.text


# --- What comes in -----------------------------------------------------------------------------


def test_of_several_transfers_the_one_of_the_right_amount_counts(bank):
    charge = charge_of(bank)
    note = notes.note_of(charge.operation_id)
    bank.transfer(20_000, note)
    right = bank.transfer(120_000, f"tt {note.lower()}")
    bank.transfer(120_000, note)

    report = bank.provider.query(charge)

    assert (report.outcome, report.amount_vnd) == (Outcome.SUCCEEDED, 120_000)
    assert report.provider_ref == right["reference"]


def test_the_statement_is_read_to_its_last_page(bank, monkeypatch):
    monkeypatch.setattr("payments.providers.vietqr.PAGE", 2)
    charge = charge_of(bank)
    for _ in range(4):
        bank.transfer(1_000, "khong lien quan")
    bank.approve(charge.operation_id)

    assert bank.provider.query(charge).provider_ref == bank.made[charge.operation_id]["reference"]


def test_a_transfer_with_a_note_of_its_own_is_nothing_to_us(bank):
    reference = bank.transfer(120_000, "Ung ho cho")["reference"]

    assert bank.provider.parse_webhook(notice(None, *bank.told(reference))) is None


@pytest.mark.parametrize("age_s", [-301, 301, 86_400])
def test_a_notice_that_is_stale_or_from_the_future_is_refused(bank, age_s):
    charge = charge_of(bank)
    bank.approve(charge.operation_id)
    body, _ = bank.callback(charge.operation_id)

    with pytest.raises(BadSignature, match="Check the clocks"):
        bank.provider.parse_webhook(notice(None, body, signature(body, at=time.time() - age_s)))


@pytest.mark.parametrize("moment", ["", "now", "-5", "1e9", "٣", "9" * 30])
def test_a_notice_signed_at_no_moment_is_refused(bank, moment):
    body = b'{"event": "credit"}'
    mac = hmac.new(SECRET.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()

    with pytest.raises(BadSignature):
        bank.provider.parse_webhook(notice(None, body, {"X-Bank-Timestamp": moment, "X-Bank-Signature": mac}))


def test_a_notice_signed_with_another_key_is_refused(bank):
    charge = charge_of(bank)
    bank.approve(charge.operation_id)
    body, _ = bank.callback(charge.operation_id)

    with pytest.raises(BadSignature):
        bank.provider.parse_webhook(notice(None, body, signature(body, secret="another")))


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_vnd": -120_000},
        {"amount_vnd": "120000"},
        {"amount_vnd": 0.1},
        {"amount_vnd": 1e9},
        {"amount_vnd": True},
        {"amount_vnd": 10**18},
        {"account": "1"},
        {"reference": ""},
        {"reference": "F" * 101},
    ],
)
def test_a_notice_that_cannot_be_true_is_unreadable(bank, changes):
    charge = charge_of(bank)
    bank.approve(charge.operation_id)
    body, _ = bank.callback(charge.operation_id)
    changed = json.dumps(json.loads(body) | changes).encode()

    with pytest.raises(UnreadableReport):
        bank.provider.parse_webhook(notice(None, changed, signature(changed)))


def test_other_events_of_the_bank_are_nothing_to_us(bank):
    body = b'{"event": "debit"}'

    assert bank.provider.parse_webhook(notice(None, body, signature(body))) is None


# --- What goes out -----------------------------------------------------------------------------


def paid(bank: VietQRBank) -> Charge:
    charge = charge_of(bank)
    bank.approve(charge.operation_id)
    return charge


def refund_of(bank: VietQRBank, charge: Charge, amount_vnd: int) -> Charge:
    reference = bank.made[charge.operation_id]["reference"]
    return charge_of(bank, amount_vnd=amount_vnd, original_id=charge.operation_id, original_ref=reference)


def test_a_refund_goes_to_the_account_the_money_came_from(bank):
    refund = refund_of(bank, paid(bank), 50_000)

    report = bank.provider.refund(refund)

    assert report.raw["counterparty"]["account"] == bank.phone
    assert bank.balance_vnd() == 430_000


def test_a_refund_whose_answer_was_lost_is_found_by_its_id_and_made_once(bank):
    refund = refund_of(bank, paid(bank), 50_000)
    bank.fail_next(after=True)
    with pytest.raises(ProviderUnavailable):
        bank.provider.refund(refund)
    bank.operator.no_faults()

    with pytest.raises(AlreadySubmitted):
        bank.provider.refund(refund)
    report = bank.provider.query(refund)

    assert (report.outcome, report.amount_vnd) == (Outcome.SUCCEEDED, 50_000)
    assert bank.balance_vnd() == 430_000


def test_a_refund_that_never_arrived_is_unknown(bank):
    refund = refund_of(bank, paid(bank), 50_000)
    bank.fail_next(after=False)
    with pytest.raises(ProviderUnavailable):
        bank.provider.refund(refund)
    bank.operator.no_faults()

    with pytest.raises(UnknownToProvider):
        bank.provider.query(refund)


def test_cash_from_a_counter_cannot_be_returned_and_that_is_said(bank):
    charge = charge_of(bank)
    note = notes.note_of(charge.operation_id)
    bank.made[charge.operation_id] = bank.transfer(120_000, note, **{"from": ""})

    with pytest.raises(ProviderRefused, match="cash at a counter") as refusal:
        bank.provider.refund(refund_of(bank, charge, 50_000))

    assert refusal.value.reason == "cannot_return"


def test_a_wrong_key_moves_nothing_and_is_no_refusal_of_the_refund(bank):
    refund = refund_of(bank, paid(bank), 50_000)
    stranger = VietQRProvider(
        code="vietqr",
        label="VietQR",
        base_url=f"{bank.operator.base_url}/bank/v1",
        **OPTIONS | {"api_key": "guessed"},
    )

    with pytest.raises(ProviderUnavailable, match="401 unauthorized"):
        stranger.refund(refund)

    assert bank.balance_vnd() == 380_000


def test_the_days_statement_has_both_ways_with_their_operations(bank):
    charge = paid(bank)
    refund = refund_of(bank, charge, 50_000)
    sent = bank.provider.refund(refund)
    yesterday = (timezone.localtime() - timedelta(days=1)).replace(hour=23, minute=59, second=59)
    late = bank.transfer(7_000, "hom qua", booked_at=yesterday.isoformat())

    lines = {line.provider_ref: line for line in bank.provider.statement(timezone.localdate())}
    before = {line.provider_ref: line for line in bank.provider.statement(yesterday.date())}

    came = lines[bank.made[charge.operation_id]["reference"]]
    went = lines[sent.provider_ref]
    assert (came.amount_vnd, came.operation_id) == (120_000, charge.operation_id)
    assert (went.amount_vnd, went.operation_id) == (-50_000, refund.operation_id)
    assert late["reference"] not in lines
    assert before[late["reference"]].operation_id is None
