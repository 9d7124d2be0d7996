"""GSMA's debit mandates and links: what a holder allowed for longer than once."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from payments.simulator import mandates
from payments.simulator.api import fields
from payments.simulator.api.account import AccountEndpoint
from payments.simulator.api.endpoint import answer, change, create
from payments.simulator.api.reading import Body, read_asked, read_patches
from payments.simulator.calls import Made
from payments.simulator.shapes.resources import link_object, mandate_object

ACTIVE = fields.choice(*mandates.ACTIVE)
FREQUENCIES = (
    "weekly", "fortnight", "monthspecificdate", "twomonths", "threemonths", "fourmonths", "sixmonths",
    "yearly", "lastdaymonth", "lastdaymonthworking", "lastmonday", "lasttuesday", "lastwednesday",
    "lastthursday", "lastfriday", "lastsaturday", "lastsunday", "specificdaymonthly",
)  # fmt: skip
MANDATE: fields.Fields = {
    "payee": fields.PARTY,
    "mandateStatus": ACTIVE,
    "amountLimit": fields.amount,
    "currency": fields.currency,
    "startDate": fields.required(fields.day),
    "endDate": fields.day,
    "frequencyType": fields.choice(*FREQUENCIES),
    "numberOfPayments": fields.whole(),
    **fields.EXTRAS,
}
LINK: fields.Fields = {
    "sourceAccountIdentifiers": fields.required(fields.PARTY),
    "mode": fields.required(fields.choice("push", "pull", "both")),
    "status": fields.required(ACTIVE),
    **fields.EXTRAS,
}


class Mandates(AccountEndpoint):
    """POST: a leave to take money from the account."""

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        asked = read_asked(request, merchant=self.merchant)
        details = Body(request).read(MANDATE)

        def work() -> Made:
            made = mandates.open_mandate(merchant=self.merchant, payer=self.party, details=details, now=now)
            return Made(made.reference, f"{self.path}/debitmandates/{made.reference}", mandate_object(made))

        return create(asked, work, now=now)


class MandateDetail(AccountEndpoint):
    """GET: one leave. PATCH: end it, or let it hold again."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        found = mandates.find_mandate(merchant=self.merchant, payer=self.party, reference=reference)
        return answer(mandate_object(found))

    def patch(self, request: HttpRequest, reference: str) -> HttpResponse:
        now = timezone.now()
        asked = read_asked(request, merchant=self.merchant)
        changes = read_patches(request, {"/mandateStatus": ACTIVE})

        def work() -> Made:
            found = mandates.find_mandate(merchant=self.merchant, payer=self.party, reference=reference)
            mandates.set_active(found, status=changes["/mandateStatus"], now=now)
            return Made(reference, f"{self.path}/debitmandates/{reference}", {})

        return change(asked, work, now=now)


class Links(AccountEndpoint):
    """POST: an account elsewhere that belongs to this one."""

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        asked = read_asked(request, merchant=self.merchant)
        details = Body(request).read(LINK)

        def work() -> Made:
            made = mandates.open_link(merchant=self.merchant, owner=self.party, details=details, now=now)
            return Made(made.reference, f"{self.path}/links/{made.reference}", link_object(made))

        return create(asked, work, now=now)


class LinkDetail(AccountEndpoint):
    """GET: one link. PATCH: its status or mode."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        found = mandates.find_link(merchant=self.merchant, owner=self.party, reference=reference)
        return answer(link_object(found))

    def patch(self, request: HttpRequest, reference: str) -> HttpResponse:
        now = timezone.now()
        asked = read_asked(request, merchant=self.merchant)
        paths = {"/status": ACTIVE, "/mode": fields.choice("push", "pull", "both")}
        changes = read_patches(request, paths)

        def work() -> Made:
            found = mandates.find_link(merchant=self.merchant, owner=self.party, reference=reference)
            if "/mode" in changes:
                found.mode = changes["/mode"]
                found.save(update_fields=["mode"])
            if "/status" in changes:
                mandates.set_active(found, status=changes["/status"], now=now)
            return Made(reference, f"{self.path}/links/{reference}", {})

        return change(asked, work, now=now)
