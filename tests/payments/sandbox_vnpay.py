"""VNPAY's sandbox and a payer's browser, as far as a test must be able to move them."""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx

from payments.providers import vnpay
from payments.providers.base import Charge, Notice
from payments.providers.vnpay import VnpayProvider
from tests.payments import conformance
from tests.payments.failing_line import FailingLine
from tests.wallet_operator import WalletOperator

OPTIONS = {"tmn_code": "MUONGTHN", "hash_secret": "DEMOVNPAYHASHSECRETOF32CHARACTER", "timeout_s": 5.0}
RETURN_URL = "http://shop.test/payments/123/"


class VnpayBank:
    """The sandbox and a payer's browser."""

    unreachable_payer = ""

    def __init__(self, operator: WalletOperator) -> None:
        self.operator = operator
        self.line = FailingLine()
        self.provider = VnpayProvider(
            code="vnpay",
            label="VNPAY",
            base_url=f"{operator.base_url}/vnpay",
            transport=self.line,
            **OPTIONS,
        )
        self.charges: dict[uuid.UUID, Charge] = {}

    def browser(self) -> httpx.Client:
        return httpx.Client(trust_env=False, timeout=20)

    def decide(self, url: str, answer: str) -> httpx.Response:
        """Open the page, press a button, and return where the payer is sent."""
        with self.browser() as browser:
            page = browser.get(url)
            assert page.status_code == 200, page.text
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
            assert token, page.text
            sent = browser.post(url, data={"csrfmiddlewaretoken": token[1], "answer": answer})
        assert sent.status_code == 302, sent.text
        return sent

    def approve(self, operation_id: uuid.UUID) -> None:
        charge = self.charges[operation_id]
        if charge.original_id is None:  # a refund needs nobody
            self.decide(self.provider.authorize(charge).action["url"], "pay")

    def decline(self, operation_id: uuid.UUID) -> None:
        self.decide(self.provider.authorize(self.charges[operation_id]).action["url"], "cancel")

    def fail_next(self, *, after: bool) -> None:
        self.line.fail = "after" if after else "before"

    def break_next(self) -> None:
        self.operator.faults(operator="vnpay", error_after_commit=1)

    def mend(self) -> None:
        self.operator.no_faults()

    def silence(self, is_silent: bool) -> None:
        self.line.is_down = is_silent

    def skew(self, seconds: int) -> None:
        self.operator.faults(operator="vnpay", clock_skew_s=seconds)

    def ipns(self, operation_id: uuid.UUID) -> list[dict[str, Any]]:
        return self.operator.http.get("/vnpay/sim/ipns/", params={"txn_ref": operation_id.hex}).json()["ipns"]

    def callback(self, operation_id: uuid.UUID) -> tuple[bytes, dict[str, str]]:
        """Return the parameters as a body and their signature as a header: the tests change one of them."""
        query, _, signature = self.ipns(operation_id)[-1]["query"].partition("&vnp_SecureHash=")
        return query.encode(), {"vnp_SecureHash": signature}

    def signed(self, body: bytes, operation_id: uuid.UUID, *, age_s: int = 0) -> tuple[bytes, dict[str, str]]:
        query = signed(dict(parse_qsl(body.decode(errors="replace"))))
        return body, {"vnp_SecureHash": query.rpartition("=")[2]}

    def payments_made(self) -> int:
        return len(self.charges)


def signed(values: Mapping[str, str]) -> str:
    """Return the query of an IPN that the gateway could have signed."""
    provider = VnpayProvider(code="vnpay", label="VNPAY", base_url="http://gate.test", **OPTIONS)
    kept = {name: value for name, value in values.items() if name.startswith("vnp_")}
    text = vnpay._query(kept)
    return f"{text}&vnp_SecureHash={provider._sign(text)}"


def ipn_of(query: str) -> Notice:
    return Notice(operation_id=None, method="GET", query=dict(parse_qsl(query)), headers={}, body=b"")


def charge_of(bank: VnpayBank, **changes: Any) -> Charge:
    now = datetime.now(UTC).replace(microsecond=0)
    dates = {"requested_at": now, "expires_at": now + timedelta(minutes=15), "return_url": RETURN_URL}
    charge = conformance.charge_of(**dates | changes)
    bank.charges[charge.operation_id] = charge
    return charge
