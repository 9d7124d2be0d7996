"""GSMA's bills: who sends them, what is due, paying it."""

import uuid
from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from payments.simulator import bills, parties
from payments.simulator.api import fields
from payments.simulator.api.account import AccountEndpoint
from payments.simulator.api.endpoint import Endpoint, answer, create
from payments.simulator.api.paging import between, page
from payments.simulator.api.reading import Body, read_asked, read_correlation_id
from payments.simulator.calls import Made
from payments.simulator.errors import MandatoryValueMissing, NotIdentified
from payments.simulator.models import Bill, BillPayment, Merchant
from payments.simulator.parties import SERVICE_PROVIDER, Party
from payments.simulator.records import Request
from payments.simulator.shapes.resources import bill_object, bill_payment_object, company_object

SUPPLEMENT: fields.Fields = {
    "paymentReferenceType": fields.required(fields.text(shortest=1)),
    "paymentReferenceValue": fields.required(fields.text(shortest=1)),
}
PAYMENT: fields.Fields = {
    "serviceProviderPaymentReference": fields.SHORT,
    "requestingOrganisationTransactionReference": fields.SHORT,
    "paymentType": fields.choice("partialpayment", "fullpayment"),
    "amountPaid": fields.required(fields.amount),
    "currency": fields.required(fields.currency),
    "customerReference": fields.SHORT,
    "requestingOrganisation": fields.SHORT,
    "requestDate": fields.moment,
    "customData": fields.PAIRS,
    "metadata": fields.PAIRS,
    "paidAmount": fields.amount,
}
PAYMENT_OF_BILL: fields.Fields = {
    **PAYMENT,
    "supplementaryBillReferenceDetails": fields.items(SUPPLEMENT, most=20),
}


class Companies(Endpoint):
    """GET: who sends bills at this operator."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return page(request, bills.companies_of(self.merchant.operator), company_object)


class CompanyDetail(Endpoint):
    """GET: one company that sends bills."""

    def get(self, request: HttpRequest, service_provider: str) -> HttpResponse:
        found = bills.find_company(operator=self.merchant.operator, identifier=service_provider)
        return answer(company_object(found))


class AccountCompanies(AccountEndpoint):
    """GET: who sent the account bills."""

    def get(self, request: HttpRequest) -> HttpResponse:
        senders = Bill.objects.filter(account=self.party.account).values("company")
        rows = bills.companies_of(self.merchant.operator).filter(pk__in=senders)
        return page(request, rows, company_object)


class AccountBills(AccountEndpoint):
    """GET: the bills of an account, the next to be due first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Bill.objects.filter(account=self.party.account).order_by("due_on", "id")
        return page(request, between(request, rows, field="created_at"), bill_object)


class BillPayments(Endpoint):
    """POST: pay a bill from the caller's own account. GET: what was paid of it."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        payer = parties.of_merchant(self.merchant)
        return _pay_bill(request, self.merchant, payer, reference, path=f"/bills/{reference}/payments")

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return _payments_of(request, self.merchant, reference, account="")


class AccountBillPayments(AccountEndpoint):
    """POST: pay a bill from this account. GET: what was paid of it."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        path = f"{self.path}/bills/{reference}/payments"
        return _pay_bill(request, self.merchant, self.party, reference, path=path)

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return _payments_of(request, self.merchant, reference, account=self.party.account)


class AccountPayments(AccountEndpoint):
    """POST: pay a company without a bill. GET: all payments to companies from this account.

    The company is the path's serviceprovider, as in ``msisdn@0399000001$serviceprovider@evn-dienbien``, or
    the pair of that key in metadata.
    """

    names_a_payee = True

    def post(self, request: HttpRequest) -> HttpResponse:
        said = Body(request).read(PAYMENT)
        pairs = {item["key"]: item["value"] for item in said.get("metadata", [])}
        wanted = self.payee or pairs.get(SERVICE_PROVIDER, "")
        if not wanted:
            raise MandatoryValueMissing(SERVICE_PROVIDER)
        company = bills.find_company(operator=self.merchant.operator, identifier=wanted)

        def pay(order: Request) -> BillPayment:
            return bills.pay_without_bill(
                request=order, payer=self.party, company=company, details=_details(said), now=timezone.now()
            )

        return _pay(request, self.merchant, said, pay, path=f"{self.path}/bills/payments")

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = bills.payments(merchant=self.merchant).filter(transaction__debit_account=self.party.account)
        rows = between(request, rows, field="transaction__created_at")
        return page(request, rows, _without_supplement)


def _pay_bill(
    request: HttpRequest, merchant: Merchant, payer: Party, reference: str, *, path: str
) -> HttpResponse:
    said = Body(request).read(PAYMENT_OF_BILL)

    def pay(order: Request) -> BillPayment:
        return bills.pay(
            request=order, payer=payer, bill_reference=reference, details=_details(said), now=timezone.now()
        )

    return _pay(request, merchant, said, pay, path=path)


def _pay(
    request: HttpRequest,
    merchant: Merchant,
    said: dict[str, str],
    pay: Callable[[Request], BillPayment],
    *,
    path: str,
) -> HttpResponse:
    asked = replace(read_asked(request, merchant=merchant), correlation_id=read_correlation_id(request))
    order = Request(
        merchant=merchant,
        # The payment answers the caller; the transaction below it has an id of its own.
        correlation_id=uuid.uuid5(uuid.NAMESPACE_OID, f"bill:{asked.correlation_id}"),
        amount_vnd=int(said["amountPaid"]),
        merchant_reference=said.get("requestingOrganisationTransactionReference", ""),
    )

    def work() -> Made:
        payment = pay(order)
        return Made(payment.transaction.reference, path, bill_payment_object(payment))

    return create(asked, work, now=timezone.now())


def _payments_of(request: HttpRequest, merchant: Merchant, reference: str, *, account: str) -> HttpResponse:
    found = Bill.objects.filter(company__merchant__operator=merchant.operator, reference=reference)
    if not found.exists():
        raise NotIdentified("There is no bill of this reference.")
    rows = bills.payments(merchant=merchant).filter(bill__reference=reference)
    if account:
        rows = rows.filter(transaction__debit_account=account)
    return page(request, between(request, rows, field="transaction__created_at"), bill_payment_object)


def _details(said: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in said.items() if name not in ("amountPaid", "paidAmount")}


def _without_supplement(payment: BillPayment) -> dict[str, str]:
    shape = bill_payment_object(payment)
    shape.pop("supplementaryBillReferenceDetails", None)
    return shape
