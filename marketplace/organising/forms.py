"""What an organiser says of tours, of when they go, and of who comes."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.errors import Invalid
from marketplace.sellers.models import Seller
from marketplace.shop.catalogue.forms import MONTHS
from marketplace.shop.catalogue.tour_forms import PartyForm
from tourism.terms import CancellationPolicy
from tourism.tours import schedules
from tourism.tours.models import Tour

PRICE_VND_MAX = 100_000_000
SEATS_MAX = 200
STOPS_MAX = 30
DATES_MAX = 200
WEEKDAYS = [
    ("MO", gettext_lazy("Monday")),
    ("TU", gettext_lazy("Tuesday")),
    ("WE", gettext_lazy("Wednesday")),
    ("TH", gettext_lazy("Thursday")),
    ("FR", gettext_lazy("Friday")),
    ("SA", gettext_lazy("Saturday")),
    ("SU", gettext_lazy("Sunday")),
]
_INPUT = {"class": "input"}


def _number(label: Any, least: int, most: int, **kwargs: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs=_INPUT | {"inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, widget=widget, **kwargs)


class Lines(forms.CharField):
    """Several short texts, one a line. Cleans to a list."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.Textarea(attrs=_INPUT | {"rows": 4}), max_length=most * 122, required=False, **kwargs
        )
        self._most = most

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        if len(value) > self._most:
            raise forms.ValidationError(_("Write at most %(most)d lines.") % {"most": self._most})
        if any(len(line) > 120 for line in value):
            raise forms.ValidationError(_("Keep each line under 120 letters."))

    def run_validators(self, value: Any) -> None:
        return


