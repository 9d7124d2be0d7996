"""GSMA's transactions: asking for money, moving it, giving it back, looking at all of them."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from payments.simulator import faults, selectors, transfers
from payments.simulator.api import fields
from payments.simulator.api.credentials import answers_later
from payments.simulator.api.endpoint import Endpoint, answer, change
from payments.simulator.api.faulty import answer_through
from payments.simulator.api.orders import READERS
from payments.simulator.api.reading import (
    Body,
    read_asked,
    read_correlation_id,
    read_patches,
    read_request,
)
from payments.simulator.calls import Made
from payments.simulator.errors import (
    DuplicateRequest,
    MalformedValue,
    MandatoryValueMissing,
    NotIdentified,
    TransactionTypeNotOffered,
)
from payments.simulator.models import Transaction
from payments.simulator.shapes import request_state_object, transaction_object

# What the guides call the ends of a transaction, and what this operator does.
ENDS = {
    "completed": "completed", "confirmed": "completed",
    "failed": "failed", "cancelled": "failed", "rejected": "failed",
}  # fmt: skip


class TransactionCreation(Endpoint):
    """POST: a new transaction, of the type in the path or else in the body.

    201 with the transaction if it is done, 202 if somebody must answer first or a callback was asked for.
    """

    def post(self, request: HttpRequest, transaction_type: str = "") -> HttpResponse:
        wanted = transaction_type or _type_in_body(request)
        if wanted not in fields.TYPES:
            raise MalformedValue(
                "transactionType" if transaction_type else "type", wanted=f"one of {', '.join(fields.TYPES)}"
            )
        if wanted not in READERS:
            raise TransactionTypeNotOffered(wanted)
        # First of all: a repeat is told so, even if what it says could no longer be accepted today.
        correlation_id = read_correlation_id(request)
        if selectors.is_used(merchant=self.merchant, correlation_id=correlation_id):
            raise DuplicateRequest(str(correlation_id))
        now = timezone.now()
        carry_out = READERS[wanted](request, self.merchant, now)
        return answer_through(self.merchant, lambda draw: answer_created(carry_out(draw)), now=now)


class TransactionDetail(Endpoint):
    """GET: one transaction of the caller's. PATCH: confirm or give up one that is pending."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        transactions = Transaction.objects.select_related("merchant", "wallet", "original")
        found = transactions.filter(merchant=self.merchant, reference=reference).first()
        if found is None:
            raise NotIdentified("You have no transaction of this reference.")
        return answer(transaction_object(found))

    def patch(self, request: HttpRequest, reference: str) -> HttpResponse:
        now = timezone.now()
        asked = read_asked(request, merchant=self.merchant)
        changes = read_patches(request, {"/transactionStatus": fields.choice(*ENDS)})

        def work() -> Made:
            confirmed = transfers.confirm(
                merchant=self.merchant,
                reference=reference,
                status=ENDS[changes["/transactionStatus"]],
                now=now,
            )
            return Made(confirmed.reference, f"/transactions/{confirmed.reference}", {})

        return change(asked, work, now=now)


class Reversals(Endpoint):
    """POST: give back all of a transaction as a reversal, or any part of it as an adjustment."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        now = timezone.now()
        correlation_id = read_correlation_id(request)
        if selectors.is_used(merchant=self.merchant, correlation_id=correlation_id):
            raise DuplicateRequest(str(correlation_id))
        body = Body(request)
        said = body.read(
            {
                "type": fields.required(fields.choice("adjustment", "reversal")),
                "amount": fields.amount,
                "currency": fields.currency,
                "debitParty": fields.PARTY,
                "creditParty": fields.PARTY,
            }
        )
        amount_vnd = int(said["amount"]) if "amount" in said else None
        asked = read_request(request, body, merchant=self.merchant, amount_vnd=amount_vnd or 0)

        def take_back(draw: faults.Draw) -> HttpResponse:
            given_back = transfers.take_back(
                request=replace(asked, fault_number=draw.number),
                type=Transaction.Type(said["type"]),
                original_reference=reference,
                amount_vnd=amount_vnd,
                now=now,
            )
            return answer_created(given_back)

        return answer_through(self.merchant, take_back, now=now)


def answer_created(asked: Transaction) -> HttpResponse:
    """Return 201 with a transaction that is done and nobody is called back for, else 202."""
    is_told_later = asked.callback_url or answers_later(asked.merchant)
    if asked.status == Transaction.Status.COMPLETED and not is_told_later:
        return answer(transaction_object(asked), status=201)
    state = request_state_object(asked)
    state.pop("error", None)  # to be told by the callback
    return answer(state | {"status": "pending"}, status=202)


def _type_in_body(request: HttpRequest) -> str:
    wanted = Body(request).get("type")
    if wanted is None:
        raise MandatoryValueMissing("type")
    return wanted if isinstance(wanted, str) else ""
