"""Bank transfers by VietQR code: the payer's own bank moves the money, our bank tells that it came."""

import hashlib
import hmac
import logging
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx

from payments.errors import (
    AlreadySubmitted,
    AmountMismatch,
    BadSignature,
    OperationUnknown,
    PaymentError,
    ProviderRefused,
    ProviderUnavailable,
    ReferenceMismatch,
    ReferenceReused,
    UnknownToProvider,
    UnreadableReport,
)
from payments.providers import emvco, notes
from payments.providers.base import (
    Capability,
    Charge,
    Notice,
    Outcome,
    Provider,
    Reply,
    Report,
    StatementLine,
)
from payments.providers.reading import json_object, text_in, uuid_of
from payments.tracing import name_request

AT_HOME = ZoneInfo("Asia/Ho_Chi_Minh")
# Below 500 million a transfer: NAPAS at the launch of VietQR, 15 June 2021.
TRANSFER_VND_MAX = 499_999_999
STALE_AFTER_S = 300
# The bank's clock may be behind ours by as much.
CLOCKS_DIFFER = timedelta(minutes=10)
PAGE = 200
# Refusals that are about us or the moment, not about the transfer: the same may pass later.
NOT_FINAL = ("unauthorized", "insufficient_funds")

logger = logging.getLogger(__name__)


