"""The same tests for all providers, of the wallet with the real operator over HTTP."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from payments.errors import UnknownToProvider
from payments.providers.base import Charge, Outcome
from payments.providers.wallet import WalletProvider
from tests.payments.conformance import Conformance, charge_of
from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.receiver import Receiver
from tests.wallet_operator import WalletOperator, wait_until

SECRET = "demo-viettel-callback-secret-of-32-bytes"


class FailingLine(httpx.HTTPTransport):
    """A line to the operator that breaks when it is told to, before or after a request arrived."""

    fail = ""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        fail, self.fail = self.fail, ""
        if fail == "before":
            raise httpx.ConnectError("the line is down")
        response = super().handle_request(request)
        if fail == "after":
            response.read()
            raise httpx.ReadTimeout("too late")
        return response


class OperatorBank:
    unreachable_payer = "+84399999998"

    def __init__(self, operator: WalletOperator, payer: Payer, receiver: Receiver) -> None:
        self.operator, self.payer, self.receiver = operator, payer, receiver
        self.refunds: list[Charge] = []
        self.line = FailingLine()
        self.provider = WalletProvider(
            code="viettel",
            label="Viettel Money",
            base_url=f"{operator.base_url}/viettel/v1.2/mm",
            user="muongthen",
            password="demo-viettel-password",
            callback_secret=SECRET,
            timeout_s=5.0,
            transport=self.line,
        )

    def approve(self, operation_id: uuid.UUID) -> None:
        self._answer(accept=True)

    def decline(self, operation_id: uuid.UUID) -> None:
        self._answer(accept=False)

    def fail_next(self, *, after: bool) -> None:
        self.line.fail = "after" if after else "before"

    def callback(self, operation_id: uuid.UUID) -> tuple[bytes, Mapping[str, str]]:
        told = self.receiver.wait_for(str(operation_id))
        return told.raw, httpx.Headers(told.headers)

    def signed(self, body: bytes, operation_id: uuid.UUID) -> tuple[bytes, Mapping[str, str]]:
        signature = jwt.PyJWS().encode(body, SECRET, algorithm="HS256", is_payload_detached=True)
        return body, {"X-CorrelationID": str(operation_id), "X-JWS-Signature": signature}

    def payments_made(self) -> int:
        """Return how many payments this payer was asked for: paid ones left the wallet."""
        paid = (self.payer.balance_vnd - self.operator.balance_vnd(self.payer.msisdn)) // 120_000
        return len(self.operator.prompts(self.payer.msisdn)) + paid

    def _answer(self, *, accept: bool) -> None:
        for prompt in self.operator.prompts(self.payer.msisdn):
            assert self.operator.answer(prompt["id"], accept=accept).is_success
        wait_until(lambda: not any(map(self._is_booking, self.refunds)), "the refunds are booked")

    def _is_booking(self, refund: Charge) -> bool:
        """Whether the operator has yet to book a refund: nobody is asked for one."""
        try:
            return self.provider.query(refund).outcome is Outcome.PENDING
        except UnknownToProvider:
            return False


class TestWalletAtOperator(Conformance):
    @pytest.fixture
    def bank(self, operator: WalletOperator, payer: Payer, receiver: Receiver) -> OperatorBank:
        self.payer, self.receiver = payer, receiver
        return OperatorBank(operator, payer, receiver)

    def charge_of(self, **changes: Any) -> Charge:
        now = datetime.now(UTC)
        own = {
            "requested_at": now,
            "expires_at": now + timedelta(minutes=15),
            "payer": self.payer.msisdn,
            "callback_url": self.receiver.url,
        }
        return charge_of(**own | changes)

    def refund_of(self, bank: OperatorBank, paid: Charge, amount_vnd: int) -> Charge:
        refund = super().refund_of(bank, paid, amount_vnd)
        bank.refunds.append(refund)
        return refund