class Days(forms.CharField):
    """Some days as people write them: 31/12/2026, one a line or with commas. Cleans to a list of dates."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs=_INPUT | {"rows": 2, "placeholder": "31/12/2026, 01/01/2027"})
        super().__init__(widget=widget, max_length=DATES_MAX * 12, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(f"{day:%d/%m/%Y}" for day in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        days = []
        for text in re.split(r"[\s,;]+", (super().to_python(value) or "").strip()):
            if text:
                days.append(_day(text))
        return sorted(set(days))

    def run_validators(self, value: Any) -> None:
        return


def _day(text: str) -> date:
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise forms.ValidationError(_("“%(text)s” is no day. Write it as 31/12/2026.") % {"text": text[:20]})


class TourForm(forms.Form):
    """A tour in the words of its organiser."""

    seller = forms.ModelChoiceField(
        label=gettext_lazy("Seller"), queryset=Seller.objects.none(), widget=forms.Select(attrs=_INPUT)
    )
    title = forms.CharField(label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput(attrs=_INPUT))
    name_en = forms.CharField(
        label=gettext_lazy("English name"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=_INPUT),
    )
    description = forms.CharField(
        label=gettext_lazy("What guests will see and do"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs=_INPUT | {"rows": 5}),
    )
    stops = Lines(label=gettext_lazy("Stops, one a line"), most=STOPS_MAX)
    days = _number(gettext_lazy("How many days"), 1, 30, initial=1)
    is_half_day = forms.BooleanField(label=gettext_lazy("Only half a day"), required=False)
    months = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Only in these months"),
        help_text=gettext_lazy("Choose none if it goes all year."),
        choices=MONTHS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    adult_vnd = _number(gettext_lazy("Price for an adult, ₫"), 1_000, PRICE_VND_MAX)
    child_vnd = _number(gettext_lazy("Price for a child, ₫"), 0, PRICE_VND_MAX)
    child_age_max = _number(gettext_lazy("Children are up to so many years old"), 0, 17, initial=11)
    capacity = _number(gettext_lazy("Seats"), 1, SEATS_MAX, initial=12)
    min_group = _number(gettext_lazy("It goes with so many guests"), 1, SEATS_MAX, initial=2)
    cut_off_hours = _number(gettext_lazy("Book until so many hours before"), 0, 720, initial=24)
    meeting_point = forms.CharField(
        label=gettext_lazy("Meeting point"), max_length=200, widget=forms.TextInput(attrs=_INPUT)
    )
    policy = forms.ChoiceField(
        label=gettext_lazy("If a guest cancels"), widget=forms.Select(attrs=_INPUT), initial="moderate"
    )
    is_public = forms.BooleanField(label=gettext_lazy("Show it to guests"), required=False, initial=True)

    def __init__(self, *args: Any, sellers: list[Seller], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seller = self.fields["seller"]
        seller.queryset = Seller.objects.filter(pk__in=[each.pk for each in sellers])  # type: ignore[attr-defined]
        self._only = sellers[0] if len(sellers) == 1 else None
        if self._only:
            seller.widget, seller.required = forms.HiddenInput(), False
        held = CancellationPolicy.objects.filter(valid_from__lte=today).order_by("valid_from")
        self.fields["policy"].choices = [  # type: ignore[attr-defined]
            (policy.code, f"{policy.name}: {policy.text}")
            for policy in {policy.code: policy for policy in held}.values()
        ]

    def clean_seller(self) -> Seller | None:
        return self.cleaned_data["seller"] or self._only

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        capacity, group = facts.get("capacity"), facts.get("min_group")
        if capacity and group and group > capacity:
            self.add_error("min_group", _("The group must fit into the seats."))
        if facts.get("is_half_day") and facts.get("days", 1) > 1:
            self.add_error("is_half_day", _("Half a day is one day: write 1 for the days."))
        return facts


def facts_of(tour: Tour) -> dict[str, Any]:
    """Return what the form of a tour starts with. Needs its product and origin."""
    names = [name for name in TourForm.base_fields if hasattr(tour, name)]
    origin = tour.product.origin
    return {name: getattr(tour, name) for name in names} | {
        "seller": origin.seller_id,
        "title": tour.product.title,
        "name_en": origin.name_en,
        "description": tour.product.description,
        "is_public": tour.product.is_public,
    }


class ScheduleForm(forms.Form):
    """On which days a tour goes: weekdays, or a recurrence rule for those who know one."""

    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Every"),
        choices=WEEKDAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    every = _number(gettext_lazy("in every so many weeks"), 1, 52, initial=1, required=False)
    rule = forms.CharField(
        label=gettext_lazy("Or a rule (RFC 5545)"),
        help_text="FREQ=MONTHLY;BYDAY=1SA",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=_INPUT),
    )
    first_on = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs=_INPUT | {"type": "date"}),
    )
    last_on = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs=_INPUT | {"type": "date"}),
    )
    starts_at_time = forms.TimeField(
        label=gettext_lazy("Starts at"),
        initial="08:00",
        widget=forms.TimeInput(format="%H:%M", attrs=_INPUT | {"type": "time"}),
    )
    except_on = Days(label=gettext_lazy("Not on these days"))
    also_on = Days(label=gettext_lazy("Also on these days"))
    adult_vnd = _number(gettext_lazy("Adult, if another price, ₫"), 1_000, PRICE_VND_MAX, required=False)
    child_vnd = _number(gettext_lazy("Child, if another price, ₫"), 0, PRICE_VND_MAX, required=False)
    guide = forms.CharField(
        label=gettext_lazy("Guide"), max_length=80, required=False, widget=forms.TextInput(attrs=_INPUT)
    )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        first_on, last_on = facts.get("first_on"), facts.get("last_on")
        if first_on and last_on and last_on < first_on:
            self.add_error("last_on", _("The last day must not be before the first."))
        weekdays, every = facts.pop("weekdays", None), facts.pop("every", None) or 1
        rule = facts.get("rule", "").strip()
        if bool(rule) == bool(weekdays) and "rule" not in self.errors:
            self.add_error("weekdays", _("Choose weekdays, or write a rule."))
        elif weekdays:
            facts["rule"] = f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(weekdays)}"
        elif rule:
            try:
                facts["rule"] = schedules.check_rule(rule)
            except Invalid as error:
                self.add_error("rule", str(error))
        return facts


class DepartureForm(forms.Form):
    """One departure of its own."""

    starts_at = forms.DateTimeField(
        label=gettext_lazy("Day and time"),
        input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"],
        widget=forms.DateTimeInput(attrs=_INPUT | {"type": "datetime-local"}),
    )
    guide = forms.CharField(
        label=gettext_lazy("Guide"), max_length=80, required=False, widget=forms.TextInput(attrs=_INPUT)
    )


class ChangeForm(forms.Form):
    """What may change of a departure that is on sale."""

    capacity = _number(gettext_lazy("Seats"), 1, SEATS_MAX)
    guide = forms.CharField(
        label=gettext_lazy("Guide"), max_length=80, required=False, widget=forms.TextInput(attrs=_INPUT)
    )
    meeting_point = forms.CharField(
        label=gettext_lazy("Meeting point"), max_length=200, widget=forms.TextInput(attrs=_INPUT)
    )


class GuestForm(PartyForm):
    """A party that came by itself or telephoned."""

    guest_name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput(attrs=_INPUT)
    )
    guest_phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs=_INPUT | {"type": "tel"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=300, required=False, widget=forms.TextInput(attrs=_INPUT)
    )


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it does not go"), max_length=200, widget=forms.TextInput(attrs=_INPUT)
    )


def in_words(rule: str) -> str:
    """Return what a rule of days or weeks says, for a person; other rules as they are written."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    every, days = int(parts.pop("INTERVAL", "1")), parts.pop("BYDAY", "").split(",")
    names = dict(WEEKDAYS)
    if parts == {"FREQ": "DAILY"} and days == [""] and every == 1:
        return _("every day")
    if parts != {"FREQ": "WEEKLY"} or not all(day in names for day in days):
        return rule
    shown = ", ".join(str(names[day]) for day in days)
    words = ngettext("every week: %(days)s", "every %(every)d weeks: %(days)s", every)
    return words % {"every": every, "days": shown}
