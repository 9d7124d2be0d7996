"""Mobile-money wallets: any operator that speaks the GSMA Mobile Money API 1.2."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import jwt

from payments.errors import BadSignature, ProviderUnavailable, UnknownToProvider, UnreadableReport
from payments.providers import gsma
from payments.providers.base import Capability, Charge, Notice, Outcome, Provider, Report

SECRET_BYTES_MIN = 32  # RFC 7518, 3.2: a key for HS256 is at least as long as its hash

_jws = jwt.PyJWS()


class WalletProvider(Provider):
    """A mobile-money wallet operator, spoken to over HTTP.

    The payer's phone asks for the PIN; the outcome comes by a signed callback, or by asking. Our operation
    id travels as X-CorrelationID, under which the operator can be asked what became of a request.
    """

    capabilities = frozenset({Capability.SALE, Capability.REFUND, Capability.PUSH})

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
            base_url=base_url, auth=(user, password), timeout=timeout_s, transport=transport
        )

    def authorize(self, charge: Charge) -> Report:
        return self._request("merchantpay", charge, {
            "debitParty": _party("msisdn", charge.payer),
            "creditParty": _party("organisationid", self._user),
            "metadata": _party("expiresAt", _moment(charge.expires_at)),
        })  # fmt: skip

    def refund(self, charge: Charge) -> Report:
        return self._request("adjustment", charge, {
            "debitParty": _party("organisationid", self._user),
            "creditParty": _party("msisdn", charge.payer),
            "originalTransactionReference": charge.original_ref,
        })  # fmt: skip

    def query(self, charge: Charge) -> Report:
        status, shape = self._call(charge, "GET", f"/responses/{charge.operation_id}")
        if status == 404 and "errorCode" in shape:
            raise UnknownToProvider(f"{self.label} has no request {charge.operation_id}.")
        link = shape.get("link")
        if status != 200 or not isinstance(link, str):
            raise ProviderUnavailable(f"Operation {charge.operation_id}: /responses answers HTTP {status}.")
        return self._follow(charge, self._path(charge, link))

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
        shape = _read_json(notice.body)
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
        status, shape = self._call(charge, "POST", path, json=body, headers=headers)
        if status >= 400:
            gsma.raise_refusal(charge.operation_id, status=status, shape=shape)
        if "transactionStatus" in shape:
            return gsma.read_transaction(charge.operation_id, shape)
        return self._read_state(charge, shape)

    def _follow(self, charge: Charge, path: str) -> Report:
        """Read the resource that a request of ours made."""
        status, shape = self._call(charge, "GET", path)
        if status != 200:
            raise ProviderUnavailable(f"Operation {charge.operation_id}: {path} answers HTTP {status}.")
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
            status, found = self._call(charge, "GET", f"/transactions/{quote(reference, safe='')}")
            if status == 200 and "transactionStatus" in found:
                return gsma.read_transaction(charge.operation_id, found)
        if state == "pending":
            return Report(charge.operation_id, "", Outcome.PENDING, raw=shape)
        raise UnreadableReport(
            f"Operation {charge.operation_id}: {self.label} says neither what became of it nor where to look."
        )

    def _call(self, charge: Charge, method: str, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
        """Return the status and the JSON object of an answer, empty if there is none."""
        try:
            response = self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise ProviderUnavailable(
                f"Operation {charge.operation_id}: no answer of {self.label}: {type(error).__name__} {error}"
            ) from error
        return response.status_code, _read_json(response.content) or {}

    def _path(self, charge: Charge, link: str) -> str:
        """Return the path below our base of a link the operator gave; it may be relative or a full URL."""
        base, target = self._http.base_url, urlsplit(link)
        if target.netloc and target.netloc != base.netloc.decode():
            # Our password goes to the operator and to nobody it names.
            raise ProviderUnavailable(f"Operation {charge.operation_id}: the link leads to {target.netloc}.")
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


def _read_json(body: bytes) -> dict[str, Any] | None:
    """Return a JSON object, or None if it is none that a database could keep."""
    try:
        shape = json.loads(body)
    except ValueError:
        return None
    is_kept = isinstance(shape, dict) and b"\\u0000" not in body
    return shape if is_kept else None


def _party(key: str, value: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value}]


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
