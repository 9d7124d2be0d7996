"""What sellers write of a certificate, and what readers of a code report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.errors import InvalidPhone
from marketplace.accounts.phones import to_e164

from .models import Certificate, Mistake
from .services import Wish

STARS = [(stars, "★" * stars) for stars in (3, 4, 5)]


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "invalid": _("This is not a date. Write it as 2026-03-31."),
            "required": _("Choose a day."),
        },
        **more,
    )


class CertificateForm(forms.Form):
    """``products`` are those of the seller; without one chosen it holds for all of them."""

    certificate_id = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Which paper is it?"), choices=Certificate.Kind, widget=forms.RadioSelect
    )
    stars = forms.TypedChoiceField(
        label=_("How many stars?"),
        choices=STARS,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
        help_text=_("For OCOP only."),
    )
    product = forms.TypedChoiceField(
        label=_("For which product?"), coerce=int, empty_value=None, required=False
    )
    number = forms.CharField(label=_("Number of the paper"), max_length=60)
    issuer = forms.CharField(
        label=_("Who gave it?"), max_length=160, help_text=_("The name above the stamp.")
    )
    issued_on = _day(_("Given on"), required=False)
    expires_on = _day(_("Holds until"))
    paper = forms.FileField(
        label=_("Photo of the paper"),
        help_text=_("A photo from the phone, or a PDF. Only you and the officials see it."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"}),
        error_messages={"required": _("Take a photo of the paper.")},
    )

    def __init__(self, *args: Any, products: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._products = {product.pk: product for product in products}
        self.fields["product"].choices = [  # type: ignore[attr-defined]
            ("", _("Everything I grow")),
            *((product.pk, product.get_title()) for product in products),
        ]

    def wish(self) -> Wish:
        said = self.cleaned_data
        return Wish(
            kind=said["kind"],
            stars=said["stars"],
            product=self._products.get(said["product"]),
            number=said["number"],
            issuer=said["issuer"],
            issued_on=said["issued_on"],
            expires_on=said["expires_on"],
        )

    def expires_in(self, today: date) -> None:
        """Offer no day that is over."""
        self.fields["expires_on"].widget.attrs["min"] = today.isoformat()


class MistakeForm(forms.Form):
    mistake_id = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("What is wrong?"), choices=Mistake.Kind, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In your words"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    phone = forms.CharField(
        label=_("Your phone number"),
        required=False,
        max_length=20,
        help_text=_("Only if we may call you."),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )

    def clean_phone(self) -> str:
        number = self.cleaned_data["phone"].strip()
        if not number:
            return ""
        try:
            return to_e164(number)
        except InvalidPhone as error:
            raise forms.ValidationError(str(error)) from error
