"""Mobile-money wallets: any operator that speaks the GSMA Mobile Money API 1.2."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import jwt

from payments.errors import (
    BadSignature,
    ProviderRefused,
    ProviderUnavailable,
    UnknownToProvider,
    UnreadableReport,
)
from payments.providers import gsma
from payments.providers.base import (
    Capability,
    Charge,
    Credit,
    Notice,
    Outcome,
    PayoutBatch,
    Provider,
    Report,
    StatementLine,
)
from payments.providers.reading import json_object, text_in
from payments.tracing import name_request

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
PAGE = 500  # entries of a list asked for at once; an operator may give fewer
SECRET_BYTES_MIN = 32  # RFC 7518, 3.2: a key for HS256 is at least as long as its hash

_jws = jwt.PyJWS()


class WalletProvider(Provider):
    """A mobile-money wallet operator, spoken to over HTTP.

    The payer's phone asks for the PIN; the outcome comes by a signed callback, or by asking. Our operation
    id travels as X-CorrelationID, under which the operator can be asked what became of a request.
    """

    capabilities = frozenset(
        {
            Capability.SALE,
            Capability.VOID,
            Capability.REFUND,
            Capability.PAYOUT,
            Capability.HOLDER,
            Capability.STATEMENT,
            Capability.PUSH,
        }
    )
    refusals = gsma.REFUSALS

    def __init__(
        self,
        *,
        code: str,
        label: str,
        base_url: str,
        user: str,
        password: str,
        callback_secret: str,
        timeout_s: float,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(code=code, label=label)
        if not password or len(callback_secret.encode()) < SECRET_BYTES_MIN:
            raise ValueError(
                f"Wallet {code}: set WALLET_{code.upper()}_PASSWORD, and to {SECRET_BYTES_MIN} bytes or more "
                f"WALLET_{code.upper()}_CALLBACK_SECRET."
            )
        self._user = user
        self._secret = callback_secret.encode()
        self._http = httpx.Client(
            base_url=base_url,
            auth=(user, password),
            timeout=timeout_s,
            transport=transport,
            event_hooks={"request": [name_request]},
        )

    def authorize(self, charge: Charge) -> Report:
        return self._request("merchantpay", charge, {
            "debitParty": _party("msisdn", charge.payer),
            "creditParty": _party("organisationid", self._user),
            "metadata": _party("expiresAt", _moment(charge.expires_at)),
        })  # fmt: skip

    def void(self, charge: Charge) -> Report:
        """Withdraw the question from the payer's phone. Refused if they have paid meanwhile."""
        assert charge.original_id, charge
        link = self._link_to(charge.original_id)
        if link is None:
            raise ProviderRefused(
                f"{self.label} has no request {charge.original_id} to withdraw.", reason="identifierError"
            )
        if not link.startswith("/transactions/"):  # to a request state, which names the transaction
            reference = str(self._get(charge.operation_id, link).get("objectReference", ""))
            link = f"/transactions/{quote(reference, safe='')}"
        headers = {"X-CorrelationID": str(charge.operation_id)}
        status, shape = self._call(
            charge.operation_id,
            "PATCH",
            link,
            json=_replace("transactionStatus", "cancelled"),
            headers=headers,
        )
        if status >= 400:
            gsma.raise_refusal(charge.operation_id, status=status, shape=shape)
        return self._follow(charge, link)

    def refund(self, charge: Charge) -> Report:
        return self._request("adjustment", charge, {
            "debitParty": _party("organisationid", self._user),
            "creditParty": _party("msisdn", charge.payer),
            "originalTransactionReference": charge.original_ref,
        })  # fmt: skip

    def query(self, charge: Charge) -> Report:
        link = self._link_to(charge.operation_id)
        if link is None:
            raise UnknownToProvider(f"{self.label} has no request {charge.operation_id}.")
        return self._follow(charge, link)

    def payout(self, batch: PayoutBatch) -> list[Report]:
        """Make a batch of disbursements, and approve it: maker and checker are the same shop."""
        body = {
            "batchTitle": str(batch.batch_id),
            "transactions": [self._disbursement(credit, batch) for credit in batch.credits],
        }
        headers = {"X-CorrelationID": str(batch.batch_id), "X-Date": _moment(datetime.now(UTC))}
        if batch.callback_url:
            headers["X-Callback-URL"] = batch.callback_url
        status, shape = self._call(batch.batch_id, "POST", "/batchtransactions", json=body, headers=headers)
        if status >= 400:
            gsma.raise_refusal(batch.batch_id, status=status, shape=shape)
        return self.query_payout(batch)

    def query_payout(self, batch: PayoutBatch) -> list[Report]:
        """Say how the credits of ``batch`` stand. One that nobody approved yet is approved: it was meant."""
        link = self._link_to(batch.batch_id)
        if link is None:
            raise UnknownToProvider(f"{self.label} has no batch {batch.batch_id}.")
        shape = self._get(batch.batch_id, link)
        if shape.get("batchStatus") == "created":
            approved = _replace("batchStatus", "approved")
            status, shape = self._call(batch.batch_id, "PATCH", link, json=approved)
            if status >= 400:
                raise ProviderUnavailable(f"Batch {batch.batch_id}: its approval answers HTTP {status}.")
        wanted = {str(credit.payout_id): credit.payout_id for credit in batch.credits}
        reports = {
            payout_id: Report(payout_id, "", Outcome.PENDING, raw={"batch": shape})
            for payout_id in wanted.values()
        }
        for entry in self._pages(batch.batch_id, f"{link}/rejections"):
            if payout_id := wanted.get(str(entry.get(gsma.REFERENCE))):
                reports[payout_id] = gsma.read_rejection(payout_id, entry)
        for entry in self._pages(batch.batch_id, f"{link}/completions"):
            if payout_id := wanted.get(str(entry.get(gsma.REFERENCE))):
                reference = quote(str(entry.get("transactionReference")), safe="")
                paid = self._get(batch.batch_id, f"/transactions/{reference}")
                reports[payout_id] = gsma.read_transaction(payout_id, paid)
        return list(reports.values())

    def holder(self, number: str) -> str | None:
        """Ask whether a wallet can be used, and for its holder's name. Never for its balance."""
        path = f"/accounts/msisdn/{quote(number, safe='+')}"
        status, shape = self._call(number, "GET", f"{path}/status")
        if status == 404 and shape.get("errorCode") == "identifierError":
            return None
        if status == 200 and shape.get("accountStatus") != "available":
            return None
        if status == 200:
            status, shape = self._call(number, "GET", f"{path}/accountname")
        name = shape.get("name")
        if status != 200 or not isinstance(name, dict):
            raise ProviderUnavailable(f"{self.label} does not say whose a wallet is: HTTP {status}.")
        return text_in(name, "fullName")

    def statement(self, day: date) -> Iterator[StatementLine]:
        """Return what was booked on our account on ``day``, oldest first; asked for page by page, at once."""
        begin = datetime.combine(day, time.min, VIETNAM)
        end = begin + timedelta(days=1) - timedelta(milliseconds=1)  # both ends are included
        query = {
            "fromDateTime": _moment(begin), "toDateTime": _moment(end), "transactionStatus": "completed",
        }  # fmt: skip
        path = f"/accounts/organisationid/{quote(self._user, safe='')}/statemententries"
        # The newest come first, and more may come while we turn the pages: none is read twice.
        lines: dict[str, StatementLine] = {}
        for entry in self._pages(f"statement of {day}", path, query):
            line = gsma.read_entry(entry)
            lines.setdefault(line.provider_ref, line)
        return iter(sorted(lines.values(), key=lambda line: (line.moved_at, line.provider_ref)))

    def parse_webhook(self, notice: Notice) -> Report:
        """Read a callback: a GSMA object with ``X-JWS-Signature``, a detached JWS over the raw body."""
        headers, operation_id = notice.headers, notice.operation_id
        self._verify(headers.get("X-JWS-Signature", ""), notice.body)
        if operation_id is None:
            raise UnreadableReport("Wallet callback: the address names no operation.")
        named = headers.get("X-CorrelationID", "")
        if named and named.lower() != str(operation_id):
            raise UnreadableReport(
                f"Wallet callback: X-CorrelationID is {named[:64]!r}, the address is that of {operation_id}."
            )
        shape = json_object(notice.body)
        if shape is None:
            raise UnreadableReport("Wallet callback: the body is not a JSON object.")
        return gsma.read_pushed(operation_id, shape)

    def _request(self, kind: str, charge: Charge, parties: dict[str, Any]) -> Report:
        """Ask for a transaction of type ``kind``. The answer is 202 and a request state, as a rule."""
        body = parties | {
            "amount": str(charge.amount_vnd),
            "currency": gsma.CURRENCY,
            "requestingOrganisationTransactionReference": charge.reference,
            "requestDate": _moment(charge.requested_at),
        }
        if charge.description:
            body["descriptionText"] = charge.description
        headers = {
            "X-CorrelationID": str(charge.operation_id),
            "X-Callback-URL": charge.callback_url,
            "X-Date": _moment(datetime.now(UTC)),
        }
        path = f"/transactions/type/{kind}"
        status, shape = self._call(charge.operation_id, "POST", path, json=body, headers=headers)
        if status >= 400:
            gsma.raise_refusal(charge.operation_id, status=status, shape=shape)
        if "transactionStatus" in shape:
            return gsma.read_transaction(charge.operation_id, shape)
        return self._read_state(charge, shape)

    def _disbursement(self, credit: Credit, batch: PayoutBatch) -> dict[str, Any]:
        wanted = {
            "type": "disbursement",
            "amount": str(credit.amount_vnd),
            "currency": gsma.CURRENCY,
            "debitParty": _party("organisationid", self._user),
            "creditParty": _party("msisdn", credit.payee),
            gsma.REFERENCE: str(credit.payout_id),
            "requestDate": _moment(batch.requested_at),
        }
        return wanted | ({"descriptionText": credit.description} if credit.description else {})

    def _link_to(self, request_id: UUID) -> str | None:
        """Return the path of what a request of ours made; None if it never arrived."""
        status, shape = self._call(request_id, "GET", f"/responses/{request_id}")
        if status == 404 and "errorCode" in shape:
            return None
        link = shape.get("link")
        if status != 200 or not isinstance(link, str):
            raise ProviderUnavailable(f"Operation {request_id}: /responses answers HTTP {status}.")
        return self._path(request_id, link)

    def _follow(self, charge: Charge, path: str) -> Report:
        """Read the resource that a request of ours made, or changed."""
        shape = self._get(charge.operation_id, path)
        if charge.original_id and shape.get("type") == "merchantpay":
            return gsma.read_release(charge.operation_id, shape)
        if "transactionStatus" in shape:
            return gsma.read_transaction(charge.operation_id, shape)
        if "errorCode" in shape:
            return gsma.read_failure(charge.operation_id, shape)
        return self._read_state(charge, shape)

    def _read_state(self, charge: Charge, shape: dict[str, Any]) -> Report:
        """Read a request state: how far a request has come, and where its transaction is."""
        state, reference, error = shape.get("status"), shape.get("objectReference"), shape.get("error")
        if state == "failed" and isinstance(error, dict):
            return gsma.read_failure(charge.operation_id, error)
        if state in ("completed", "failed") and isinstance(reference, str) and reference:
            path = f"/transactions/{quote(reference, safe='')}"
            status, found = self._call(charge.operation_id, "GET", path)
            if status == 200 and "transactionStatus" in found:
                return gsma.read_transaction(charge.operation_id, found)
        if state == "pending":
            return Report(charge.operation_id, "", Outcome.PENDING, raw=shape)
        raise UnreadableReport(
            f"Operation {charge.operation_id}: {self.label} says neither what became of it nor where to look."
        )

    def _get(self, about: UUID, path: str) -> dict[str, Any]:
        status, shape = self._call(about, "GET", path)
        if status != 200:
            raise ProviderUnavailable(f"Operation {about}: {path} answers HTTP {status}.")
        return shape

    def _pages(
        self, about: UUID | str, path: str, query: Mapping[str, str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Return all entries of a list, a page at a time."""
        offset = 0
        while True:
            params = {**(query or {}), "limit": str(PAGE), "offset": str(offset)}
            response = self._ask(about, "GET", path, params=params)
            try:
                entries = json.loads(response.content) if response.status_code == 200 else None
            except ValueError:
                entries = None
            if not isinstance(entries, list):
                raise ProviderUnavailable(f"{about}: {path} answers HTTP {response.status_code} and no list.")
            yield from (entry for entry in entries if isinstance(entry, dict))
            offset += len(entries)
            available = response.headers.get("X-Records-Available-Count", "")
            if not entries or (available.isdigit() and offset >= int(available)):
                return

    def _call(self, about: UUID | str, method: str, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
        """Return the status and the JSON object of an answer, empty if there is none."""
        response = self._ask(about, method, path, **options)
        return response.status_code, json_object(response.content) or {}

    def _ask(self, about: UUID | str, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise ProviderUnavailable(
                f"Operation {about}: no answer of {self.label}: {type(error).__name__} {error}"
            ) from error

    def _path(self, about: UUID, link: str) -> str:
        """Return the path below our base of a link the operator gave; it may be relative or a full URL."""
        base, target = self._http.base_url, urlsplit(link)
        if target.netloc and target.netloc != base.netloc.decode():
            # Our password goes to the operator and to nobody it names.
            raise ProviderUnavailable(f"Operation {about}: the link leads to {target.netloc}.")
        return "/" + target.path.removeprefix(base.path.rstrip("/")).lstrip("/")

    def _verify(self, signature: str, body: bytes) -> None:
        """Check a detached JWS: RFC 7515 appendix F, or RFC 7797 when its header says ``b64: false``."""
        try:
            protected, between, mac = signature.split(".")
            if between:
                raise BadSignature("Wallet callback: X-JWS-Signature is not detached.")
            is_encoded = _jws.get_unverified_header(f"{protected}..{mac}").get("b64", True)
            if is_encoded:
                whole = f"{protected}.{jwt.utils.base64url_encode(body).decode()}.{mac}"
                _jws.decode_complete(whole, self._secret, algorithms=["HS256"])
            else:
                _jws.decode_complete(signature, self._secret, algorithms=["HS256"], detached_payload=body)
        except (ValueError, jwt.PyJWTError) as error:
            raise BadSignature("Wallet callback: X-JWS-Signature does not match the body.") from error


def _party(key: str, value: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value}]


def _replace(name: str, value: str) -> list[dict[str, str]]:
    return [{"op": "replace", "path": f"/{name}", "value": value}]


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
