"""Everything that writes to the gateway. Amounts are whole đồng."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from django.conf import settings
from django.db import IntegrityError, transaction

from payments.simulator.callbacks import REORDER_PAUSE
from payments.simulator.faults import Draw
from payments.simulator.vnpay import signing
from payments.simulator.vnpay.models import Ipn, Payment, Refund

GMT7 = timezone(timedelta(hours=7))
# The payer has a quarter of an hour if the merchant does not say.
PAY_WITHIN = timedelta(minutes=15)
BANK_CODE = "NCB"
# What VNPAY takes at once: from 5,000 to below 1,000,000,000 đồng.
AMOUNT_VND_MIN, AMOUNT_VND_MAX = 5_000, 999_999_999
PAID, EXPIRED, CANCELLED, NO_MONEY = "00", "11", "24", "51"
FULL, PART = "02", "03"
EXPIRED_PER_ROUND = 50
NO_FAULTS = Draw()


class BadAddress(Exception):
    """The address the payer came by is not one that can be paid. The message is for the payer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class RefundRefused(Exception):
    """No money went back. ``code`` is VNPAY's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Order:
    """What a signed address asks for."""

    txn_ref: str
    amount_vnd: int
    order_info: str
    locale: str
    return_url: str
    created_on: str
    expires_at: datetime


def read_order(given: Mapping[str, str]) -> Order:
    """Return what the parameters of an address ask for. Raises BadAddress."""
    if not signing.is_signed(given):
        raise BadAddress("70", "Sai chữ ký: địa chỉ thanh toán đã bị thay đổi.")
    if given.get("vnp_TmnCode") != settings.SANDBOX_VNPAY["tmn_code"]:
        raise BadAddress("01", "Không có cửa hàng này.")
    amount, txn_ref = given.get("vnp_Amount", ""), given.get("vnp_TxnRef", "")
    is_number = amount.isascii() and amount.isdigit() and len(amount) < 16
    if not is_number or int(amount) % 100 or given.get("vnp_CurrCode") != "VND":
        raise BadAddress("03", "Số tiền không hợp lệ.")
    if not AMOUNT_VND_MIN <= int(amount) // 100 <= AMOUNT_VND_MAX:
        raise BadAddress("03", "Số tiền phải từ 5.000 đến dưới 1 tỷ đồng.")
    if not 0 < len(txn_ref) <= 100 or not txn_ref.isalnum():
        raise BadAddress("03", "Mã giao dịch của cửa hàng không hợp lệ.")
    created_at = read_moment(given.get("vnp_CreateDate", ""))
    expires_at = created_at + PAY_WITHIN
    if given.get("vnp_ExpireDate"):
        expires_at = read_moment(given["vnp_ExpireDate"])
    return Order(
        txn_ref=txn_ref,
        amount_vnd=int(amount) // 100,
        order_info=given.get("vnp_OrderInfo", "")[:255],
        locale=given.get("vnp_Locale", "vn")[:5],
        return_url=given.get("vnp_ReturnUrl", "")[:500],
        created_on=given["vnp_CreateDate"],
        expires_at=expires_at,
    )


def open_payment(order: Order, *, now: datetime) -> Payment:
    """Return the payment of a signed address, begun when it is opened first.

    Raises BadAddress if its time is over and nobody came before, or if the merchant used the vnp_TxnRef for
    something else.
    """
    payment = Payment.objects.filter(txn_ref=order.txn_ref).first()
    if payment is None:
        if now >= order.expires_at:
            raise BadAddress("15", "Giao dịch đã quá thời gian thanh toán.")
        payment, _ = Payment.objects.get_or_create(
            txn_ref=order.txn_ref,
            defaults={
                "amount_vnd": order.amount_vnd,
                "order_info": order.order_info,
                "locale": order.locale,
                "return_url": order.return_url,
                "created_on": order.created_on,
                "expires_at": order.expires_at,
                "transaction_no": _number(),
                "opened_at": now,
            },
        )
    if (payment.amount_vnd, payment.created_on) != (order.amount_vnd, order.created_on):
        raise BadAddress("02", "Mã giao dịch này đã được dùng cho đơn hàng khác.")
    return payment


@transaction.atomic
def answer(*, txn_ref: str, code: str, now: datetime, draw: Draw = NO_FAULTS) -> Payment:
    """End an open payment as its payer chose: paid, cancelled, or refused for want of money.

    One that has ended stays as it is; one whose time is over expires. The merchant is told.
    """
    assert code in (PAID, CANCELLED, NO_MONEY), code
    payment = Payment.objects.select_for_update().get(txn_ref=txn_ref)
    if payment.state == Payment.State.OPEN:
        _end(payment, EXPIRED if now >= payment.expires_at else code, now=now, draw=draw)
    return payment


def expire_due(*, now: datetime) -> int:
    """End what was opened and not paid in time, tell the merchant, and return how many there were."""
    with transaction.atomic():
        due = Payment.objects.select_for_update(skip_locked=True).filter(
            state=Payment.State.OPEN, expires_at__lte=now
        )
        payments = list(due.order_by("expires_at", "pk")[:EXPIRED_PER_ROUND])
        for payment in payments:
            _end(payment, EXPIRED, now=now, draw=NO_FAULTS)
    return len(payments)


@transaction.atomic
def refund(*, txn_ref: str, request_id: str, type: str, amount_vnd: int, now: datetime) -> Refund:
    """Give money back once per ``request_id``. Raises RefundRefused, also if others do so at the moment."""
    payment = Payment.objects.select_for_update().filter(txn_ref=txn_ref).first()
    if payment is None:
        raise RefundRefused("91", "Transaction not found")
    if Refund.objects.filter(request_id=request_id).exists():
        raise RefundRefused("94", "Duplicate request")
    if payment.state != Payment.State.PAID:
        raise RefundRefused("95", "The payment was not made")
    left_vnd = payment.amount_vnd - payment.refunded_vnd
    if type == FULL and amount_vnd != payment.amount_vnd:
        raise RefundRefused("93", "A full refund is of all that was paid")
    if type == FULL and payment.refunded_vnd:
        raise RefundRefused("04", "A part was refunded: no full refund any more")
    if amount_vnd > left_vnd:
        raise RefundRefused("02", "The refunds would be more than the payment")
    payment.refunded_vnd += amount_vnd
    payment.save(update_fields=["refunded_vnd"])
    try:
        with transaction.atomic():
            return Refund.objects.create(
                payment=payment,
                request_id=request_id,
                type=type,
                amount_vnd=amount_vnd,
                transaction_no=_number(),
                made_at=now,
            )
    except IntegrityError as error:
        # The same id for another payment, at the same moment.
        raise RefundRefused("94", "Duplicate request") from error


def outcome(payment: Payment) -> dict[str, str]:
    """Return what the merchant is told of a payment that has ended, unsigned: by its address and by IPN."""
    assert payment.ended_at, payment.txn_ref
    is_paid = payment.state == Payment.State.PAID
    return {
        "vnp_Amount": str(payment.amount_vnd * 100),
        "vnp_BankCode": payment.bank_code,
        "vnp_BankTranNo": f"VNP{payment.transaction_no}" if is_paid else "",
        "vnp_CardType": "ATM",
        "vnp_OrderInfo": payment.order_info,
        "vnp_PayDate": write_moment(payment.ended_at),
        "vnp_ResponseCode": payment.response_code,
        "vnp_TmnCode": settings.SANDBOX_VNPAY["tmn_code"],
        "vnp_TransactionNo": payment.transaction_no,
        "vnp_TransactionStatus": "00" if is_paid else "02",
        "vnp_TxnRef": payment.txn_ref,
    }


def read_moment(text: str) -> datetime:
    """Return a moment as VNPAY writes it, in GMT+7. Raises BadAddress."""
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=GMT7)
    except ValueError as error:
        raise BadAddress("03", "Thời gian trong địa chỉ không hợp lệ.") from error


def write_moment(moment: datetime) -> str:
    return f"{moment.astimezone(GMT7):%Y%m%d%H%M%S}"


def _end(payment: Payment, code: str, *, now: datetime, draw: Draw) -> None:
    payment.state = Payment.State.PAID if code == PAID else Payment.State.FAILED
    payment.response_code, payment.bank_code, payment.ended_at = code, BANK_CODE, now
    payment.save(update_fields=["state", "response_code", "bank_code", "ended_at"])
    query = outcome(payment)
    if draw.happens("wrong_amount"):
        query["vnp_Amount"] = str((payment.amount_vnd + 1) * 100)
    due_at = now + timedelta(seconds=draw.seconds("delay_callbacks_s"))
    due_at += REORDER_PAUSE if draw.happens("reorder") else timedelta(0)
    is_dropped = draw.happens("drop_callbacks") or draw.happens("debit_then_timeout")
    for _ in range(2 if draw.happens("duplicate_callbacks") else 1):
        Ipn.objects.create(
            payment=payment,
            url=settings.SANDBOX_VNPAY["ipn_url"],
            query=query,
            created_at=now,
            next_try_at=None if is_dropped else due_at,
            last_answer="dropped by the plan of faults" if is_dropped else "",
        )


def _number() -> str:
    return str(10_000_000_000 + secrets.randbelow(90_000_000_000))
