"""What sellers say about an order: by forms, or by a phone that kept it while it had no signal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace import json_body
from marketplace.errors import Invalid, ShopError
from marketplace.messaging.acts import NotAllowed
from marketplace.packing import services
from marketplace.packing.forms import ActForm, DeclineForm
from marketplace.packing.models import PackingAct
from payments.errors import PaymentError

from .base import SellerView
from .orders import order_page

Kind = PackingAct.Kind


class ActView(SellerView):
    """POST: one act about an order: a form, which is answered by a page, or JSON, by what became of it.

    JSON is answered ``{"noted": bool, "message": str}``. 422 and 409: it cannot be noted, and will never be.
    """

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        found = self.work(number)
        is_json = json_body.is_json(request)
        form = ActForm(json_body.fields(request) if is_json else request.POST)
        now = timezone.now()
        status, message, errors = 200, "", {}
        if form.is_valid():
            try:
                noted = services.note(_act(form, now), part=found.part, by=self.user, now=now)
                message = _said(noted.act)
            except (ShopError, PaymentError, NotAllowed) as error:
                status, message = 409, str(error)
        else:
            status, errors = 422, {name: " ".join(map(str, lines)) for name, lines in form.errors.items()}
            message = " ".join(errors.values())
        if is_json:
            return JsonResponse({"noted": status == 200, "message": message}, status=status)
        if status == 200:
            back = "packing:orders" if request.POST.get("back") == "list" else None
            return redirect(back) if back else redirect("packing:order", number=number)
        messages.error(request, message)
        return order_page(self, self.work(number), errors=errors, status=status)


class DeclineView(SellerView):
    """POST ``{reason}``: the order cannot be prepared; the buyer gets the money back."""

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        found = self.work(number)
        form = DeclineForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose why you cannot prepare it: the buyer will ask."))
            return order_page(self, found, status=422)
        try:
            services.decline(part=found.part, reason=form.sentence(), by=self.user, now=timezone.now())
        except (Invalid, ShopError, PaymentError, NotAllowed) as error:
            messages.error(request, str(error))
            return order_page(self, self.work(number), status=409)
        messages.success(request, _("The buyer is told and gets the money back. Do not send anything."))
        return redirect("packing:orders")


def _act(form: ActForm, now: Any) -> services.Act:
    said = form.cleaned_data
    return services.Act(
        id=said["id"],
        kind=said["kind"],
        happened_at=said["happened_at"] or now,
        line_id=said["line"],
        weight_g=said["weight"],
        lot_id=said["lot"],
    )


def _said(act: PackingAct) -> str:
    return {
        Kind.ACCEPT: _("You said yes. The buyer sees it."),
        Kind.PACK: _("It is in the parcel."),
        Kind.UNPACK: _("It is out of the parcel again."),
        Kind.WEIGH: _("The weight is noted."),
        Kind.READY: _("Packed. Now take it to the post."),
    }[Kind(act.kind)]
