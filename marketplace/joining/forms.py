"""One question, one form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import Throttled

from marketplace.places.models import Commune
from marketplace.sellers.models import Mandate, Seller
from marketplace.shop.checkout.forms import PhoneField
from marketplace.tries import limited
from payments import services as payments

from . import codes
from .errors import TooManyCodes
from .levels import LEVEL_OF

DIGITS = {
    "class": "joining__digits",
    "inputmode": "numeric",
    "autocomplete": "one-time-code",
    "maxlength": "9",
    "pattern": "[0-9 ]*",
}


class EnterForm(RequestLoginCodeForm):
    """The telephone number somebody comes in with, and how the code should come."""

    now: Any = None

    def clean_phone(self) -> str:
        phone: str = super().clean_phone()
        try:
            codes.refuse_too_many(phone=phone, now=self.now)
        except TooManyCodes as error:
            raise forms.ValidationError(str(error), code="too_many") from error
        return phone


class CodeForm(ConfirmLoginCodeForm):
    """The code that came. ``sent`` names what was sent, so that many guesses at once are counted as many."""

    sent = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The code in the message")
        self.fields["code"].widget.attrs = dict(DIGITS)

    def clean_code(self) -> str:
        self.cleaned_data["code"] = self.cleaned_data["code"].replace(" ", "")
        try:
            with limited(f"login-code:{self.sent}", most=codes.WRONG_MOST, refusal=forms.ValidationError):
                code: str = super().clean_code()
        except Throttled as error:
            words = _("This is not the code that was sent. Look at the message once more.")
            raise forms.ValidationError(words, code="ended") from error
        return code


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Your full name"),
        max_length=110,
        widget=forms.TextInput(attrs={"autocomplete": "name", "placeholder": "Lò Thị Mai"}),
    )


class CommuneForm(forms.Form):
    """The commune that was tapped."""

    commune = forms.ModelChoiceField(queryset=Commune.objects.none())

    def __init__(self, *args: Any, communes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].queryset = communes  # type: ignore[attr-defined]


class HamletForm(forms.Form):
    """A hamlet that was tapped, or one that is written; none is an answer too."""

    hamlet = forms.CharField(
        label=_("Name of the hamlet"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "Bản Sín Chải"}),
    )

    def clean_hamlet(self) -> str:
        return " ".join(self.cleaned_data["hamlet"].split())


class KindForm(forms.Form):
    conditional = ("name",)  # needed or not by who sells, so the page does not call it optional

    kind = forms.ChoiceField(choices=[(Seller.Kind.HOUSEHOLD, ""), (Seller.Kind.COOPERATIVE, "")])
    name = forms.CharField(label=_("Name of the co-operative"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") == Seller.Kind.COOPERATIVE and not data.get("name"):
            self.add_error("name", _("Write the name of the co-operative."))
        return data


class WalletForm(forms.Form):
    provider = forms.ChoiceField()
    msisdn = PhoneField(label=_("The wallet's number"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].choices = payments.payout_wallets()  # type: ignore[attr-defined]


class ScopesForm(forms.Form):
    """What an agent asks leave for."""

    scopes = forms.MultipleChoiceField(
        label=_("What you will do for them"),
        choices=Mandate.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Mandate.Scope.LISTING, Mandate.Scope.ORDERS],
        error_messages={"required": _("Choose at least one.")},
    )


class FarmerPhoneForm(forms.Form):
    phone = PhoneField(label=_("The farmer's phone number"))


class FarmerForm(ScopesForm):
    """A shop that is opened with a farmer."""

    name = forms.CharField(label=_("The farmer's full name"), max_length=110)
    kind = forms.ChoiceField(
        label=_("Who sells"),
        choices=[
            (Seller.Kind.HOUSEHOLD, _("a household")),
            (Seller.Kind.COOPERATIVE, _("a co-operative")),
        ],
        widget=forms.RadioSelect,
        initial=Seller.Kind.HOUSEHOLD,
    )
    seller_name = forms.CharField(
        label=_("Name of the co-operative"),
        max_length=120,
        required=False,
        help_text=_("Leave it empty for a household."),
    )
    commune = forms.ModelChoiceField(
        label=_("Commune or ward"), queryset=Commune.objects.none(), empty_label=_("Choose")
    )
    hamlet = forms.CharField(label=_("Hamlet"), max_length=80, required=False)

    conditional = ("seller_name",)
    field_order = ("name", "kind", "seller_name", "commune", "hamlet", "scopes")

    def __init__(self, *args: Any, communes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].queryset = communes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") == Seller.Kind.COOPERATIVE and not data.get("seller_name"):
            self.add_error("seller_name", _("Write the name of the co-operative."))
        return data


class ConsentCodeForm(forms.Form):
    code = forms.CharField(
        label=_("The code the farmer tells you"), max_length=9, widget=forms.TextInput(attrs=dict(DIGITS))
    )


class LevelForm(forms.Form):
    """A step of a seller's identity level."""

    grounds = forms.ChoiceField(
        label=_("How you know"),
        choices=[(one.value, one.label) for one in LEVEL_OF],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class ShareForm(forms.Form):
    """One line of a co-operative's shares."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    percent = forms.DecimalField(
        label=_("Share, %"),
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("name") and data.get("percent") is None and "percent" not in self.errors:
            self.add_error("percent", _("Write the share of this person."))
        if data.get("percent") is not None and not data.get("name"):
            self.add_error("name", _("Write whose share this is."))
        return data


class ShareDayForm(forms.Form):
    valid_from = forms.DateField(label=_("Holds from"), widget=forms.DateInput(attrs={"type": "date"}))


ShareFormSet = forms.formset_factory(ShareForm, extra=3, max_num=60, absolute_max=60)
