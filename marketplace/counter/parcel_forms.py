"""What agents type and tick about parcels."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.delivery.models import HandOver

Kind = HandOver.Kind
KINDS = [Kind.TO_POST, Kind.RECEIVED, Kind.TO_CARRIER, Kind.TO_BUYER, Kind.BACK, Kind.TO_SELLER]
FOUR_DIGITS = {"class": "counter__digits", "inputmode": "numeric", "autocomplete": "off", "maxlength": 8}


class ActForm(forms.Form):
    """One hand-over. Its id is made with the form, or by a phone that keeps it until there is a signal."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS], widget=forms.HiddenInput)
    happened_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    number = forms.CharField(required=False, max_length=40)
    code = forms.RegexField(
        r"^\s*([0-9]\s*){4}$",
        label=_("Four digits"),
        required=False,
        error_messages={"invalid": _("The code has four digits.")},
        widget=forms.TextInput(attrs=FOUR_DIGITS),
    )

    def clean_number(self) -> str:
        return "".join(self.cleaned_data["number"].split()).upper()


class TakeInForm(ActForm):
    """A seller hands a parcel in: its number stands on the label, the digits are said."""

    number = forms.CharField(
        label=_("Number of the parcel"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = True
        self.fields["code"].label = _("The seller's four digits")


class SendForm(forms.Form):
    """Which parcels go on together. Its id is made with the form, so that sending it twice sends once."""

    manifest_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    to_office = forms.CharField(max_length=6, widget=forms.HiddenInput)
    parts = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("Tick the parcels that go on.")}
    )

    def __init__(self, *args: Any, shown: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = self.fields["parts"]
        assert isinstance(parts, forms.TypedMultipleChoiceField)
        parts.choices = [(pk, pk) for pk in shown]


class ReceiveForm(forms.Form):
    """The four digits on the paper, and the parcels that were not in the bag."""

    code = forms.RegexField(
        r"^\s*([0-9]\s*){4}$",
        label=_("Four digits on the list"),
        error_messages={"invalid": _("The code has four digits."), "required": _("Type the four digits.")},
        widget=forms.TextInput(attrs=FOUR_DIGITS),
    )
    missing = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, shown: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing = self.fields["missing"]
        assert isinstance(missing, forms.TypedMultipleChoiceField)
        missing.choices = [(pk, pk) for pk in shown]
