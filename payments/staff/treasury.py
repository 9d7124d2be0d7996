"""Our own money between the bank and the providers: what lies where, and recording that some was moved."""

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from payments import ledger, providers, services
from payments.ledger import telling
from payments.ledger.selectors import standing
from payments.money import AMOUNT_VND_MAX
from payments.providers.base import Capability
from payments.services import booking
from payments.services.treasury import OWN_MONEY
from payments.staff.access import StaffOnly

SHOWN = 20


class MovementForm(forms.Form):
    """A movement somebody made at the bank or the provider."""

    movement_id = forms.UUIDField(widget=forms.HiddenInput)
    provider = forms.ChoiceField(label=gettext_lazy("Provider"))
    to = forms.ChoiceField(
        label=gettext_lazy("Direction"),
        choices=[
            ("provider", gettext_lazy("from the bank to the provider")),
            ("bank", gettext_lazy("from the provider to the bank")),
        ],
    )
    amount = forms.CharField(label=gettext_lazy("Amount (VND)"), max_length=20)
    provider_ref = forms.CharField(
        label=gettext_lazy("The provider's name of it"),
        max_length=100,
        help_text=gettext_lazy("As its statement shows it: by this the line is known as our own money."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["provider"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, providers.label(code)) for code in reconciled()]

    def clean_amount(self) -> int:
        digits = re.sub(r"[\s.,\xa0]", "", self.cleaned_data["amount"])
        if not re.fullmatch(r"[0-9]{1,13}", digits) or not 0 < int(digits) <= AMOUNT_VND_MAX:
            raise forms.ValidationError(_("Write a whole number of đồng, such as 20.000.000."))
        return int(digits)


def reconciled() -> list[str]:
    """Return the providers that hold money of ours and tell of it in statements."""
    return [code for code, _label in providers.available() if providers.can(code, Capability.STATEMENT)]


class TreasuryPage(StaffOnly, View):
    """GET: what lies at the bank and with each provider. POST: record a movement between them, once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, MovementForm(initial={"movement_id": uuid4()}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MovementForm(request.POST)
        if not form.is_valid():
            return self._page(request, form)
        said = form.cleaned_data
        try:
            services.move_own_money(
                movement_id=said["movement_id"],
                provider=said["provider"],
                to=said["to"],
                amount_vnd=said["amount"],
                provider_ref=said["provider_ref"],
                by=f"{request.user} #{request.user.pk}",
            )
        except ledger.Overdrawn as error:
            left = f"{error.available_vnd:,}".replace(",", ".")
            form.add_error("amount", _("Only %(left)s VND lie there.") % {"left": left})
            return self._page(request, form)
        except ledger.TransferConflict:
            form.add_error(None, _("This form has recorded another movement already. Open the page again."))
            return self._page(request, form)
        messages.success(request, _("The movement is recorded."))
        return redirect("staff:treasury")

    def _page(self, request: HttpRequest, form: MovementForm) -> HttpResponse:
        codes = {booking.clearing_code(code): code for code in reconciled()}
        held_vnd = {code: -balance for code, balance, _held in standing(codes=[*codes, booking.SETTLEMENT])}
        context = {
            "form": form,
            "bank_vnd": held_vnd.get(booking.SETTLEMENT, 0),
            "places": [(code, held_vnd.get(account, 0), account) for account, code in codes.items()],
            "movements": telling.transfers(purpose=OWN_MONEY)[:SHOWN],
        }
        return render(request, "staff/treasury.html", context, status=422 if form.is_bound else 200)
