"""What the staff see and do: payout runs, what came back, disputes, the month's taxes."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import ListView, View

from frontend.templatetags.money import vnd
from marketplace.errors import ShopError
from payments import services as payments
from payments.errors import PaymentError
from payments.models import Payout

from . import selectors, services, sheets, tax_files, withholding
from .forms import ByHandForm, DecideForm, PayForm, StartRunForm
from .models import Dispute
from .months import Month, MonthUnreadable, last_months, month_of, read_month

SHOWN_MONTHS = 4
TAX_WORDS = {"vat": gettext_lazy("VAT"), "pit": gettext_lazy("Income tax")}


class StaffOnly(LoginRequiredMixin, UserPassesTestMixin):
    """Strangers are asked to sign in; whoever is signed in and not of the staff is refused (403)."""

    request: HttpRequest

    def test_func(self) -> bool:
        return not self.request.user.is_authenticated or bool(self.request.user.is_staff)

    def person(self) -> str:
        """The signed-in person, as it is written down with what was done."""
        return str(self.request.user.get_username())


class PayoutsView(StaffOnly, View):
    """GET: the runs and their payouts, what came back, who is in debt, and the files for the tax office."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "settlement/staff/payouts.html", _payouts_page())


class StartRunView(StaffOnly, View):
    """POST: pay the sellers now. The id comes with the form: pressing the button twice starts one run."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = StartRunForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("The page was too old. Press the button once more."))
            return redirect("settlement-staff:payouts")
        run = services.pay_out(run_id=form.cleaned_data["run_id"], now=timezone.now(), by=self.person())
        number = Payout.objects.filter(batch__run=run).count()
        if number:
            text = ngettext("%(number)d payout has started.", "%(number)d payouts have started.", number)
            messages.success(request, text % {"number": number})
        else:
            messages.info(request, _("Nobody has enough to be paid today."))
        return redirect("settlement-staff:payouts")


class ByHandView(StaffOnly, View):
    """POST: note that a payout which came back was paid in another way."""

    def post(self, request: HttpRequest, payout_id: UUID) -> HttpResponse:
        get_object_or_404(Payout, pk=payout_id)
        form = ByHandForm(request.POST)
        if not form.is_valid():
            page = _payouts_page(wrong={payout_id: form})
            return render(request, "settlement/staff/payouts.html", page, status=422)
        try:
            payments.settle_by_hand(
                payout_id=payout_id,
                evidence=form.cleaned_data["evidence"],
                by=self.person(),
                now=timezone.now(),
            )
        except PaymentError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Noted as paid in another way."))
        return redirect("settlement-staff:payouts")


class PayView(StaffOnly, View):
    """POST: note that the post, or a seller without a wallet, was paid by bank transfer."""

    def post(self, request: HttpRequest, payee: str) -> HttpResponse:
        form = PayForm(request.POST, auto_id=f"id_{payee}_%s")
        if not form.is_valid():
            page = _payouts_page(unpaid={payee: form})
            return render(request, "settlement/staff/payouts.html", page, status=422)
        try:
            payments.pay_by_hand(payee=payee, **form.cleaned_data, by=self.person(), now=timezone.now())
        except PaymentError as error:
            messages.error(request, str(error))
        else:
            amount = vnd(form.cleaned_data["amount_vnd"])
            messages.success(request, _("%(amount)s are noted as paid.") % {"amount": amount})
        return redirect("settlement-staff:payouts")


class NewestTaxesView(StaffOnly, View):
    """GET: on to the last month that has ended: its taxes are due."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("settlement-staff:month-taxes", month=month_of(timezone.now()).before)


class TaxesView(StaffOnly, View):
    """GET: what was withheld in a month, what of it was paid to the State, and what is left."""

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        return render(request, "settlement/staff/taxes.html", _taxes_page(_month(month)))


class RemitView(StaffOnly, View):
    """POST: note that tax of a month was paid to the State."""

    def post(self, request: HttpRequest, month: str, tax: str) -> HttpResponse:
        wanted = _month(month)
        if tax not in withholding.TAXES:
            raise Http404
        form = PayForm(request.POST, auto_id=f"id_{tax}_%s")
        if form.is_valid():
            try:
                services.remit(
                    month=wanted, tax=tax, **form.cleaned_data, by=self.person(), now=timezone.now()
                )
            except ShopError as error:
                form.add_error("amount_vnd", str(error))
            except PaymentError as error:
                form.add_error(None, str(error))
            else:
                amount = vnd(form.cleaned_data["amount_vnd"])
                messages.success(request, _("%(amount)s are noted as paid.") % {"amount": amount})
                return redirect("settlement-staff:month-taxes", month=wanted)
        page = _taxes_page(wanted, {tax: form})
        return render(request, "settlement/staff/taxes.html", page, status=422)


