"""GSMA's batches of transactions."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from payments.simulator import batches, calls, faults, parties, selectors, transfers
from payments.simulator.amounts import read_amount
from payments.simulator.api import fields
from payments.simulator.api.credentials import needs_checker
from payments.simulator.api.endpoint import Endpoint, answer, change
from payments.simulator.api.faulty import answer_through
from payments.simulator.api.paging import between, page
from payments.simulator.api.reading import Body, read_asked, read_correlation_id, read_patches
from payments.simulator.calls import Asked, Made
from payments.simulator.errors import DuplicateRequest, TransactionTypeNotOffered
from payments.simulator.models import BatchItem, Transaction
from payments.simulator.moments import read_moment
from payments.simulator.records import Request
from payments.simulator.shapes import call_state_object
from payments.simulator.shapes.resources import batch_object, completion_object, rejection_object

ITEMS_MAX = 10_000
# What GSMA's file asks of each; whether it can be carried out is found out one by one.
ITEM: fields.Fields = {
    "creditParty": fields.required(fields.PARTY),
    "debitParty": fields.required(fields.PARTY),
    "type": fields.required(fields.choice(*fields.TYPES)),
    "amount": fields.required(fields.text(longest=23, shortest=1)),
    "currency": fields.required(fields.text(longest=3, shortest=3)),
    "requestingOrganisationTransactionReference": fields.SHORT,
    "originalTransactionReference": fields.SHORT,
    "descriptionText": fields.text(longest=160),
    "subType": fields.SHORT,
    "metadata": fields.PAIRS,
    "requestDate": fields.moment,
    **fields.TRANSACTION_EXTRAS,
}
BATCH: fields.Fields = {
    "batchStatus": fields.choice("created", "approved", "completed"),
    "transactions": fields.required(fields.items(ITEM, least=1, most=ITEMS_MAX)),
    "batchTitle": fields.SHORT,
    "batchdescription": fields.SHORT,
    "scheduledStartDate": fields.moment,
    **fields.EXTRAS,
}
OFFERED = ("billpay", "deposit", "disbursement", "transfer", "merchantpay", "withdrawal")


class Batches(Endpoint):
    """POST: a new batch. Always 202; nothing moves before it is approved."""

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        correlation_id = read_correlation_id(request)
        if selectors.is_used(merchant=self.merchant, correlation_id=correlation_id):
            raise DuplicateRequest(str(correlation_id))
        said = Body(request).read(BATCH)
        bodies = said.pop("transactions")
        said.pop("batchStatus", None)
        starts = said.get("scheduledStartDate")
        starts_at = read_moment(starts, name="scheduledStartDate") if starts else None

        def work() -> Made:
            batch = batches.create(
                merchant=self.merchant,
                user=self.user,
                bodies=bodies,
                starts_at=starts_at,
                details=said,
                now=now,
            )
            return Made(batch.reference, batches.link_of(batch), batch_object(batch))

        url = read_asked(request, merchant=self.merchant).callback_url

        def write_down(draw: faults.Draw) -> HttpResponse:
            asked = Asked(self.merchant, correlation_id, url, fault_number=draw.number)
            call, _ = calls.create(asked=asked, work=work, now=now)
            return answer(call_state_object(call, status="pending"), status=202)

        return answer_through(self.merchant, write_down, now=now)


class BatchDetail(Endpoint):
    """GET: how far a batch is. PATCH batchStatus: approve it."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return answer(batch_object(batches.find(merchant=self.merchant, reference=reference)))

    def patch(self, request: HttpRequest, reference: str) -> HttpResponse:
        now = timezone.now()
        asked = read_asked(request, merchant=self.merchant)
        paths = {"/batchStatus": fields.choice("created", "approved", "completed")}
        changes = read_patches(request, paths)

        def work() -> Made:
            batch = batches.set_status(
                merchant=self.merchant,
                user=self.user,
                needs_checker=needs_checker(self.merchant),
                reference=reference,
                status=changes["/batchStatus"],
                now=now,
            )
            return Made(reference, batches.link_of(batch), {})

        return change(asked, work, now=now)


class Completions(Endpoint):
    """GET: the transactions of a batch that were carried out, in its order."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        batch = batches.find(merchant=self.merchant, reference=reference)
        rows = batch.items.filter(transaction__isnull=False).select_related("transaction")
        return page(request, between(request, rows.order_by("number"), field="ended_at"), completion_object)


class Rejections(Endpoint):
    """GET: the transactions of a batch that were refused, in its order, with the reasons."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        batch = batches.find(merchant=self.merchant, reference=reference)
        rows = batch.items.exclude(rejection="").order_by("number")
        return page(request, between(request, rows, field="ended_at"), rejection_object)


def carry_out(item: BatchItem, correlation_id: uuid.UUID, now: datetime) -> Transaction:
    """Carry out one transaction of a batch. Raises GsmaError if it is refused."""
    body, merchant = item.body, item.batch.merchant
    if body["type"] not in OFFERED:
        raise TransactionTypeNotOffered(body["type"])
    details: dict[str, Any] = {name: body[name] for name in fields.TRANSACTION_EXTRAS if name in body}
    request = Request(
        merchant=merchant,
        correlation_id=correlation_id,
        amount_vnd=read_amount(body["amount"], body["currency"]),
        merchant_reference=body.get("requestingOrganisationTransactionReference", ""),
        description=body.get("descriptionText", ""),
        sub_type=body.get("subType", ""),
        metadata=body.get("metadata", []),
        details=details,
    )
    debit, credit = (
        parties.find(operator=merchant.operator, identifiers=body[name], name=name)
        for name in ("debitParty", "creditParty")
    )
    return transfers.carry_out(
        request=request,
        type=Transaction.Type(body["type"]),
        debit=debit,
        credit=credit,
        code=details.get("oneTimeCode", ""),
        now=now,
    )
