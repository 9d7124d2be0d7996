"""The API for merchants: one address, signed JSON, what is wanted in ``vnp_Command``."""

import hmac
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from payments.simulator import faults
from payments.simulator.vnpay import services, signing
from payments.simulator.vnpay.models import Ipn, Payment, Refund
from payments.simulator.vnpay.services import RefundRefused, write_moment

# What is signed of each message, in VNPAY's order.
ASKED = {
    "querydr": (
        "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef", "vnp_TransactionDate",
        "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
    ),
    "refund": (
        "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TransactionType", "vnp_TxnRef",
        "vnp_Amount", "vnp_TransactionNo", "vnp_TransactionDate", "vnp_CreateBy", "vnp_CreateDate",
        "vnp_IpAddr", "vnp_OrderInfo",
    ),
    "statement": (
        "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_Day", "vnp_CreateDate",
        "vnp_IpAddr",
    ),
}  # fmt: skip
_COMMON = ("vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode")
_FOUND = (
    "vnp_TxnRef", "vnp_Amount", "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo", "vnp_TransactionType",
    "vnp_TransactionStatus", "vnp_OrderInfo",
)  # fmt: skip
ANSWERED = {
    "querydr": (*_COMMON, *_FOUND, "vnp_PromotionCode", "vnp_PromotionAmount"),
    "refund": (*_COMMON, *_FOUND),
    "statement": (*_COMMON, "vnp_Lines"),
}


@method_decorator(csrf_exempt, name="dispatch")
class ApiView(View):
    """POST: querydr, refund, and the sandbox's own statement. Always 200; ``vnp_ResponseCode`` says how."""

    def post(self, request: HttpRequest) -> HttpResponse:
        draw = faults.draw_next("vnpay")
        if draw.happens("error_before_commit"):
            return HttpResponse(status=500)
        answer = _answer(_read(request), now=timezone.now())
        return HttpResponse(status=500) if draw.happens("error_after_commit") else answer


@method_decorator(csrf_exempt, name="dispatch")
class IpnsView(View):
    """GET ``?txn_ref=``: the IPNs the gateway owes or sent. For tests; it has no password.

    POST ``?txn_ref=&url=``: send those that nobody took again, now and to another address.
    """

    def post(self, request: HttpRequest) -> HttpResponse:
        owed = Ipn.objects.filter(payment__txn_ref=request.GET.get("txn_ref", ""), delivered_at=None)
        owed.update(url=request.GET.get("url", "")[:500], next_try_at=timezone.now())
        return HttpResponse(status=204)

    def get(self, request: HttpRequest) -> HttpResponse:
        ipns = Ipn.objects.filter(payment__txn_ref=request.GET.get("txn_ref", "")).order_by("pk")
        return JsonResponse({
            "ipns": [
                {
                    "query": signing.signed_query(ipn.query),
                    "tries": ipn.tries,
                    "last_answer": ipn.last_answer,
                    "is_delivered": ipn.delivered_at is not None,
                }
                for ipn in ipns
            ]
        })  # fmt: skip


def _read(request: HttpRequest) -> dict[str, str]:
    try:
        values = json.loads(request.body)
    except ValueError:
        return {}
    if not isinstance(values, dict):
        return {}
    return {str(name): str(value).replace("\x00", "") for name, value in values.items()}


def _answer(asked: Mapping[str, str], *, now: datetime) -> HttpResponse:
    command = asked.get("vnp_Command", "")
    if command not in ASKED:
        return _signed("querydr", asked, {"vnp_ResponseCode": "03", "vnp_Message": "Data format invalid"})
    signature = signing.sign_values(asked.get(name, "") for name in ASKED[command])
    if not hmac.compare_digest(signature.encode(), asked.get(signing.HASH, "").lower().encode()):
        said = {"vnp_ResponseCode": "97", "vnp_Message": "Invalid checksum"}
    elif asked.get("vnp_TmnCode") != settings.SANDBOX_VNPAY["tmn_code"]:
        said = {"vnp_ResponseCode": "02", "vnp_Message": "Merchant invalid"}
    elif command == "statement":
        said = _statement(asked)
    elif command == "refund":
        said = _refund(asked, now=now)
    else:
        said = _found(asked)
    return _signed(command, asked, said)


def _found(asked: Mapping[str, str]) -> dict[str, str]:
    """Find a payment by vnp_TxnRef and vnp_TransactionDate, or a refund by vnp_RefundRequestId (our own)."""
    payment = Payment.objects.filter(
        txn_ref=asked.get("vnp_TxnRef", ""), created_on=asked.get("vnp_TransactionDate", "")
    ).first()
    if "vnp_RefundRequestId" in asked:
        refunds = Refund.objects.select_related("payment").filter(payment=payment)
        refund = refunds.filter(request_id=asked["vnp_RefundRequestId"]).first()
        if refund is not None:
            return _refund_object(refund)
    elif payment is not None:
        return _payment_object(payment)
    return {"vnp_ResponseCode": "91", "vnp_Message": "Transaction not found"}


