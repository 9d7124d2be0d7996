"""A merchant that speaks GSMA's API to the operator, and has every answer judged by GSMA's file."""

import uuid
from typing import Any
from urllib.parse import quote

import httpx

from tests.payments.simulator.specification import Specification
from tests.wallet_operator import WalletOperator


class Merchant:
    """The shop's account at one operator, with nothing of the shop's own code in between."""

    def __init__(
        self, operator: WalletOperator, specification: Specification | None, *, code: str = "viettel"
    ) -> None:
        self.code = code
        self.secret = f"demo-{code}-callback-secret-of-32-bytes"
        self._specification = specification
        self._http = httpx.Client(
            base_url=f"{operator.base_url}/{code}/v1.2/mm",
            auth=("muongthen", f"demo-{code}-password"),
            timeout=20,
            trust_env=False,
        )

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        answer = self._http.request(method, path, **options)
        if self._specification is not None:
            body = answer.json() if answer.content else None
            self._specification.check_answer(method, path.partition("?")[0], answer.status_code, body)
        return answer

    def send(
        self, method: str, path: str, body: object, *, correlation_id: str = "", callback_url: str = ""
    ) -> httpx.Response:
        """Send ``body`` with a correlation id of its own, unless there is one."""
        headers = {"X-CorrelationID": correlation_id or str(uuid.uuid4())}
        if callback_url:
            headers["X-Callback-URL"] = callback_url
        return self.call(method, path, json=body, headers=headers)

    def patch(self, path: str, name: str, value: str, **options: str) -> httpx.Response:
        """Replace one property."""
        body = [{"op": "replace", "path": name, "value": value}]
        return self.send("PATCH", path, body, **options)

    def move(
        self, kind: str, debit: dict[str, str], credit: dict[str, str], amount: str, **body: object
    ) -> httpx.Response:
        """Ask for a transaction of ``kind`` between two parties, each one key and value."""
        parties = {
            name: [{"key": key, "value": value} for key, value in party.items()]
            for name, party in (("debitParty", debit), ("creditParty", credit))
        }
        asked = parties | {"amount": amount, "currency": "VND"} | body
        return self.send("POST", f"/transactions/type/{kind}", asked)

    def get(self, path: str) -> dict[str, Any]:
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def pay(
        self,
        msisdn: str,
        amount: object = "120000",
        *,
        correlation_id: str | None = None,
        callback_url: str = "",
        expires_at: str = "",
        **body: object,
    ) -> httpx.Response:
        """Ask ``msisdn`` to pay. ``body`` adds and replaces properties; None takes one away."""
        payment: dict[str, object] = {
            "amount": amount,
            "currency": "VND",
            "debitParty": [{"key": "msisdn", "value": msisdn}],
            "creditParty": [{"key": "organisationid", "value": "muongthen"}],
            "requestingOrganisationTransactionReference": "ORDER-7",
            "descriptionText": "Gạo nếp nương, 2 đêm nhà sàn",
            "metadata": [{"key": "expiresAt", "value": expires_at}] if expires_at else [],
        }
        return self._post("merchantpay", payment | body, correlation_id, callback_url)

    def refund(
        self,
        original: str,
        amount: str,
        *,
        correlation_id: str | None = None,
        callback_url: str = "",
        **body: object,
    ) -> httpx.Response:
        refund: dict[str, object] = {
            "amount": amount,
            "currency": "VND",
            "originalTransactionReference": original,
            "debitParty": [{"key": "organisationid", "value": "muongthen"}],
            "requestingOrganisationTransactionReference": "ORDER-7",
        }
        return self._post("adjustment", refund | body, correlation_id, callback_url)

    def transaction(self, reference: str) -> dict[str, Any]:
        return self.get(f"/transactions/{reference}")

    def found_by(self, correlation_id: str) -> dict[str, Any]:
        """Return the transaction as a caller finds it whose answer was lost."""
        link: str = self.get(f"/responses/{correlation_id}")["link"]
        return self.get(link)

    def balance_vnd(self, identifier_type: str = "organisationid", identifier: str = "muongthen") -> int:
        return int(self.get(f"/accounts/{identifier_type}/{quote(identifier)}/balance")["availableBalance"])

    def _post(
        self, transaction_type: str, body: dict[str, object], correlation_id: str | None, callback_url: str
    ) -> httpx.Response:
        headers = {"X-CorrelationID": correlation_id if correlation_id is not None else str(uuid.uuid4())}
        if callback_url:
            headers["X-Callback-URL"] = callback_url
        given = {name: value for name, value in body.items() if value is not None}
        headers = {name: value for name, value in headers.items() if value}
        return self.call("POST", f"/transactions/type/{transaction_type}", json=given, headers=headers)
