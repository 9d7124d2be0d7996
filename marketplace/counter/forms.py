"""What agents type at the counter."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.money import AMOUNT_VND_MAX

_PARTED = re.compile(r"[0-9]{1,3}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*|[0-9]+")


class AmountField(forms.Field):
    """Whole đồng as people write them: ``250000``, ``250.000``, ``250 000 ₫``. Nothing with a fraction."""

    widget = forms.TextInput(
        attrs={"class": "counter__digits", "inputmode": "decimal", "autocomplete": "off"}
    )
    default_error_messages = {
        "invalid": _("Write a sum of whole đồng, such as 250.000."),
        "required": _("Write the sum, such as 250.000."),
    }

    def to_python(self, value: Any) -> int | None:
        text = " ".join(str(value or "").replace("₫", " ").replace("đ", " ").split())
        if not text:
            return None
        if len(text) > 20 or not _PARTED.fullmatch(text):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        amount_vnd = int(re.sub(r"[^0-9]", "", text))
        if not 0 < amount_vnd <= AMOUNT_VND_MAX:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return amount_vnd


class SearchForm(forms.Form):
    sought = forms.CharField(
        label=_("Code or order number"),
        help_text=_("The six digits the buyer reads out, or the number of the order."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class CountForm(forms.Form):
    """Cash for one operation. Nothing is filled in: who counts, types what was counted."""

    operation = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.RegexField(
        r"^\s*([0-9]\s*){6}$",
        label=_("The buyer's code"),
        help_text=_("Six digits, on the buyer's page of the order."),
        error_messages={"invalid": _("The code has six digits."), "required": _("Type the buyer's code.")},
        widget=forms.TextInput(
            attrs={
                "class": "counter__digits",
                "inputmode": "numeric",
                "autocomplete": "off",
                "maxlength": 12,
            }
        ),
    )
    counted = AmountField(
        label=_("Cash counted, in đồng"), help_text=_("Count the notes, then type the sum.")
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


class BankForm(forms.Form):
    """Cash carried to the bank. Its id is made with the form, so that sending it twice records it once."""

    banking_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    amount = AmountField(label=_("Sum on the slip, in đồng"))
    slip = forms.CharField(
        label=_("Number of the slip"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_slip(self) -> str:
        return " ".join(self.cleaned_data["slip"].split()).upper()


class DayForm(forms.Form):
    """Which day of the till to show."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def chosen(self, *, today: date) -> date:
        """The day asked for; today if none was, it makes no sense or lies ahead."""
        return min(self.cleaned_data["day"], today) if self.is_valid() else today