def _refund(asked: Mapping[str, str], *, now: datetime) -> dict[str, str]:
    amount = asked.get("vnp_Amount", "")
    is_number = amount.isascii() and amount.isdigit() and 2 < len(amount) < 16 and amount.endswith("00")
    if not is_number or asked.get("vnp_TransactionType") not in (services.FULL, services.PART):
        return {"vnp_ResponseCode": "93", "vnp_Message": "Amount invalid"}
    if int(amount) == 0:
        return {"vnp_ResponseCode": "93", "vnp_Message": "Amount invalid"}
    if not 0 < len(asked.get("vnp_RequestId", "")) <= 32:
        return {"vnp_ResponseCode": "03", "vnp_Message": "Data format invalid"}
    try:
        refund = services.refund(
            txn_ref=asked.get("vnp_TxnRef", ""),
            request_id=asked["vnp_RequestId"],
            type=asked["vnp_TransactionType"],
            amount_vnd=int(amount) // 100,
            now=now,
        )
    except RefundRefused as error:
        return {"vnp_ResponseCode": error.code, "vnp_Message": str(error)}
    return _refund_object(refund)


def _statement(asked: Mapping[str, str]) -> dict[str, str]:
    try:
        midnight = datetime.strptime(asked.get("vnp_Day", ""), "%Y%m%d").replace(tzinfo=services.GMT7)
    except ValueError:
        return {"vnp_ResponseCode": "03", "vnp_Message": "Data format invalid"}
    end = midnight + timedelta(days=1)
    paid = Payment.objects.filter(state=Payment.State.PAID, ended_at__gte=midnight, ended_at__lt=end)
    back = Refund.objects.select_related("payment").filter(made_at__gte=midnight, made_at__lt=end)
    moved = [
        (one.ended_at, _line(one.ended_at, "01", one, one.transaction_no, one.amount_vnd))
        for one in paid
        if one.ended_at
    ]
    moved += [
        (
            one.made_at,
            _line(one.made_at, one.type, one.payment, one.transaction_no, one.amount_vnd)
            | {"request_id": one.request_id},
        )
        for one in back
    ]
    # By the moment itself: the lines show whole seconds, and a refund may follow in the same.
    lines = [line for _, line in sorted(moved, key=lambda one: one[0])]
    return {"vnp_ResponseCode": "00", "vnp_Message": "Success", "vnp_Lines": json.dumps(lines)}


def _line(moved_at: datetime, type: str, payment: Payment, number: str, amount_vnd: int) -> dict[str, str]:
    return {
        "type": type,
        "txn_ref": payment.txn_ref,
        "request_id": "",
        "transaction_no": number,
        "amount": str(amount_vnd * 100),
        "moved_at": write_moment(moved_at),
    }


def _payment_object(payment: Payment) -> dict[str, str]:
    status = {Payment.State.OPEN: "01", Payment.State.PAID: "00", Payment.State.FAILED: "02"}
    return _object(payment, "01", status[Payment.State(payment.state)], payment.amount_vnd) | {
        "vnp_TransactionNo": payment.transaction_no,
        "vnp_PayDate": write_moment(payment.ended_at) if payment.ended_at else "",
        # Our own: VNPAY tells why a payment failed by IPN only.
        "vnp_FailureCode": payment.response_code if payment.state == Payment.State.FAILED else "",
    }


def _refund_object(refund: Refund) -> dict[str, str]:
    return _object(refund.payment, refund.type, "00", refund.amount_vnd) | {
        "vnp_TransactionNo": refund.transaction_no,
        "vnp_PayDate": write_moment(refund.made_at),
    }


def _object(payment: Payment, type: str, status: str, amount_vnd: int) -> dict[str, str]:
    return {
        "vnp_ResponseCode": "00",
        "vnp_Message": "Success",
        "vnp_TxnRef": payment.txn_ref,
        "vnp_Amount": str(amount_vnd * 100),
        "vnp_BankCode": payment.bank_code,
        "vnp_TransactionType": type,
        "vnp_TransactionStatus": status,
        "vnp_OrderInfo": payment.order_info,
    }


def _signed(command: str, asked: Mapping[str, str], said: Mapping[str, str]) -> HttpResponse:
    answer: dict[str, Any] = {
        "vnp_ResponseId": uuid.uuid4().hex,
        "vnp_Command": command,
        "vnp_TmnCode": asked.get("vnp_TmnCode", "")[:20],
    } | dict(said)
    fields: Sequence[str] = ANSWERED[command]
    answer[signing.HASH] = signing.sign_values(answer.get(name, "") for name in fields)
    return JsonResponse(answer)
