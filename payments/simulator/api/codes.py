"""GSMA's authorisation codes and quotations."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from payments.simulator import codes, parties
from payments.simulator.api import fields
from payments.simulator.api.account import AccountEndpoint
from payments.simulator.api.endpoint import Endpoint, answer, change, create
from payments.simulator.api.paging import between, page
from payments.simulator.api.reading import Body, read_asked, read_patches
from payments.simulator.calls import Made
from payments.simulator.errors import NotIdentified, TransactionTypeNotOffered
from payments.simulator.models import AuthorisationCode, Quotation
from payments.simulator.records import new_reference
from payments.simulator.shapes.resources import code_object, quotation_object

QUOTATION_LIFE = timedelta(hours=1)
CHANNEL: fields.Fields = {"channelType": fields.required(fields.text(shortest=1))}
REDEEMED_AS: fields.Fields = {
    "transactionType": fields.required(fields.choice(*fields.TYPES)),
    "transactionSubtype": fields.SHORT,
}
CODE: fields.Fields = {
    "amount": fields.amount,
    "currency": fields.currency,
    "amountType": fields.choice("exact", "maximum"),
    "codeLifetime": fields.whole(1, codes.LIFETIME_MAX_S),
    "holdFundsIndicator": fields.boolean,
    "redemptionAccountIdentifiers": fields.items(fields.PAIR, most=50),
    "redemptionChannels": fields.items(CHANNEL, most=50),
    "redemptionTransactionTypes": fields.items(REDEEMED_AS, most=50),
    "metadata": fields.PAIRS,
    **fields.EXTRAS,
}
QUOTATION: fields.Fields = {
    "creditParty": fields.required(fields.PARTY),
    "debitParty": fields.required(fields.PARTY),
    "type": fields.choice(*fields.TYPES),
    "subType": fields.SHORT,
    "requestAmount": fields.required(fields.amount),
    "requestCurrency": fields.required(fields.currency),
    "chosenDeliveryMethod": fields.DELIVERY,
    "originCountry": fields.COUNTRY,
    "receivingCountry": fields.COUNTRY,
    "recipientKyc": fields.thing(fields.KYC),
    "senderKyc": fields.thing(fields.KYC),
    "sendingServiceProviderCountry": fields.COUNTRY,
    "metadata": fields.PAIRS,
    **fields.EXTRAS,
}


class Codes(AccountEndpoint):
    """POST: a code that lets money be taken once. GET: the codes of the account, the newest first."""

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        asked = read_asked(request, merchant=self.merchant)
        details = Body(request).read(CODE)
        amount_vnd = int(details["amount"]) if "amount" in details else None
        parties.check_available(self.party)

        def work() -> Made:
            made = codes.open_code(
                merchant=self.merchant, payer=self.party, amount_vnd=amount_vnd, details=details, now=now
            )
            return Made(made.reference, f"{self.path}/authorisationcodes/{made.reference}", code_object(made))

        return create(asked, work, now=now)

    def get(self, request: HttpRequest) -> HttpResponse:
        codes.expire(now=timezone.now())
        rows = codes.of(merchant=self.merchant, payer=self.party).order_by("-created_at", "-id")
        state = request.GET.get("codeState", "")
        if state:
            states = fields.choice(*AuthorisationCode.State.values)
            rows = rows.filter(state=states("codeState", state))
        return page(request, between(request, rows, field="created_at"), code_object)


class CodeDetail(AccountEndpoint):
    """GET: one code. PATCH: cancel it."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        codes.expire(now=timezone.now())
        found = codes.of(merchant=self.merchant, payer=self.party).filter(reference=reference).first()
        if found is None:
            raise NotIdentified("This account has no authorisation code of this reference.")
        return answer(code_object(found))

    def patch(self, request: HttpRequest, reference: str) -> HttpResponse:
        now = timezone.now()
        asked = read_asked(request, merchant=self.merchant)
        read_patches(request, {"/codeState": fields.choice("cancelled")})

        def work() -> Made:
            codes.cancel(merchant=self.merchant, payer=self.party, reference=reference, now=now)
            return Made(reference, f"{self.path}/authorisationcodes/{reference}", {})

        return change(asked, work, now=now)


class Quotations(Endpoint):
    """POST: what a transaction would cost."""

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        asked = read_asked(request, merchant=self.merchant)
        details = Body(request).read(QUOTATION)
        if details.get("type") == "inttransfer":
            raise TransactionTypeNotOffered("inttransfer")
        for name in ("debitParty", "creditParty"):
            parties.find(operator=self.merchant.operator, identifiers=details[name], name=name)
        return create(asked, lambda: self._quote(details, now=now), now=now)

    def _quote(self, details: dict[str, str], *, now: datetime) -> Made:
        quotation = Quotation.objects.create(
            merchant=self.merchant,
            reference=new_reference("QUO", now=now),
            amount_vnd=int(details["requestAmount"]),
            expires_at=now + QUOTATION_LIFE,
            details=details,
            created_at=now,
            modified_at=now,
        )
        link = f"/quotations/{quotation.reference}"
        return Made(quotation.reference, link, quotation_object(quotation))


class QuotationDetail(Endpoint):
    """GET: one quotation of the caller's."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        found = Quotation.objects.filter(merchant=self.merchant, reference=reference).first()
        if found is None:
            raise NotIdentified("You have no quotation of this reference.")
        return answer(quotation_object(found))
