"""What officials write: targets, figures from elsewhere, the plan of the roll-out and how a step was done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.places.models import Commune

from .models import Fact


def _value(label: Any, *, hint: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=hint,
        min_value=0,
        max_digits=18,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "invalid": _("Write a number such as 35 or 12.5."),
            "required": _("Write a number, 0 for none."),
            "min_value": _("It cannot be below zero."),
        },
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "invalid": _("This is not a date. Write it as 2026-03-31."),
            "required": _("Choose a day."),
        },
    )


def _source() -> forms.CharField:
    return forms.CharField(
        label=pgettext_lazy("of a figure", "Source"),
        help_text=_("Decision, report or letter, with its number and day."),
        max_length=200,
        error_messages={"required": _("Say where it comes from: a figure without a source helps nobody.")},
    )


def _choices_of(communes: Sequence[Commune]) -> list[tuple[str, Any]]:
    return [("", _("The whole province")), *((commune.code, commune.full_name) for commune in communes)]


class TargetForm(forms.Form):
    """A target of one indicator."""

    commune = forms.ChoiceField(
        label=_("For"),
        required=False,
        error_messages={"invalid_choice": _("Choose the province or one of its communes.")},
    )
    value = _value(_("To be reached"))
    valid_from = _day(_("From"))
    source = _source()

    def __init__(self, *args: Any, communes: Sequence[Commune], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].choices = _choices_of(communes)  # type: ignore[attr-defined]


class FactForm(forms.Form):
    key = forms.ChoiceField(
        label=_("Figure"),
        choices=Fact.Key,
        error_messages={"invalid_choice": _("Choose one of the figures in the list.")},
    )
    commune = forms.ChoiceField(
        label=_("Of"),
        required=False,
        error_messages={"invalid_choice": _("Choose the province or one of its communes.")},
    )
    value = _value(pgettext_lazy("of a figure", "Value"))
    valid_from = _day(_("Holds from"))
    source = _source()

    def __init__(self, *args: Any, communes: Sequence[Commune], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].choices = _choices_of(communes)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("key") == Fact.Key.COVERED_PERCENT and (found.get("value") or 0) > 100:
            self.add_error("value", _("Of all hamlets at most 100 % have a network."))
        return found


class PlanForm(forms.Form):
    wave = forms.IntegerField(
        label=_("Wave"),
        help_text=_("1 is the pilot. The others begin once a pilot commune is live."),
        min_value=1,
        max_value=20,
        error_messages={
            "invalid": _("Write a whole number from 1 to 20."),
            "required": _("Write a whole number from 1 to 20."),
            "min_value": _("The first wave is 1."),
            "max_value": _("There are at most 20 waves."),
        },
    )
    planned_on = _day(_("Planned to begin"))


class MarkForm(forms.Form):
    mark_id = forms.UUIDField(widget=forms.HiddenInput)
    step = forms.SlugField(max_length=20, widget=forms.HiddenInput)
    is_done = forms.TypedChoiceField(
        choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1", widget=forms.HiddenInput
    )
    words = forms.CharField(
        label=_("How it was done"),
        required=False,
        max_length=500,
        error_messages={"max_length": _("At most 500 letters: say it shorter.")},
    )
