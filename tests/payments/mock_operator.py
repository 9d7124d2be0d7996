"""A wallet operator small enough to read: GSMA's API over a mock transport, in the test's own process.

The conversation with the real operator process is tested elsewhere; this one can also be made to misbehave.
"""

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import jwt

from payments.providers.wallet import WalletProvider

BASE = "http://wallet.test/viettel/v1.2/mm"
SECRET = "a-callback-secret-of-at-least-32-bytes"
USER, PASSWORD = "muongthen", "a-password"


def wallet(answer: Callable[[httpx.Request], httpx.Response]) -> WalletProvider:
    """Make the provider of an operator that answers every request by ``answer``."""
    return WalletProvider(
        code="viettel",
        label="Viettel Money",
        base_url=BASE,
        user=USER,
        password=PASSWORD,
        callback_secret=SECRET,
        timeout_s=1.0,
        transport=httpx.MockTransport(answer),
    )


class Operator:
    """Keeps transactions by X-CorrelationID. ``fail`` makes the next request go wrong."""

    def __init__(self) -> None:
        self.transactions: dict[str, dict[str, Any]] = {}
        self.errors: dict[str, dict[str, Any]] = {}
        self.requests: list[httpx.Request] = []
        self.fail = ""
        self.link = "/transactions/{reference}"
        self.provider = wallet(self.answer)

    # --- What a test may do ------------------------------------------------------------------

    def approve(self, operation_id: uuid.UUID) -> None:
        self.transactions[str(operation_id)]["transactionStatus"] = "completed"

    def decline(self, operation_id: uuid.UUID) -> None:
        shape = self.transactions[str(operation_id)]
        shape["transactionStatus"] = "failed"
        shape["metadata"] = [{"key": "errorCode", "value": "requestDeclined"}]

    def callback(self, operation_id: uuid.UUID) -> tuple[bytes, dict[str, str]]:
        """Return the body and the headers of the callback on one request, as it stands."""
        shape = self.transactions[str(operation_id)]
        if shape["transactionStatus"] == "failed":
            shape = error("businessRule", "requestDeclined") | {
                "errorParameters": [
                    {"key": "transactionReference", "value": shape["transactionReference"]},
                    {"key": "requestingOrganisationTransactionReference", "value": "ORDER-7"},
                ]
            }
        return sign(json.dumps(shape).encode(), operation_id)

    # --- What it does ------------------------------------------------------------------------

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        fault, self.fail = self.fail, ""
        if fault == "before":
            raise httpx.ConnectTimeout("no route")
        if fault == "proxy":
            return httpx.Response(502, html="<h1>Bad Gateway</h1>")
        if fault == "broken":
            return refusal(500, "internal", "genericError")
        if request.headers["Authorization"] != basic():
            return refusal(401, "authorisation", "clientAuthorisationError")
        path = request.url.path.removeprefix("/viettel/v1.2/mm")
        response = self.create(request, path) if request.method == "POST" else self.look(path)
        if fault == "after":
            raise httpx.ReadTimeout("too late")
        if fault == "broken after":
            return refusal(503, "serviceUnavailable", "genericError")
        return response

    def create(self, request: httpx.Request, path: str) -> httpx.Response:
        correlation_id, body = request.headers["X-CorrelationID"], json.loads(request.content)
        if correlation_id in self.transactions:
            return refusal(400, "businessRule", "duplicateRequest")
        kind = path.removeprefix("/transactions/type/")
        if kind == "adjustment" and not self.covers(body):
            return refusal(400, "businessRule", "overPaymentNotAllowed")
        if body["debitParty"][0]["value"] == "+84000000000":
            return refusal(404, "identification", "identifierError")
        self.transactions[correlation_id] = {
            **{name: body[name] for name in ("amount", "currency", "debitParty", "creditParty")},
            "type": kind,
            "requestingOrganisationTransactionReference": body["requestingOrganisationTransactionReference"],
            "originalTransactionReference": body.get("originalTransactionReference", ""),
            "transactionReference": f"T-{correlation_id}",
            "transactionStatus": "pending",
        }
        return httpx.Response(202, json=self.state(correlation_id))

    def covers(self, body: dict[str, Any]) -> bool:
        original = body["originalTransactionReference"]
        shapes = self.transactions.values()
        paid = sum(int(one["amount"]) for one in shapes if one["transactionReference"] == original)
        back = sum(int(one["amount"]) for one in shapes if one["originalTransactionReference"] == original)
        return back + int(body["amount"]) <= paid

    def state(self, correlation_id: str) -> dict[str, Any]:
        shape = self.transactions[correlation_id]
        state: dict[str, Any] = {
            "serverCorrelationId": correlation_id,
            "status": shape["transactionStatus"],
            "notificationMethod": "callback",
            "objectReference": shape["transactionReference"],
        }
        if shape["transactionStatus"] == "failed" and correlation_id in self.errors:
            state["error"] = self.errors[correlation_id]
        return state

    def look(self, path: str) -> httpx.Response:
        _, resource, wanted = path.split("/")
        if resource == "responses" and wanted in self.transactions:
            reference = self.transactions[wanted]["transactionReference"]
            return httpx.Response(200, json={"link": self.link.format(reference=reference, id=wanted)})
        if resource == "requeststates" and wanted in self.transactions:
            return httpx.Response(200, json=self.state(wanted))
        if resource == "transactions" and wanted.removeprefix("T-") in self.transactions:
            return httpx.Response(200, json=self.transactions[wanted.removeprefix("T-")])
        return refusal(404, "identification", "identifierError")


def error(category: str, code: str) -> dict[str, Any]:
    return {"errorCategory": category, "errorCode": code, "errordescription": f"It is {code}."}


def refusal(status: int, category: str, code: str) -> httpx.Response:
    return httpx.Response(status, json=error(category, code))


def basic() -> str:
    return "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def sign(body: bytes, operation_id: uuid.UUID, secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
    """Return ``body`` and its headers, signed by a detached JWS as RFC 7797 writes it."""
    signature = jwt.PyJWS().encode(body, secret, algorithm="HS256", is_payload_detached=True)
    return body, {"X-CorrelationID": str(operation_id), "X-JWS-Signature": signature}
