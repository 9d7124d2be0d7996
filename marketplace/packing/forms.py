"""What sellers and buyers type or tap while an order is prepared."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from .models import PackingAct, Pause

WEIGHT_MAX_G = 500_000  # of one line: more than anybody lifts
_KILOGRAMS = re.compile(r"\d{1,3}(?:[.,]\d{1,3})?")

# Why a seller cannot prepare an order. Kept as the sentence the buyer reads.
DECLINE_REASONS = {
    "spoiled": _("It has spoiled, or was eaten by animals."),
    "sold": _("It was sold elsewhere; nothing is left."),
    "not-ripe": _("It is not ripe in time."),
    "road": _("The road is closed."),
    "ill": _("We are ill, or have a death in the family."),
}
DECLINE_ICONS = {"spoiled": "leaf", "sold": "basket", "not-ripe": "clock", "road": "mountain", "ill": "home"}


class KilogramsField(forms.CharField):
    """Kilograms with a comma or a point, "2,35"; cleaned to whole grams."""

    def to_python(self, value: Any) -> Any:
        text = "".join(str(super().to_python(value)).split()).lower().removesuffix("kg")
        if not text:
            return None
        if not _KILOGRAMS.fullmatch(text):
            raise ValidationError(_("Write the weight in kilograms, such as 2,35."))
        whole, _separator, rest = text.replace(",", ".").partition(".")
        grams = int(whole) * 1_000 + int(rest.ljust(3, "0") or 0)
        if not 0 < grams <= WEIGHT_MAX_G:
            raise ValidationError(_("Write a weight from 0,001 to 500 kilograms."))
        return grams


class ActForm(forms.Form):
    """One act of packing, from the page's form or from a phone's queue."""

    id = forms.UUIDField()
    kind = forms.ChoiceField(choices=PackingAct.Kind)
    line = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    lot = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    weight = KilogramsField(required=False, label=_("Weight in kilograms"))
    happened_at = forms.CharField(required=False, max_length=40)

    def clean_happened_at(self) -> datetime | None:
        """The moment by the phone's clock; None without one: then it happened as it came."""
        text = self.cleaned_data["happened_at"]
        if not text:
            return None
        try:
            moment = parse_datetime(text)
        except ValueError as error:
            raise ValidationError(_("This is no moment.")) from error
        if moment is None or timezone.is_naive(moment):
            raise ValidationError(_("This is no moment."))
        return moment

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        if kind in PackingAct.OF_LINES and not cleaned.get("line"):
            self.add_error("line", _("Say which line it is of."))
        if kind == PackingAct.Kind.WEIGH and not cleaned.get("weight") and "weight" not in self.errors:
            self.add_error("weight", _("Write what it weighs, in kilograms."))
        if kind not in PackingAct.OF_LINES:
            cleaned["line"] = None
        if kind != PackingAct.Kind.WEIGH:
            cleaned["weight"] = None
        return cleaned


class DeclineForm(forms.Form):
    """Why it cannot be prepared: a picture, or own words."""

    reason = forms.ChoiceField(choices=list(DECLINE_REASONS.items()))

    def sentence(self) -> str:
        return str(DECLINE_REASONS[self.cleaned_data["reason"]])


class PauseForm(forms.Form):
    """Days on which nothing is sent; without a last day until the shop is opened again."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    first_day = forms.DateField(label=_("Closed from"), widget=forms.DateInput({"type": "date"}))
    last_day = forms.DateField(
        label=_("Until, this day included"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=_("Leave it empty if you do not know yet."),
    )
    reason = forms.ChoiceField(
        label=_("Why"), required=False, choices=[("", _("I do not say")), *Pause.Reason.choices]
    )


class SayForm(forms.Form):
    """A ready answer, or own words."""

    id = forms.UUIDField()
    answer = forms.CharField(required=False, max_length=20)
    words = forms.CharField(required=False, max_length=2_000)


class AnswerForm(forms.Form):
    """A seller's answer to a complaint: everything back, a part of it, or nothing."""

    ALL, SOME, NOTHING = "all", "some", "nothing"

    offer = forms.ChoiceField(
        choices=[
            (ALL, _("give all of it back")),
            (SOME, _("give a part back")),
            (NOTHING, _("give nothing")),
        ],
        error_messages={"required": _("Choose one of the three.")},
    )
    offer_vnd = forms.IntegerField(label=_("How much, VND"), required=False, min_value=1, max_value=10**12)
    words = forms.CharField(
        label=_("What do you say to the buyer?"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_some = cleaned.get("offer") == self.SOME
        if is_some and not cleaned.get("offer_vnd") and "offer_vnd" not in self.errors:
            self.add_error("offer_vnd", _("Write how much you give back."))
        return cleaned

    def offer_vnd_of(self, wanted_vnd: int) -> int:
        """Return how many đồng are offered, of those that are wanted."""
        chosen = self.cleaned_data["offer"]
        if chosen == self.SOME:
            return int(self.cleaned_data["offer_vnd"])
        return wanted_vnd if chosen == self.ALL else 0


class DecisionForm(forms.Form):
    """What is decided about a complaint, and why."""

    refund_vnd = forms.IntegerField(
        label=_("Back to the buyer, VND"),
        min_value=0,
        max_value=10**12,
        help_text=_("0 gives the seller everything."),
    )
    note = forms.CharField(
        label=_("Why it is decided so"), max_length=500, widget=forms.Textarea({"rows": 3})
    )
