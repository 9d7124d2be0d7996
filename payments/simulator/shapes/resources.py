"""Mandates, links, codes, quotations, batches and bills as GSMA's objects."""

from typing import Any

from payments.simulator.amounts import CURRENCY, write_amount
from payments.simulator.models import (
    AuthorisationCode,
    Batch,
    BatchItem,
    Bill,
    BillCompany,
    BillPayment,
    Link,
    Mandate,
    Quotation,
)
from payments.simulator.models.resources import Resource
from payments.simulator.shapes import given, moment


def mandate_object(mandate: Mandate) -> dict[str, Any]:
    """Return a responseDebitMandate."""
    status = "active" if mandate.is_active else "inactive"
    return {"mandateReference": mandate.reference, "mandateStatus": status} | _rest(mandate)


def link_object(link: Link) -> dict[str, Any]:
    """Return a responseLink."""
    status = "active" if link.is_active else "inactive"
    return {"linkReference": link.reference, "mode": link.mode, "status": status} | _rest(link)


def code_object(code: AuthorisationCode) -> dict[str, Any]:
    """Return a responseAuthorisationCode."""
    return {"authorisationCode": code.reference, "codeState": code.state} | _rest(code)


def quotation_object(quotation: Quotation) -> dict[str, Any]:
    """Return a responseQuotation. Transfers in the country cost nothing and change no currency."""
    amount = write_amount(quotation.amount_vnd)
    quote = {
        "quoteId": f"{quotation.reference}-1",
        "sendingAmount": amount,
        "sendingCurrency": CURRENCY,
        "receivingAmount": amount,
        "receivingCurrency": CURRENCY,
        "quoteExpiryTime": moment(quotation.expires_at),
    }
    return {
        "quotationReference": quotation.reference,
        "quotationStatus": "completed",
        "quotes": [quote],
    } | _rest(quotation)


def batch_object(batch: Batch) -> dict[str, Any]:
    """Return a responseBatchTransaction. Cost: two queries."""
    done = batch.items.filter(transaction__isnull=False).count()
    rejected = batch.items.exclude(rejection="").count()
    # GSMA's file asks for both dates always: until they are known, the last thing that happened.
    approved_at = batch.approved_at or batch.created_at
    return {
        "batchId": batch.reference,
        "batchStatus": batch.status,
        "approvalDate": moment(approved_at),
        "completionDate": moment(batch.completed_at or approved_at),
        "processingFlag": batch.status == Batch.Status.APPROVED,
        "completedCount": done,
        "rejectionCount": rejected,
        "parsingSuccessCount": batch.items.count() - rejected,
    } | _rest(batch)


def completion_object(item: BatchItem) -> dict[str, Any]:
    """Return a responseBatchTransactionCompletion. Needs the transaction at hand."""
    assert item.transaction, item
    assert item.ended_at, item
    return {
        "transactionReference": item.transaction.reference,
        "creditParty": item.transaction.credit_party,
        "debitParty": item.transaction.debit_party,
        "completionDate": moment(item.ended_at),
        "link": f"/transactions/{item.transaction.reference}",
    } | given({"requestingOrganisationTransactionReference": item.transaction.merchant_reference})


def rejection_object(item: BatchItem) -> dict[str, Any]:
    """Return a responseBatchTransactionRejection."""
    assert item.ended_at, item
    reference = "requestingOrganisationTransactionReference"
    return {
        "creditParty": item.body["creditParty"],
        "debitParty": item.body["debitParty"],
        "rejectionReason": item.rejection,
        "rejectionDate": moment(item.ended_at),
    } | given({reference: item.body.get(reference, "")})


def company_object(company: BillCompany) -> dict[str, Any]:
    """Return a responseBillCompanies. Needs the merchant at hand."""
    return {
        "serviceProvider": company.merchant.identifier,
        "serviceProviderType": company.kind,
        "companyName": company.merchant.name,
    }


def bill_object(bill: Bill) -> dict[str, Any]:
    """Return a responseBills. Of a bill that is paid nothing is due, which GSMA writes as 0."""
    status = "partialpaid" if bill.paid_vnd else "unpaid"
    return {
        "billReference": bill.reference,
        "billStatus": status if bill.left_vnd else "paid",
        "amountDue": write_amount(bill.left_vnd),
        "minimumAmountDue": write_amount(min(bill.least_vnd, bill.left_vnd)),
        "currency": CURRENCY,
        "dueDate": bill.due_on.isoformat(),
        "creationDate": moment(bill.created_at),
    } | given({"billdescription": bill.description})


def bill_payment_object(payment: BillPayment) -> dict[str, Any]:
    """Return a responseBillPayment. Needs the transaction at hand."""
    paid = payment.transaction
    amount = write_amount(paid.amount_vnd)
    return payment.details | {
        "serviceProviderPaymentReference": payment.details.get(
            "serviceProviderPaymentReference", paid.reference
        ),
        "billPaymentStatus": paid.status,
        "amountPaid": amount,
        "paidAmount": amount,
        "currency": CURRENCY,
        "creationDate": moment(paid.created_at),
        "modificationDate": moment(paid.ended_at or paid.created_at),
    }


def _rest(resource: Resource) -> dict[str, Any]:
    dates = {"creationDate": resource.created_at, "modificationDate": resource.modified_at}
    return resource.details | {name: moment(value) for name, value in dates.items()}