class TaxFileView(StaffOnly, View):
    """GET: what was withheld in a month, seller by seller, as CSV or XLSX."""

    def get(self, request: HttpRequest, month: str, form: str) -> HttpResponse:
        if form not in sheets.TYPES:
            raise Http404
        found = tax_files.tax_file(_month(month))
        return sheets.as_response(tax_files.as_sheet(found), form=form, name=f"tax-{month}")


class DisputesView(StaffOnly, ListView):
    """GET: the complaints to decide, oldest first, and those decided."""

    template_name = "settlement/staff/disputes.html"
    paginate_by = 20

    def get_queryset(self) -> Any:
        return selectors.decided_disputes()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, open=_open_disputes())


class DecideView(StaffOnly, View):
    """POST: decide one dispute: so much back to the buyer, the rest to the seller."""

    def post(self, request: HttpRequest, dispute_id: int) -> HttpResponse:
        dispute = get_object_or_404(Dispute, pk=dispute_id)
        form = DecideForm(request.POST, prefix=str(dispute.pk))
        if form.is_valid():
            try:
                decided = services.decide_dispute(
                    dispute_id=dispute_id,
                    refund_vnd=form.cleaned_data["refund_vnd"],
                    note=form.cleaned_data["note"],
                    by=request.user,
                    now=timezone.now(),
                )
            except (ShopError, PaymentError) as error:
                form.add_error("refund_vnd", str(error))
            else:
                messages.success(
                    request,
                    _("%(number)s is decided: %(amount)s go back to the buyer.")
                    % {"number": dispute.part.number, "amount": vnd(decided.refund_vnd)},
                )
                return redirect("settlement-staff:disputes")
        page = {"open": _open_disputes({dispute_id: form}), "page_obj": None}
        return render(request, "settlement/staff/disputes.html", page, status=422)


def _month(text: str) -> Month:
    try:
        return read_month(text)
    except MonthUnreadable as error:
        raise Http404 from error


def _payouts_page(
    wrong: dict[UUID, forms.Form] | None = None, unpaid: dict[str, forms.Form] | None = None
) -> dict[str, Any]:
    now = timezone.now()
    bounced = selectors.bounced_payouts()
    return {
        "start": StartRunForm(initial={"run_id": uuid4()}),
        "due": selectors.due_for_payout(now=now),
        "runs": selectors.newest_runs(),
        "bounced": [
            (payout, (wrong or {}).get(payout.pk) or ByHandForm(auto_id=f"id_{payout.pk}_%s"))
            for payout in bounced
        ],
        "unreachable": [
            (one, (unpaid or {}).get(one.payee) or _pay_form(one.payee, one.payable_vnd))
            for one in selectors.without_wallet()
        ],
        "by_hand": selectors.paid_by_hand(),
        "debtors": selectors.debtors(),
        "months": last_months(now, SHOWN_MONTHS),
        "next_payout_at": selectors.next_payout_at(now),
    }


def _taxes_page(month: Month, wrong: dict[str, forms.Form] | None = None) -> dict[str, Any]:
    found = tax_files.tax_file(month)
    return {
        "month": month,
        "months": last_months(timezone.now(), SHOWN_MONTHS),
        "file": found,
        "taxes": [
            (
                each,
                TAX_WORDS[each.tax],
                (wrong or {}).get(each.tax) or _pay_form(each.tax, max(each.left_vnd, 0)),
            )
            for each in found.taxes
        ],
        "remittances": [
            (made, TAX_WORDS[made.account.partition(":")[2]]) for made in withholding.remittances(month)
        ],
    }


def _pay_form(whom: str, amount_vnd: int) -> forms.Form:
    """A form with what there is to pay, and the id to pay it under."""
    initial = {"payment_id": uuid4(), "amount_vnd": amount_vnd}
    return PayForm(initial=initial, auto_id=f"id_{whom}_%s")


def _open_disputes(wrong: dict[int, forms.Form] | None = None) -> list[tuple[Dispute, Any, forms.Form]]:
    disputes = list(selectors.open_disputes())
    return [
        (
            dispute,
            services.left_of_dispute(dispute),
            (wrong or {}).get(dispute.pk)
            or DecideForm(prefix=str(dispute.pk), initial={"refund_vnd": dispute.wanted_vnd}),
        )
        for dispute in disputes
    ]
