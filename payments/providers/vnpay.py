"""Gateways in the shape of VNPAY 2.1.0: the payer goes to their page by a signed address."""

import hashlib
import hmac
import json
import re
import unicodedata
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID

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
    WrongProvider,
)
from payments.providers import vnpay_codes
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
from payments.providers.reading import text_in
from payments.tracing import name_request

VERSION = "2.1.0"
PAGE_PATH = "/paymentv2/vpcpay.html"
API_PATH = "/merchant_webapi/api/transaction"
GMT7 = timezone(timedelta(hours=7))
HASH = "vnp_SecureHash"
# We do not know the payer's address, and VNPAY wants one.
NO_ADDRESS = "127.0.0.1"
FULL, PART = "02", "03"


class VnpayProvider(Provider):
    """A redirect gateway. Nothing leaves the house until the payer opens the signed address.

    The payer's return to us proves nothing; what happened is told by the gateway's own call (IPN), or by
    asking. Amounts are a hundred times the đồng in the gateway's messages, and nowhere else.
    """

    capabilities = frozenset({Capability.SALE, Capability.REFUND, Capability.STATEMENT, Capability.REDIRECT})
    refusals = frozenset(vnpay_codes.PAYMENT.values())

    def __init__(
        self,
        *,
        code: str,
        label: str,
        base_url: str,
        tmn_code: str,
        hash_secret: str,
        timeout_s: float,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(code=code, label=label)
        if not (tmn_code and hash_secret):
            raise ValueError(
                f"{code}: set VNPAY_TMN_CODE and VNPAY_HASH_SECRET, or take it out of PAYMENT_PROVIDERS."
            )
        self._base_url, self._tmn_code, self._key = base_url.rstrip("/"), tmn_code, hash_secret.encode()
        self._http = httpx.Client(
            base_url=self._base_url,
            timeout=timeout_s,
            transport=transport,
            event_hooks={"request": [name_request]},
        )

    def authorize(self, charge: Charge) -> Report:
        """Make the address the payer is sent to. Nobody is called; repeats make the same address."""
        asked = {
            "vnp_Version": VERSION,
            "vnp_Command": "pay",
            "vnp_TmnCode": self._tmn_code,
            "vnp_Amount": str(charge.amount_vnd * 100),
            "vnp_CurrCode": "VND",
            "vnp_TxnRef": charge.operation_id.hex,
            "vnp_OrderInfo": _plain(f"Thanh toan {charge.reference}"),
            "vnp_OrderType": "other",
            "vnp_Locale": "en" if charge.language == "en" else "vn",
            "vnp_ReturnUrl": charge.return_url,
            "vnp_IpAddr": NO_ADDRESS,
            "vnp_CreateDate": _moment(charge.requested_at),
            "vnp_ExpireDate": _moment(charge.expires_at),
        }
        text = _query({name: value for name, value in asked.items() if value})
        url = f"{self._base_url}{PAGE_PATH}?{text}&{HASH}={self._sign(text)}"
        return Report(
            charge.operation_id, "", Outcome.REQUIRES_ACTION, action={"type": "redirect", "url": url}
        )

    def refund(self, charge: Charge) -> Report:
        """Give money back, once per operation: all of the payment (type 02) or a part of it (03)."""
        assert charge.original_id, charge
        shape = self._ask(
            charge,
            "refund",
            vnpay_codes.REFUND_FIELDS,
            vnpay_codes.REFUND_ANSWER_FIELDS,
            vnp_RequestId=charge.operation_id.hex,
            vnp_TransactionType=FULL if charge.amount_vnd == charge.original_amount_vnd else PART,
            vnp_TxnRef=charge.original_id.hex,
            vnp_Amount=str(charge.amount_vnd * 100),
            vnp_TransactionNo=charge.original_ref,
            vnp_TransactionDate=_moment(charge.original_requested_at or charge.requested_at),
            vnp_CreateBy="shop",
            vnp_OrderInfo=_plain(f"Hoan tien {charge.reference}"),
        )
        code = text_in(shape, "vnp_ResponseCode")
        words = f"Operation {charge.operation_id}: {code} {text_in(shape, 'vnp_Message')}"
        if code == vnpay_codes.DUPLICATE:
            raise AlreadySubmitted(words)
        if code in vnpay_codes.REFUND_REFUSED:
            raise ProviderRefused(words, reason=vnpay_codes.REFUND_REFUSED[code], raw=shape)
        if code != vnpay_codes.PAID:
            raise ProviderUnavailable(words)
        return self._refund_report(charge, shape)

    def query(self, charge: Charge) -> Report:
        """Ask for the payment, or for the refund by its own request id.

        Until the payment expires, one that the gateway does not know waits for its payer to come. The
        question about a refund names it by a field that is the sandbox's own (VNPAY documents none): an
        answer about anything else leaves the refund open for the statement.
        """
        if charge.original_id is not None:
            return self._query_refund(charge)
        shape = self._ask(
            charge,
            "querydr",
            vnpay_codes.QUERY_FIELDS,
            vnpay_codes.QUERY_ANSWER_FIELDS,
            vnp_TxnRef=charge.operation_id.hex,
            vnp_TransactionDate=_moment(charge.requested_at),
            vnp_OrderInfo=_plain(f"Hoi {charge.reference}"),
        )
        code = text_in(shape, "vnp_ResponseCode")
        if code == vnpay_codes.NOT_FOUND:
            if datetime.now(UTC) < charge.expires_at:
                return self.authorize(charge)
            raise UnknownToProvider(f"{self.label} has no payment {charge.operation_id}.")
        if code != vnpay_codes.PAID:
            raise ProviderUnavailable(
                f"Operation {charge.operation_id}: {code} {text_in(shape, 'vnp_Message')}"
            )
        if text_in(shape, "vnp_TxnRef") != charge.operation_id.hex:
            raise ProviderUnavailable(
                f"Operation {charge.operation_id}: the answer is about another payment."
            )
        status = text_in(shape, "vnp_TransactionStatus")
        if status == "01":
            return self.authorize(charge)
        # 00 paid; 02 failed; 04 to 07 and 09 are still under way in their hands.
        return self._payment_report(charge.operation_id, shape, status=status, code=status)

    def parse_webhook(self, notice: Notice) -> Report | None:
        """Read an IPN: a GET whose parameters, sorted and form-encoded, are signed by HMAC-SHA512."""
        given = {name: value for name, value in notice.query.items() if name.startswith("vnp_")}
        signature = given.pop(HASH, "")
        given.pop("vnp_SecureHashType", None)
        if not hmac.compare_digest(self._sign(_query(given)).encode(), signature.lower().encode()):
            raise BadSignature("IPN: vnp_SecureHash does not match the parameters.")
        if given.get("vnp_TmnCode") != self._tmn_code:
            raise UnreadableReport(f"IPN: vnp_TmnCode is {given.get('vnp_TmnCode', '')[:20]!r}, not ours.")
        operation_id = _uuid(given.get("vnp_TxnRef", ""))
        code, status = given.get("vnp_ResponseCode", ""), given.get("vnp_TransactionStatus", "")
        if operation_id is None or not code or not status:
            raise UnreadableReport("IPN: vnp_TxnRef, vnp_ResponseCode or vnp_TransactionStatus says nothing.")
        # Paid is what both say.
        agreed = status if vnpay_codes.PAID not in (code, status) or code == status else "pending"
        return self._payment_report(operation_id, given, status=agreed, code=code)

    def reply(self, error: PaymentError | None) -> Reply:
        """Answer as VNPAY documents: always HTTP 200, the code of the first check that failed.

        Checksum (97), does it exist (01), amount (04), state (02). 00 also for what was known already.
        """
        match error:
            case None:
                code, message = "00", "Confirm Success"
            case BadSignature():
                code, message = "97", "Invalid Checksum"
            case OperationUnknown() | WrongProvider() | UnreadableReport():
                code, message = "01", "Order not Found"
            case AmountMismatch():
                code, message = "04", "Invalid Amount"
            case ReferenceMismatch() | ReferenceReused():
                code, message = "02", "Order already confirmed"
            case _:
                code, message = "99", "Unknown error"
        return Reply(200, {"RspCode": code, "Message": message})

    def statement(self, day: date) -> Iterator[StatementLine]:
        """Return the sandbox's list of a day. VNPAY itself gives such lists as files, not by its API."""
        asked = {
            "vnp_RequestId": uuid.uuid4().hex,
            "vnp_Version": VERSION,
            "vnp_Command": "statement",
            "vnp_TmnCode": self._tmn_code,
            "vnp_Day": f"{day:%Y%m%d}",
            "vnp_CreateDate": _moment(datetime.now(UTC)),
            "vnp_IpAddr": NO_ADDRESS,
        }
        about = f"Statement of {self.label}"
        shape = self._post(
            asked, vnpay_codes.STATEMENT_FIELDS, vnpay_codes.STATEMENT_ANSWER_FIELDS, about=about
        )
        if text_in(shape, "vnp_ResponseCode") != vnpay_codes.PAID:
            raise ProviderUnavailable(f"{about}: {text_in(shape, 'vnp_Message')}")
        for line in _lines(shape):
            is_refund = line["type"] != "01"
            amount_vnd = _amount_vnd(line["amount"])
            yield StatementLine(
                provider_ref=line["transaction_no"],
                reference="",
                amount_vnd=-amount_vnd if is_refund else amount_vnd,
                moved_at=_read_moment(line["moved_at"]),
                operation_id=_uuid(line["request_id"] if is_refund else line["txn_ref"]),
                raw=line,
            )

    def _query_refund(self, charge: Charge) -> Report:
        assert charge.original_id, charge
        shape = self._ask(
            charge,
            "querydr",
            vnpay_codes.QUERY_FIELDS,
            vnpay_codes.QUERY_ANSWER_FIELDS,
            vnp_TxnRef=charge.original_id.hex,
            vnp_TransactionDate=_moment(charge.original_requested_at or charge.requested_at),
            vnp_OrderInfo=_plain(f"Hoi {charge.reference}"),
            vnp_RefundRequestId=charge.operation_id.hex,
        )
        if text_in(shape, "vnp_ResponseCode") == vnpay_codes.NOT_FOUND:
            raise UnknownToProvider(f"{self.label} has no refund {charge.operation_id}.")
        if text_in(shape, "vnp_TransactionType") not in (FULL, PART):
            raise ProviderUnavailable(f"Operation {charge.operation_id}: the answer is not about a refund.")
        return self._refund_report(charge, shape)

    def _payment_report(
        self, operation_id: UUID, shape: Mapping[str, Any], *, status: str, code: str
    ) -> Report:
        outcome = {"00": Outcome.SUCCEEDED, "02": Outcome.FAILED}.get(status, Outcome.PENDING)
        reference = text_in(shape, "vnp_TransactionNo")
        if outcome is Outcome.SUCCEEDED and reference in ("", "0"):
            raise UnreadableReport(f"Operation {operation_id}: paid, but without a vnp_TransactionNo.")
        is_failed = outcome is Outcome.FAILED
        # A question tells why only in the sandbox's own field.
        why = text_in(shape, "vnp_FailureCode") or code
        return Report(
            operation_id,
            "" if reference == "0" else reference[:100],
            outcome,
            amount_vnd=_amount_vnd(shape.get("vnp_Amount")),
            error_code=vnpay_codes.reason(why) if is_failed else "",
            raw={name: value for name, value in shape.items() if name != HASH},
        )

    def _refund_report(self, charge: Charge, shape: Mapping[str, Any]) -> Report:
        """05 is under way, 06 is with the payer's bank: the gateway itself has given the money back."""
        status, reference = text_in(shape, "vnp_TransactionStatus"), text_in(shape, "vnp_TransactionNo")
        outcome = {
            "00": Outcome.SUCCEEDED,
            "06": Outcome.SUCCEEDED,
            "02": Outcome.FAILED,
            "09": Outcome.FAILED,
        }.get(status, Outcome.PENDING)
        if outcome is Outcome.SUCCEEDED and not reference:
            raise UnreadableReport(f"Operation {charge.operation_id}: refunded without a vnp_TransactionNo.")
        return Report(
            charge.operation_id,
            reference[:100],
            outcome,
            amount_vnd=_amount_vnd(shape.get("vnp_Amount")),
            error_code="refund_rejected" if outcome is Outcome.FAILED else "",
            raw={name: value for name, value in shape.items() if name != HASH},
        )

    def _ask(
        self,
        charge: Charge,
        command: str,
        fields: Sequence[str],
        answer_fields: Sequence[str],
        **more: str,
    ) -> dict[str, Any]:
        asked = {
            # A question is asked again and again, so it has an id of its own each time.
            "vnp_RequestId": uuid.uuid4().hex,
            "vnp_Version": VERSION,
            "vnp_Command": command,
            "vnp_TmnCode": self._tmn_code,
            "vnp_CreateDate": _moment(datetime.now(UTC)),
            "vnp_IpAddr": NO_ADDRESS,
        } | more
        return self._post(asked, fields, answer_fields, about=f"Operation {charge.operation_id}")

    def _post(
        self, asked: Mapping[str, str], fields: Sequence[str], answer_fields: Sequence[str], *, about: str
    ) -> dict[str, Any]:
        """Send a signed request and return the answer, if it is signed as well."""
        signed = dict(asked) | {HASH: self._sign("|".join(asked.get(name, "") for name in fields))}
        try:
            response = self._http.post(API_PATH, json=signed)
        except httpx.HTTPError as error:
            raise ProviderUnavailable(
                f"{about}: no answer of {self.label}: {type(error).__name__} {error}"
            ) from error
        try:
            shape = json.loads(response.content)
        except ValueError:
            shape = None
        if response.status_code != 200 or not isinstance(shape, dict) or b"\\u0000" in response.content:
            raise ProviderUnavailable(f"{about}: {self.label} answers HTTP {response.status_code}.")
        values = (shape.get(name) for name in answer_fields)
        text = "|".join("" if value is None else str(value) for value in values)
        if not hmac.compare_digest(self._sign(text).encode(), text_in(shape, HASH).lower().encode()):
            raise ProviderUnavailable(
                f"{about}: the answer {text_in(shape, 'vnp_ResponseCode')} {text_in(shape, 'vnp_Message')} "
                f"is not signed with our key."
            )
        return shape

    def _sign(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha512).hexdigest()


def _query(values: Mapping[str, str]) -> str:
    """Return what is signed of an address: sorted by name, form-encoded."""
    return "&".join(f"{quote_plus(name)}={quote_plus(values[name])}" for name in sorted(values))


def _moment(value: datetime) -> str:
    return f"{value.astimezone(GMT7):%Y%m%d%H%M%S}"


def _read_moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=GMT7)
    except ValueError as error:
        raise UnreadableReport(f"{text[:20]!r} is no moment such as 20261123104500.") from error