class VietQRProvider(Provider):
    """An account of ours at a bank that has an API for its statement and for transfers.

    The payer is told by a code what to transfer; the note names the operation, and nothing leaves the house
    before. What comes under the note is claimed as it came:

    - another amount, or a second transfer: the claim does not fit the operation, is kept as refused, and
      the operation stays as it was. The money is a line of the statement that reconciliation shows;
    - without a note, or with one that names no operation of ours: as above, without an operation;
    - after the payment has expired: a success that came late, like any other.
    """

    capabilities = frozenset({Capability.SALE, Capability.REFUND, Capability.STATEMENT, Capability.QR})
    refusals = frozenset({"no_code"})

    def __init__(
        self,
        *,
        code: str,
        label: str,
        base_url: str,
        bank_bin: str,
        bank_name: str,
        account: str,
        holder: str,
        api_key: str,
        notice_secret: str,
        timeout_s: float,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(code=code, label=label)
        if not (account and api_key and notice_secret):
            raise ValueError(
                f"{code}: set VIETQR_ACCOUNT, VIETQR_API_KEY and VIETQR_NOTICE_SECRET, or take it out of "
                f"PAYMENT_PROVIDERS."
            )
        self._bin, self._bank, self._account, self._holder = bank_bin, bank_name, account, holder
        self._secret = notice_secret.encode()
        self._http = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=timeout_s,
            transport=transport,
            event_hooks={"request": [name_request]},
        )

    def authorize(self, charge: Charge) -> Report:
        """Make the code to pay by. Nobody is called; repeats make the same code."""
        note = notes.note_of(charge.operation_id)
        try:
            payload = emvco.build(
                emvco.BankQr(
                    bank_bin=self._bin, account=self._account, amount_vnd=charge.amount_vnd, purpose=note
                )
            )
        except emvco.BadPayload as error:
            raise ProviderRefused(str(error), reason="no_code") from error
        action = {
            "type": "qr",
            "payload": payload,
            "bank": self._bank,
            "account": self._account,
            "holder": self._holder,
            "memo": note,
            "amount_vnd": charge.amount_vnd,
        }
        return Report(charge.operation_id, "", Outcome.REQUIRES_ACTION, action=action)

    def refund(self, charge: Charge) -> Report:
        """Return money to the account it came from. The bank refuses more than came from there."""
        body = {
            "return_of": charge.original_ref,
            "amount_vnd": charge.amount_vnd,
            "note": f"HOAN TIEN {charge.reference}"[:100],
        }
        status, shape = self._call(
            "POST",
            f"/accounts/{self._account}/transfers",
            about=f"Operation {charge.operation_id}",
            json=body,
            headers={"Idempotency-Key": str(charge.operation_id)},
        )
        if status == 201:
            return self._paid_out(charge.operation_id, shape)
        code = str(shape.get("code", ""))
        words = f"Operation {charge.operation_id}: HTTP {status} {code} {shape.get('message', '')}".rstrip()
        if status == 409:
            raise AlreadySubmitted(words)
        if not code or status >= 500 or status == 429 or code in NOT_FINAL:
            raise ProviderUnavailable(words)
        raise ProviderRefused(str(shape.get("message", code)), reason=code, raw=shape)

    def query(self, charge: Charge) -> Report:
        """Look for the transfer in the statement; a refund is asked for by its id.

        Of several transfers under one note the first of the right amount counts, else the first. As long as
        there is none, the code waits for its payer: also after the payment has expired, because banks
        deliver late.
        """
        if charge.original_id is not None:
            return self._query_refund(charge)
        since = charge.requested_at - CLOCKS_DIFFER
        credits = [
            shape
            for shape in self._movements(since=since, direction="in")
            if notes.has_note(text_in(shape, "note"), charge.operation_id)
        ]
        if not credits:
            return self.authorize(charge)
        fitting = [shape for shape in credits if shape.get("amount_vnd") == charge.amount_vnd]
        return self._came_in(charge.operation_id, (fitting or credits)[0])

    def parse_webhook(self, notice: Notice) -> Report | None:
        """Read what the bank says has come in; None if it came without a note that names an operation.

        ``X-Bank-Signature`` is the HMAC-SHA256, in hexadecimal, of ``X-Bank-Timestamp`` (seconds since
        1970), a full stop and the body.
        """
        self._verify(notice.headers, notice.body)
        shape = json_object(notice.body)
        if shape is None or not text_in(shape, "event"):
            raise UnreadableReport("Notice of the bank: the body is no JSON object that names an event.")
        if shape["event"] != "credit":
            return None
        if text_in(shape, "account") != self._account:
            raise UnreadableReport(f"Notice of the bank: account {shape.get('account')!r} is not ours.")
        operation_id = notes.named_in(text_in(shape, "note"))
        if operation_id is None:
            logger.info("Transfer %s names no operation", text_in(shape, "reference"))
            return None
        return self._came_in(operation_id, shape)

    def reply(self, error: PaymentError | None) -> Reply:
        """Take note also of what does not fit: the claim is kept, and telling it again changes nothing."""
        if isinstance(error, AmountMismatch | ReferenceMismatch | ReferenceReused | OperationUnknown):
            return Reply(200, {"code": error.code, "message": str(error), "details": {}})
        return super().reply(error)

    def statement(self, day: date) -> Iterator[StatementLine]:
        midnight = datetime(day.year, day.month, day.day, tzinfo=AT_HOME)
        for shape in self._movements(since=midnight, until=midnight + timedelta(days=1)):
            is_in = shape.get("direction") == "in"
            amount_vnd = _amount_vnd(shape)
            key = text_in(shape, "idempotency_key")
            yield StatementLine(
                provider_ref=text_in(shape, "reference"),
                reference="",  # the note has no room for the order's number
                amount_vnd=amount_vnd if is_in else -amount_vnd,
                moved_at=_moment(shape),
                operation_id=notes.named_in(text_in(shape, "note")) if is_in else uuid_of(key),
                raw=shape,
            )

    def _query_refund(self, charge: Charge) -> Report:
        path = f"/accounts/{self._account}/transfers/{charge.operation_id}"
        about = f"Operation {charge.operation_id}"
        status, shape = self._call("GET", path, about=about)
        if status == 404 and shape.get("code") == "transfer_not_found":
            raise UnknownToProvider(f"{self.label} has no transfer {charge.operation_id}.")
        if status != 200:
            raise ProviderUnavailable(f"{about}: the bank answers HTTP {status} to the question.")
        return self._paid_out(charge.operation_id, shape)

    def _came_in(self, operation_id: UUID, shape: Mapping[str, Any]) -> Report:
        """The money is there as soon as the statement has it."""
        return Report(
            operation_id,
            _reference(shape),
            Outcome.SUCCEEDED,
            amount_vnd=_amount_vnd(shape),
            raw=shape,
        )

    def _paid_out(self, operation_id: UUID, shape: Mapping[str, Any]) -> Report:
        if text_in(shape, "idempotency_key") != str(operation_id):
            raise ProviderUnavailable(f"Operation {operation_id}: the bank answers about another transfer.")
        return self._came_in(operation_id, shape)

    def _movements(
        self, *, since: datetime, until: datetime | None = None, direction: str = ""
    ) -> Iterator[dict[str, Any]]:
        """Return the movements of our account, oldest first, page by page."""
        asked = {"from": since.isoformat(), "limit": str(PAGE)}
        asked |= {"to": until.isoformat()} if until else {}
        asked |= {"direction": direction} if direction else {}
        after: Any = ""
        while after is not None:
            status, shape = self._call(
                "GET",
                f"/accounts/{self._account}/movements",
                about="Statement",
                params=asked | ({"after": after} if after else {}),
            )
            page = shape.get("movements")
            if status != 200 or not isinstance(page, list):
                raise ProviderUnavailable(f"Statement of {self.label}: the bank answers HTTP {status}.")
            yield from page
            after = shape.get("next")

    def _call(self, method: str, path: str, *, about: str, **options: Any) -> tuple[int, dict[str, Any]]:
        try:
            response = self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise ProviderUnavailable(
                f"{about}: no answer of {self.label}: {type(error).__name__} {error}"
            ) from error
        return response.status_code, json_object(response.content) or {}

    def _verify(self, headers: Mapping[str, str], body: bytes) -> None:
        moment = headers.get("X-Bank-Timestamp", "")
        signature = headers.get("X-Bank-Signature", "")
        expected = hmac.new(self._secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise BadSignature("Notice of the bank: X-Bank-Signature does not match the body.")
        age_s = time.time() - int(moment) if moment.isascii() and moment.isdigit() else STALE_AFTER_S + 1
        if abs(age_s) > STALE_AFTER_S:
            raise BadSignature(
                f"Notice of the bank: it is {age_s:.0f} s old. Check the clocks of both sides."
            )


def _reference(shape: Mapping[str, Any]) -> str:
    reference = text_in(shape, "reference")
    if not reference or len(reference) > 100:
        raise UnreadableReport(f"A movement of the bank has the reference {reference[:120]!r}.")
    return reference


def _amount_vnd(shape: Mapping[str, Any]) -> int:
    amount_vnd = shape.get("amount_vnd")
    if not isinstance(amount_vnd, int) or isinstance(amount_vnd, bool) or not 0 < amount_vnd < 10**18:
        raise UnreadableReport(f"A movement of the bank has the amount {str(amount_vnd)[:40]!r}.")
    return amount_vnd


def _moment(shape: Mapping[str, Any]) -> datetime:
    text = text_in(shape, "booked_at")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadableReport(f"A movement of the bank was booked at {text[:40]!r}.") from error
    if moment.tzinfo is None:
        raise UnreadableReport(f"A movement of the bank was booked at {text[:40]!r}, in no time zone.")
    return moment
