"""The same tests for all providers, of the wallet with the real operator over HTTP."""

import itertools
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
from payments.services import Payee
from tests.payments.conformance import Conformance, charge_of
from tests.payments.failing_line import FailingLine
from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.receiver import Receiver
from tests.payments.simulator.shop import freeze, new_seller
from tests.wallet_operator import WalletOperator, wait_until

_rich = itertools.count(100_000)
SECRET = "demo-viettel-callback-secret-of-32-bytes"


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
        self._answer(operation_id, accept=True)

    def decline(self, operation_id: uuid.UUID) -> None:
        self._answer(operation_id, accept=False)

    def fail_next(self, *, after: bool) -> None:
        self.line.fail = "after" if after else "before"

    def break_next(self) -> None:
        self.operator.faults(operator="viettel", error_after_commit=1)

    def mend(self) -> None:
        self.operator.no_faults()

    def silence(self, is_silent: bool) -> None:
        self.line.is_down = is_silent

    def skew(self, seconds: int) -> None:
        self.operator.faults(operator="viettel", clock_skew_s=seconds)

    def callback(self, operation_id: uuid.UUID) -> tuple[bytes, Mapping[str, str]]:
        told = self.receiver.wait_for(str(operation_id))
        return told.raw, httpx.Headers(told.headers)

    def signed(
        self, body: bytes, operation_id: uuid.UUID, *, age_s: int = 0
    ) -> tuple[bytes, Mapping[str, str]]:
        signature = jwt.PyJWS().encode(body, SECRET, algorithm="HS256", is_payload_detached=True)
        return body, {"X-CorrelationID": str(operation_id), "X-JWS-Signature": signature}

    def payments_made(self) -> int:
        """Return how many payments this payer was asked for: paid ones left the wallet."""
        paid = (self.payer.balance_vnd - self.operator.balance_vnd(self.payer.msisdn)) // 120_000
        return len(self.operator.prompts(self.payer.msisdn)) + paid

    def _answer(self, operation_id: uuid.UUID, *, accept: bool) -> None:
        for prompt in self.operator.prompts():
            if prompt["correlation_id"] == str(operation_id):
                assert self.operator.answer(prompt["id"], accept=accept).is_success
        wait_until(lambda: not any(map(self._is_booking, self.refunds)), "the refunds are booked")

    def _is_booking(self, refund: Charge) -> bool:
        """Whether the operator has yet to book a refund: nobody is asked for one."""
        try:
            return self.provider.query(refund).outcome is Outcome.PENDING
        except UnknownToProvider:
            return False


class TestWalletAtOperator(Conformance):
    keeps_monthly_limit = True

    @pytest.fixture
    def bank(self, operator: WalletOperator, payer: Payer, receiver: Receiver) -> OperatorBank:
        self.payer, self.receiver = payer, receiver
        self.public_url = receiver.url.removesuffix("/callbacks")
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

    def know(self, bank: OperatorBank, charge: Charge) -> None:
        if charge.original_id is not None:
            bank.refunds.append(charge)

    def payer_of(self, bank: OperatorBank) -> str:
        return self.payer.msisdn

    def rich_payer(self, bank: OperatorBank) -> str:
        msisdn = f"+84397{next(_rich)}"
        bank.operator.open_wallet(msisdn, balance_vnd=300_000_000, name="Lò Văn Giàu")
        return msisdn

    def payees(self, bank: OperatorBank) -> tuple[Payee, Payee]:
        alive, dead = new_seller(bank.operator), new_seller(bank.operator)
        freeze(bank.operator, dead)
        return alive, dead
