"""The sandbox bank, as far as a test must be able to move it."""

import hashlib
import hmac
import itertools
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from payments.providers import notes
from payments.providers.base import Charge
from payments.providers.vietqr import VietQRProvider
from tests.payments import conformance
from tests.payments.failing_line import FailingLine
from tests.wallet_operator import WalletOperator

SECRET = "demo-bank-notice-secret-of-32-bytes"
OPTIONS = {
    "bank_bin": "970000",
    "bank_name": "Ngân hàng mô phỏng",
    "account": "190300112233",
    "holder": "CHO MUONG THEN",
    "api_key": "demo-bank-api-key",
    "notice_secret": SECRET,
    "timeout_s": 5.0,
}
_phones = itertools.count(398_200_000)


class VietQRBank:
    """The sandbox bank, with one payer who has 500,000 VND and does as the test says."""

    unreachable_payer = ""

    def __init__(self, operator: WalletOperator) -> None:
        self.operator = operator
        self.phone = f"0{next(_phones)}"
        self.line = FailingLine()
        self.provider = VietQRProvider(
            code="vietqr",
            label="VietQR",
            base_url=f"{operator.base_url}/bank/v1",
            transport=self.line,
            **OPTIONS,
        )
        self.charges: dict[uuid.UUID, Charge] = {}
        self.made: dict[uuid.UUID, dict[str, Any]] = {}
        self.ask("POST", "sim/accounts/", number=self.phone, holder="VANG THI MY", phone=self.phone,
                 pin="135790", balance_vnd=500_000)  # fmt: skip

    def ask(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        answer = self.operator.http.request(method, f"/bank/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def balance_vnd(self, number: str = "") -> int:
        return self.ask("GET", f"sim/accounts/{number or self.phone}/")["balance_vnd"]

    def transfer(self, amount_vnd: int, note: str, **more: Any) -> dict[str, Any]:
        body = {"from": self.phone, "to": OPTIONS["account"], "amount_vnd": amount_vnd, "note": note}
        return self.ask("POST", "sim/transfers/", **body | more)

    def approve(self, operation_id: uuid.UUID) -> None:
        charge = self.charges[operation_id]
        if charge.original_id is None:  # a refund needs nobody
            self.made[operation_id] = self.transfer(charge.amount_vnd, notes.note_of(operation_id))

    def fail_next(self, *, after: bool) -> None:
        self.line.fail = "after" if after else "before"

    def break_next(self) -> None:
        self.operator.faults(operator="bank", error_after_commit=1)

    def mend(self) -> None:
        self.operator.no_faults()

    def silence(self, is_silent: bool) -> None:
        self.line.is_down = is_silent

    def skew(self, seconds: int) -> None:
        self.operator.faults(operator="bank", clock_skew_s=seconds)

    def callback(self, operation_id: uuid.UUID) -> tuple[bytes, dict[str, str]]:
        return self.told(self.made[operation_id]["reference"])

    def told(self, reference: str) -> tuple[bytes, dict[str, str]]:
        answer = self.operator.http.get("/bank/sim/notices/", params={"reference": reference}).json()
        last = answer["notices"][-1]
        return last["body"].encode(), httpx.Headers(last["headers"])

    def signed(self, body: bytes, operation_id: uuid.UUID, *, age_s: int = 0) -> tuple[bytes, dict[str, str]]:
        return body, signature(body, at=time.time() - age_s)

    def payments_made(self) -> int:
        return len(self.made)


def signature(body: bytes, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    moment = str(int(time.time() if at is None else at))
    mac = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Bank-Timestamp": moment, "X-Bank-Signature": mac}


def charge_of(bank: VietQRBank, **changes: Any) -> Charge:
    now = datetime.now(UTC)
    dates = {"requested_at": now, "expires_at": now + timedelta(minutes=15)}
    charge = conformance.charge_of(**dates | changes)
    bank.charges[charge.operation_id] = charge
    return charge
