"""Bills and paying them, in full or in parts, with or without a bill at hand."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from payments.simulator import transfers, wallets
from payments.simulator.errors import IncorrectState, NotIdentified, PaidTooLittle, PaidTooMuch
from payments.simulator.models import Bill, BillCompany, BillPayment, Merchant, Transaction
from payments.simulator.operators import BILL_COMPANIES
from payments.simulator.parties import Party, of_merchant
from payments.simulator.records import Request, new_reference


def open_companies(operator: str) -> None:
    """Open the accounts of the companies that send bills at ``operator``. May be run again."""
    for identifier, name, kind in BILL_COMPANIES:
        merchant = wallets.open_merchant(operator=operator, identifier=identifier, name=name)
        BillCompany.objects.update_or_create(merchant=merchant, defaults={"kind": kind})


def companies_of(operator: str) -> QuerySet[BillCompany]:
    return (
        BillCompany.objects.filter(merchant__operator=operator)
        .select_related("merchant")
        .order_by("merchant__identifier")
    )


def find_company(*, operator: str, identifier: str) -> BillCompany:
    found = companies_of(operator).filter(merchant__identifier=identifier).first()
    if found is None:
        raise NotIdentified("No company of this serviceProvider sends bills here.")
    return found


def send_bill(
    *, company: BillCompany, payer: Party, amount_vnd: int, least_vnd: int, due_on: date, now: datetime
) -> Bill:
    """Send ``payer`` a bill over ``amount_vnd``, to be paid in parts of ``least_vnd`` or more."""
    return Bill.objects.create(
        company=company,
        account=payer.account,
        reference=new_reference("BIL", now=now),
        description=company.merchant.name,
        amount_vnd=amount_vnd,
        least_vnd=least_vnd,
        due_on=due_on,
        created_at=now,
    )


@transaction.atomic
def pay(
    *, request: Request, payer: Party, bill_reference: str, details: dict[str, Any], now: datetime
) -> BillPayment:
    """Pay all or a part of a bill from the account of ``payer``, who need not be who owes it.

    Raises NotIdentified, IncorrectState if it is paid already, PaidTooMuch, PaidTooLittle for a part below
    the least or a fullpayment that is none, and what transfers.carry_out() raises.
    """
    bills = Bill.objects.select_for_update(of=("self",)).select_related("company__merchant")
    bill = bills.filter(
        company__merchant__operator=request.merchant.operator, reference=bill_reference
    ).first()
    if bill is None:
        raise NotIdentified("There is no bill of this reference.")
    if bill.left_vnd == 0:
        raise IncorrectState(f"Bill {bill.reference} is paid already.")
    if request.amount_vnd > bill.left_vnd:
        raise PaidTooMuch(f"Bill {bill.reference}: only {bill.left_vnd:,} VND are due.")
    is_full = details.get("paymentType") == "fullpayment"
    least_vnd = bill.left_vnd if is_full else min(bill.least_vnd, bill.left_vnd)
    if request.amount_vnd < least_vnd:
        raise PaidTooLittle(f"Bill {bill.reference}: at least {least_vnd:,} VND must be paid.")
    payment = _pay(request, company=bill.company, payer=payer, bill=bill, details=details, now=now)
    bill.paid_vnd += request.amount_vnd
    bill.save(update_fields=["paid_vnd"])
    return payment


@transaction.atomic
def pay_without_bill(
    *, request: Request, payer: Party, company: BillCompany, details: dict[str, Any], now: datetime
) -> BillPayment:
    """Pay ``company`` an amount the payer chose, for the customer it knows by customerReference."""
    return _pay(request, company=company, payer=payer, bill=None, details=details, now=now)


def payments(*, merchant: Merchant) -> QuerySet[BillPayment]:
    """Return the payments of bills at the operator of ``merchant``, the newest first."""
    return (
        BillPayment.objects.filter(transaction__merchant__operator=merchant.operator)
        .select_related("transaction")
        .order_by("-transaction__created_at", "-id")
    )


def _pay(
    request: Request,
    *,
    company: BillCompany,
    payer: Party,
    bill: Bill | None,
    details: dict[str, Any],
    now: datetime,
) -> BillPayment:
    paid = transfers.carry_out(
        request=request,
        type=Transaction.Type.BILL_PAY,
        debit=payer,
        credit=of_merchant(company.merchant),
        now=now,
    )
    return BillPayment.objects.create(company=company, bill=bill, transaction=paid, details=details)
