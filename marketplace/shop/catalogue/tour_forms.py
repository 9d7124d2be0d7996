"""What a visitor may ask of tours, and what they say when they book or wait."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tourism.tours.seats import PARTY_MAX

from .forms import CommuneField, ListFilter


class TourFilter(ListFilter):
    """The list of tours: ``?from=&guests=&commune=``."""

    first_on = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("The first day is not a date. Write it as 2026-03-31.")},
    )
    last_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("The last day is not a date. Write it as 2026-03-31.")},
    )
    guests = forms.IntegerField(
        label=_("Guests"),
        required=False,
        min_value=1,
        max_value=PARTY_MAX,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": "2"}),
        error_messages={
            "invalid": _("The number of guests is not a number."),
            "min_value": _("Somebody has to go: give at least one guest."),
            "max_value": _("For more than %(limit_value)d guests please call the organiser."),
        },
    )
    _PARAMETERS = {"first_on": "from", "last_on": "to"}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for name in ("first_on", "last_on"):
            self.fields[name].widget.attrs["min"] = today.isoformat()
        self.fields["commune"] = CommuneField(label=_("Commune"), today=today, required=False)

    def add_prefix(self, field_name: str) -> str:
        return self._PARAMETERS.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        wishes = super().clean() or {}
        first_on, last_on = wishes.get("first_on"), wishes.get("last_on")
        if first_on and first_on < self.today:
            self.add_error("first_on", _("This day has passed. Choose today or a later day."))
        elif last_on and last_on < (first_on or self.today):
            self.add_error("last_on", _("The last day must not be before the first."))
        return wishes


class PartyForm(forms.Form):
    """A departure and who comes; which make sense is for the services to say."""

    departure = forms.IntegerField(required=False, widget=forms.HiddenInput)
    adults = forms.IntegerField(
        label=_("Adults"),
        initial=2,
        widget=forms.NumberInput(
            attrs={"class": "input", "min": 1, "max": PARTY_MAX, "inputmode": "numeric"}
        ),
        error_messages={"invalid": _("The number of adults is not a number.")},
    )
    children = forms.IntegerField(
        label=_("Children"),
        initial=0,
        required=False,
        widget=forms.NumberInput(
            attrs={"class": "input", "min": 0, "max": PARTY_MAX, "inputmode": "numeric"}
        ),
        error_messages={"invalid": _("The number of children is not a number.")},
    )

    def clean_children(self) -> int:
        return self.cleaned_data["children"] or 0


class WaitingForm(PartyForm):
    """Who waits for seats."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "input", "type": "tel", "autocomplete": "tel"}),
    )
