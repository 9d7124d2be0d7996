"""What the staff do about refunds that an operator refused."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from frontend.templatetags.money import vnd
from marketplace.errors import ShopError
from marketplace.settlement.forms import RefundByHandForm
from marketplace.settlement.staff_views import StaffOnly
from payments.errors import PaymentError

from . import selectors, services
from .services.orders import Order

PAGE = "fulfilment/staff/refunds.html"


class RefundsView(StaffOnly, View):
    """GET: the refunds that were refused, and those that went back in another way."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, PAGE, _page())


class AgainView(StaffOnly, View):
    """POST: ask the operator once more. Pressing twice asks once."""

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        try:
            amount_vnd = services.refund_again(number=number, now=timezone.now())
        except Order.DoesNotExist as error:
            raise Http404 from error
        except (ShopError, PaymentError) as error:
            messages.error(request, str(error))
        else:
            said = {"number": number, "amount": vnd(amount_vnd)}
            if amount_vnd:
                messages.success(request, _("%(number)s: the operator is asked again for %(amount)s.") % said)
            else:
                messages.info(request, _("%(number)s: nothing waits to be paid back.") % said)
        return redirect("fulfilment-staff:refunds")


class ByHandView(StaffOnly, View):
    """POST: note that the money went back to the buyer in another way."""

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        form = RefundByHandForm(request.POST, auto_id=f"id_{number}_%s")
        if not form.is_valid():
            return render(request, PAGE, _page({number: form}), status=422)
        try:
            amount_vnd = services.refund_by_hand(
                number=number, **form.cleaned_data, by=self.person(), now=timezone.now()
            )
        except Order.DoesNotExist as error:
            raise Http404 from error
        except (ShopError, PaymentError) as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                _("%(number)s: %(amount)s are noted as paid back.")
                % {"number": number, "amount": vnd(amount_vnd)},
            )
        return redirect("fulfilment-staff:refunds")


def _page(wrong: dict[str, forms.Form] | None = None) -> dict[str, Any]:
    return {
        "refused": [(refused, _form(refused.number, wrong or {})) for refused in selectors.refused_refunds()],
        "made": selectors.refunds_by_hand(),
    }


def _form(number: str, wrong: dict[str, forms.Form]) -> forms.Form:
    return wrong.get(number) or RefundByHandForm(initial={"refund_id": uuid4()}, auto_id=f"id_{number}_%s")
