"""What hosts and guests type at the desk."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import uuid4

from babel import Locale
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.errors import InvalidPhone
from marketplace.accounts.phones import to_e164
from marketplace.delivery.models import Province
from payments.money import AMOUNT_VND_MAX

from .models import BillItem, DoorAct, RegisteredGuest
from .services.register import Person

HOME = "VN"
# Who comes most, first; then everybody by name.
NEIGHBOURS = ("VN", "LA", "CN", "FR", "US", "GB", "DE", "KR", "JP", "AU")
_IDENTITY = re.compile(r"[0-9]{9}|[0-9]{12}")
_PASSPORT = re.compile(r"[A-Z0-9]{6,12}")
_PARTED = re.compile(r"[0-9]{1,3}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*|[0-9]+")
_DAY = {"type": "date"}


class DongField(forms.Field):
    """Whole đồng as people write them: ``150000``, ``150.000``."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {
        "invalid": _("Write a sum of whole đồng, such as 150.000."),
        "required": _("Write the sum, such as 150.000."),
    }

    def to_python(self, value: Any) -> int | None:
        text = " ".join(str(value or "").replace("₫", " ").replace("đ", " ").split())
        if not text:
            return None
        if len(text) > 15 or not _PARTED.fullmatch(text):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        amount_vnd = int(re.sub(r"[^0-9]", "", text))
        if not 0 < amount_vnd <= min(AMOUNT_VND_MAX, 100_000_000):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return amount_vnd


class DoorForm(forms.Form):
    """One act at the door, by a form or from the list a phone kept. ``id`` was made beforehand."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=DoorAct.Kind.choices, widget=forms.HiddenInput)
    happened_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code of the guest"),
        required=False,
        max_length=9,
        widget=forms.TextInput(
            attrs={
                "class": "input desk__digits",
                "inputmode": "numeric",
                "autocomplete": "off",
                "maxlength": 9,
            }
        ),
    )
    knows_guest = forms.BooleanField(label=_("The guest has no code, I know who it is"), required=False)
    frees_nights = forms.BooleanField(label=_("Put the nights after it on sale again"), required=False)


class DayForm(forms.Form):
    """Which day to show."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))

    def chosen(self, *, today: date) -> date:
        """The day asked for; today if none was, or it makes no sense."""
        return self.cleaned_data["day"] if self.is_valid() else today


class RangeForm(forms.Form):
    """From when to when guests arrived."""

    first = forms.DateField(label=_("Arrived from"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    last = forms.DateField(label=_("to"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and not 0 <= (last - first).days <= 366:
            raise forms.ValidationError(_("Choose a first day before the last, and a year at most."))
        return data

    def chosen(self, *, today: date) -> tuple[date, date]:
        """The days asked for; today if none were, or they make no sense."""
        if self.is_valid():
            return self.cleaned_data["first"], self.cleaned_data["last"]
        return today, today


class PersonForm(forms.Form):
    """One guest, as the paper says."""

    conditional = ("number", "province")

    guest_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    name = forms.CharField(label=_("Full name"), max_length=120)
    paper = forms.ChoiceField(label=_("Paper"), choices=RegisteredGuest.Paper.choices)
    number = forms.CharField(
        label=_("Number of the paper"),
        help_text=_("Personal number or passport. Copy it; take no picture of the paper."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    born_on = forms.DateField(
        label=_("Born"), required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )
    country = forms.ChoiceField(label=_("Nationality"), initial=HOME)
    province = forms.ChoiceField(label=_("From which province"), required=False)
    address = forms.CharField(label=_("Home address"), max_length=200, required=False)
    reason = forms.ChoiceField(label=_("Reason of the stay"), choices=RegisteredGuest.Reason.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("country", countries())
        provinces = Province.objects.order_by("name").values_list("code", "name")
        self._choices("province", [("", _("choose, if from Việt Nam")), *provinces])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        paper, number = data.get("paper"), "".join(data.get("number", "").split()).upper()
        data["number"] = "" if paper == RegisteredGuest.Paper.CHILD else number
        if paper == RegisteredGuest.Paper.IDENTITY and not _IDENTITY.fullmatch(number):
            self.add_error("number", _("A personal number has 12 digits, an old identity card 9."))
        if paper == RegisteredGuest.Paper.PASSPORT and not _PASSPORT.fullmatch(number):
            self.add_error("number", _("A passport number has 6 to 12 letters and digits."))
        if data.get("country") != HOME:
            data["province"] = ""
        elif not data.get("province"):
            self.add_error("province", _("Choose the province the guest comes from."))
        return data

    @property
    def person(self) -> Person:
        facts = {name: value for name, value in self.cleaned_data.items() if name != "guest_id"}
        return Person(**facts)


def countries() -> list[tuple[str, str]]:
    """Return the countries of ISO 3166-1 by their names in the reader's language, the usual ones first."""
    names = Locale.parse((get_language() or "vi").replace("-", "_")).territories
    known = {code: name for code, name in names.items() if len(code) == 2 and code.isalpha() and code < "XA"}
    rest = sorted((name, code) for code, name in known.items() if code not in NEIGHBOURS)
    return [*((code, known[code]) for code in NEIGHBOURS), *((code, name) for name, code in rest)]


class ItemForm(forms.Form):
    """Something for the bill."""

    item_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    title = forms.CharField(label=_("What"), max_length=80)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=999, initial=1)
    unit = DongField(label=_("Price of one, in đồng"))


class PayForm(forms.Form):
    how = forms.ChoiceField(
        label=_("Paid"), choices=BillItem.Paid.choices, initial=BillItem.Paid.CASH, widget=forms.RadioSelect
    )


class ReviewForm(forms.Form):
    """One side's review."""

    stars = forms.TypedChoiceField(
        label=_("Stars"),
        choices=[(5, "★★★★★"), (4, "★★★★"), (3, "★★★"), (2, "★★"), (1, "★")],
        coerce=int,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("In your words"), max_length=1_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class HouseForm(forms.Form):
    """A house that joins the village's queue."""

    name = forms.CharField(label=_("Household"), max_length=80)
    sleeps = forms.IntegerField(label=_("Guests it takes"), min_value=1, max_value=100)
    phone = forms.CharField(label=_("Phone number"), max_length=20, required=False)

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        try:
            return to_e164(phone) if phone else ""
        except InvalidPhone as error:
            raise forms.ValidationError(str(error)) from error


class AwayForm(forms.Form):
    """Nights on which a house cannot host."""

    first_night = forms.DateField(
        label=_("Cannot host from the night of"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )
    last_night = forms.DateField(
        label=_("to the night of"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("Reason"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_night"), data.get("last_night")
        if first and last and not 0 <= (last - first).days <= 366:
            raise forms.ValidationError(_("Choose a first day before the last, and a year at most."))
        return data
