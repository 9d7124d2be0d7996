"""GSMA's transactions: asking for money, giving it back, looking at both."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from payments.simulator import faults, selectors, services
from payments.simulator.api.endpoint import Endpoint, answer
from payments.simulator.api.reading import (
    Body,
    check_own,
    read_correlation_id,
    read_msisdn,
    read_payer,
    read_request,
)
from payments.simulator.errors import (
    DuplicateRequest,
    InternalError,
    MalformedValue,
    MandatoryValueMissing,
    NotIdentified,
    ServiceUnavailable,
    TransactionTypeNotOffered,
)
from payments.simulator.models import Merchant, Transaction
from payments.simulator.moments import read_moment
from payments.simulator.shapes import request_state_object, transaction_object

PROMPT_LIFE = timedelta(minutes=10)
PROMPT_LIFE_MAX = timedelta(days=1)
# GSMA's own list; _READERS below has those that this operator offers.
TYPES = (
    "billpay", "deposit", "disbursement", "transfer", "merchantpay", "inttransfer", "adjustment", "reversal",
    "withdrawal",
)  # fmt: skip


class TransactionCreation(Endpoint):
    """POST: a new transaction of one type. Always asynchronous: 202 now, the outcome later."""

    def post(self, request: HttpRequest, transaction_type: str) -> HttpResponse:
        if transaction_type not in TYPES:
            raise MalformedValue("transactionType", wanted=f"one of {', '.join(TYPES)}")
        if transaction_type not in _READERS:
            raise TransactionTypeNotOffered(transaction_type)
        # First of all: a repeat is told so, even if what it says could no longer be accepted today.
        correlation_id = read_correlation_id(request)
        if selectors.is_used(merchant=self.merchant, correlation_id=correlation_id):
            raise DuplicateRequest(str(correlation_id))
        carry_out = _READERS[transaction_type](request, self.merchant, timezone.now())
        draw = faults.draw_next(self.merchant.operator)
        if draw.happens("error_before_commit"):
            raise InternalError("The plan of faults: nothing was written. Send the same request again.")
        asked = carry_out(draw)
        if draw.happens("error_after_commit"):
            raise InternalError("The plan of faults: the request was carried out all the same.")
        if draw.happens("debit_then_timeout"):
            connection.close()  # the pool must not run dry while callers wait
            time.sleep(draw.seconds("answer_delay_s"))
            raise ServiceUnavailable("The plan of faults: this answer came too late.")
        return answer(request_state_object(asked), status=202)


class TransactionDetail(Endpoint):
    """GET: one transaction of the caller's, by its reference."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        transactions = Transaction.objects.select_related("merchant", "wallet", "original")
        found = transactions.filter(merchant=self.merchant, reference=reference).first()
        if found is None:
            raise NotIdentified("You have no transaction of this reference.")
        return answer(transaction_object(found))


CarryOut = Callable[[faults.Draw], Transaction]


def _read_payment(http: HttpRequest, merchant: Merchant, now: datetime) -> CarryOut:
    """Check a payee-initiated merchantpay; return what carries it out."""
    body = Body(http)
    request = read_request(http, body, merchant=merchant)
    credit = body.party("creditParty")
    if not credit:
        raise MandatoryValueMissing("creditParty")
    check_own(credit, merchant=merchant, name="creditParty")
    wallet = read_payer(body.party("debitParty"), merchant=merchant, name="debitParty")
    expires_at = _read_expiry(request.metadata, now=now)

    def carry_out(draw: faults.Draw) -> Transaction:
        return services.request_payment(
            request=replace(request, fault_number=draw.number),
            wallet=wallet,
            expires_at=expires_at + timedelta(seconds=draw.seconds("prompt_extra_s")),
            now=now,
        )

    return carry_out


def _read_refund(http: HttpRequest, merchant: Merchant, now: datetime) -> CarryOut:
    """Check an adjustment that gives back (a part of) a payment; return what carries it out."""
    body = Body(http)
    request = read_request(http, body, merchant=merchant)
    original_reference = body.text("originalTransactionReference")
    if not original_reference:
        raise MandatoryValueMissing("originalTransactionReference")
    debit, credit = body.party("debitParty"), body.party("creditParty")
    if not debit and not credit:
        raise MandatoryValueMissing("debitParty or creditParty")
    check_own(debit, merchant=merchant, name="debitParty")
    payer = read_msisdn(credit, name="creditParty") if credit else ""

    def carry_out(draw: faults.Draw) -> Transaction:
        return services.request_refund(
            request=replace(request, fault_number=draw.number),
            original_reference=original_reference,
            payer=payer,
            now=now,
        )

    return carry_out


_READERS: dict[str, Callable[[HttpRequest, Merchant, datetime], CarryOut]] = {
    "merchantpay": _read_payment,
    "adjustment": _read_refund,
}


def _read_expiry(metadata: list[dict[str, str]], *, now: datetime) -> datetime:
    """Return until when the payer may answer: the caller's expiresAt, else PROMPT_LIFE from now."""
    asked = {pair["key"]: pair["value"] for pair in metadata}.get("expiresAt")
    if asked is None:
        return now + PROMPT_LIFE
    expires_at = read_moment(asked, name="expiresAt")
    if not now < expires_at <= now + PROMPT_LIFE_MAX:
        raise MalformedValue("expiresAt", wanted="a moment within the next 24 hours")
    return expires_at