def _amount_vnd(value: object) -> int:
    """Return the đồng of a vnp_Amount, which is a hundred times as much."""
    if not re.fullmatch(r"[1-9][0-9]{2,15}", str(value)) or not str(value).endswith("00"):
        raise UnreadableReport(f"vnp_Amount is {str(value)[:40]!r}, it must be whole đồng times 100.")
    return int(str(value)) // 100


def _lines(shape: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the lines of a statement, which come as a text so that it can be signed."""
    names = {"type", "txn_ref", "request_id", "transaction_no", "amount", "moved_at"}
    try:
        lines = json.loads(text_in(shape, "vnp_Lines"))
    except ValueError:
        lines = None
    if not isinstance(lines, list) or not all(
        isinstance(line, dict) and names <= set(line) for line in lines
    ):
        raise UnreadableReport("The statement is no list of lines.")
    return [{name: str(value) for name, value in line.items()} for line in lines]


def _plain(text: str) -> str:
    """Return ``text`` without accents and signs, as VNPAY wants it."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return re.sub(r"[^0-9A-Za-z .:-]", "", bare)[:255]


def _uuid(text: str) -> UUID | None:
    """Return the operation of a vnp_TxnRef or vnp_RequestId: 32 hexadecimal digits and nothing else."""
    return UUID(text) if re.fullmatch(r"[0-9a-f]{32}", text) else None
