"""GSMA's accounts: a customer by phone number, a merchant by organisation id, and who they are."""

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from payments.simulator import customers, parties
from payments.simulator.api import fields
from payments.simulator.api.account import AccountEndpoint
from payments.simulator.api.endpoint import Endpoint, answer, change, create
from payments.simulator.api.paging import between, page
from payments.simulator.api.reading import Body, read_asked, read_patches
from payments.simulator.calls import Made
from payments.simulator.errors import MalformedValue, MerchantNotAuthorised, NotIdentified
from payments.simulator.models import MSISDN, KycStatus, Transaction, Wallet
from payments.simulator.shapes import transaction_object
from payments.simulator.shapes.accounts import (
    account_object,
    balance_object,
    name_object,
    statement_object,
    status_of,
)

IDENTITY: fields.Fields = {
    "identityKyc": fields.required(fields.thing(fields.KYC)),
    "accountRelationship": fields.required(fields.choice("accountholder")),
    "kycVerificationStatus": fields.choice(*KycStatus.values),
    "kycVerificationEntity": fields.SHORT,
    "kycLevel": fields.whole(0, 9),
    "customData": fields.PAIRS,
}
ACCOUNT: fields.Fields = {
    "accountIdentifiers": fields.PARTY,
    "identity": fields.required(fields.items(IDENTITY, least=1, most=20)),
    "accountType": fields.SHORT,
    "customData": fields.PAIRS,
    "fees": fields.items(fields.FEE, least=1, most=20),
    "registeringEntity": fields.SHORT,
    "requestDate": fields.moment,
}


def _level(name: str, value: Any) -> int:
    if value not in tuple("0123456789"):
        raise MalformedValue(name, wanted="a digit")
    return int(value)


class Accounts(Endpoint):
    """POST: open a customer's account. Other methods are meant for an account named ``individual``."""

    def post(self, request: HttpRequest, account_id: str) -> HttpResponse:
        if account_id != "individual":
            raise MalformedValue("identityType", wanted="individual")
        asked = read_asked(request, merchant=self.merchant)
        details = Body(request).read(ACCOUNT)
        identifiers = details.pop("accountIdentifiers", [])

        def work() -> Made:
            wallet = customers.open_account(
                operator=self.merchant.operator, identifiers=identifiers, details=details
            )
            party = parties.of_wallet(wallet)
            return Made(wallet.msisdn, f"/accounts/{MSISDN}/{wallet.msisdn}", account_object(party))

        return create(asked, work, now=timezone.now())

    def get(self, request: HttpRequest, account_id: str) -> HttpResponse:
        return _forward(self, request, account_id)

    patch = get


class AccountDetail(AccountEndpoint):
    """GET: who an account belongs to, its state and balance. PATCH: its state."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return answer(account_object(self.party))

    def patch(self, request: HttpRequest) -> HttpResponse:
        statuses = fields.choice("available", "unavailable", "unregistered")
        paths = {
            "/accountStatus": statuses,
            "/accountSubStatus": fields.SHORT,
            "/identityStatus": fields.SHORT,
        }
        asked = read_asked(request, merchant=self.merchant)
        changes = read_patches(request, paths)

        def work() -> Made:
            customers.change_account(wallet=_wallet(self.party), changes=changes)
            return Made(_wallet(self.party).msisdn, self.path, {})

        return change(asked, work, now=timezone.now())


class IdentityDetail(AccountEndpoint):
    """PATCH: how well the holder is known."""

    def patch(self, request: HttpRequest, identity_id: str) -> HttpResponse:
        paths = {
            "/kycVerificationStatus": fields.choice(*KycStatus.values),
            "/kycVerificationEntity": fields.SHORT,
            "/kycLevel": _level,
            "/identityStatus": fields.SHORT,
        }
        asked = read_asked(request, merchant=self.merchant)
        changes = read_patches(request, paths)

        def work() -> Made:
            wallet = _wallet(self.party)
            customers.change_identity(wallet=wallet, identity_id=identity_id, changes=changes)
            return Made(identity_id, self.path, {})

        return change(asked, work, now=timezone.now())


class AccountStatus(AccountEndpoint):
    """GET: whether an account can be used."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return answer(status_of(self.party))


class AccountName(AccountEndpoint):
    """GET: whose account it is, to be shown before money is sent there."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return answer({"name": name_object(self.party)})


class AccountBalance(AccountEndpoint):
    """GET: what an account holds. Like GSMA's own sandbox it tells every authenticated caller."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return answer(balance_object(self.party))


class OwnBalance(Endpoint):
    """GET: what the caller's account holds."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return answer(balance_object(parties.of_merchant(self.merchant)))


class AccountTransactions(AccountEndpoint):
    """GET: what an account paid and was paid, the newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = _moving(request, self.party.account)
        wanted = request.GET.get("transactionType", "")
        if wanted:
            rows = rows.filter(type=fields.choice(*fields.TYPES)("transactionType", wanted))
        return page(request, rows, transaction_object)


class AccountStatement(AccountEndpoint):
    """GET: the lines of a statement, dated by when they were booked, the newest first.

    displayType is credit or debit, as the account sees it. A merchant's day is complete and agrees with the
    statement file of that day: what is pending is dated by when it began, and moves once it ends.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = _moving(request, self.party.account, by="booked_at").select_related("merchant")
        display = request.GET.get("displayType", "")
        if display:
            side = fields.choice("credit", "debit")("displayType", display)
            rows = rows.filter(**{f"{side}_account": self.party.account})
        return page(
            request,
            rows,
            lambda row: statement_object(row, account=self.party.account, reader=self.merchant),
        )


class StatementEntry(Endpoint):
    """GET: one line of the caller's statement."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        account = self.merchant.account
        mine = Q(merchant=self.merchant) | Q(debit_account=account) | Q(credit_account=account)
        rows = Transaction.objects.select_related("original", "merchant")
        found = rows.filter(mine, reference=reference).first()
        if found is None:
            raise NotIdentified("Your statement has no transaction of this reference.")
        return answer(statement_object(found, account=account, reader=self.merchant))


def _moving(request: HttpRequest, account: str, *, by: str = "created_at") -> QuerySet[Transaction]:
    """Return what moved on ``account`` as the query asks for it, the newest ``by`` first."""
    moving = Q(debit_account=account) | Q(credit_account=account)
    rows = Transaction.objects.filter(moving).select_related("original")
    rows = rows.annotate(booked_at=Coalesce("ended_at", "created_at")).order_by(f"-{by}", "id")
    status = request.GET.get("transactionStatus", "")
    if status:
        rows = rows.filter(status=fields.choice(*Transaction.Status.values)("transactionStatus", status))
    return between(request, rows, field=by)


def _wallet(party: parties.Party) -> Wallet:
    if party.wallet is None:
        raise MerchantNotAuthorised("identifier")
    return party.wallet


def _forward(endpoint: Endpoint, request: HttpRequest, account_id: str) -> HttpResponse:
    detail = AccountDetail()
    detail.setup(request)
    detail.merchant, detail.user = endpoint.merchant, endpoint.user
    response = detail.handle(request, account_id=account_id)
    assert isinstance(response, HttpResponse), response
    return response
