"""What officials write to close a commune, and what guests choose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.places.models import Commune
from tourism.closures.models import Closure
from tourism.tours.models import Departure


def _day(label: Any, invalid: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": invalid, "required": _("Choose a day.")},
    )


class ClosureForm(forms.Form):
    commune = forms.ChoiceField(
        label=_("Commune"),
        error_messages={"invalid_choice": _("Choose one of the communes you answer for.")},
    )
    first_night = _day(_("First closed night"), _("The first night is not a date. Write it as 2026-03-31."))
    last_night = _day(_("Last closed night"), _("The last night is not a date. Write it as 2026-03-31."))
    cause = forms.ChoiceField(label=_("Cause"), choices=Closure.Cause)
    words = forms.CharField(
        label=_("What guests are told"),
        help_text=_("One sentence. It stands on their order and is the reason of their refund."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, communes: Sequence[Commune], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._communes = {commune.code: commune for commune in communes}
        self.fields["commune"].choices = [  # type: ignore[attr-defined]
            (commune.code, commune.full_name) for commune in communes
        ]
        for name in ("first_night", "last_night"):
            self.fields[name].widget.attrs["min"] = today.isoformat()

    def clean_commune(self) -> Commune:
        return self._communes[self.cleaned_data["commune"]]


class NightsForm(forms.Form):
    """Other nights for a stay."""

    day = forms.TypedChoiceField(label=_("Day of arrival"), coerce=date.fromisoformat)

    def __init__(self, *args: Any, days: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].choices = [  # type: ignore[attr-defined]
            (day.isoformat(), date_format(day, "D d/m/Y")) for day in days
        ]
        self.fields["day"].error_messages["invalid_choice"] = _(
            "These nights are no longer free. Choose others from the list."
        )


class DepartureForm(forms.Form):
    """Another departure of a tour."""

    departure = forms.TypedChoiceField(label=pgettext_lazy("tour", "Departure"), coerce=int)

    def __init__(self, *args: Any, departures: Sequence[Departure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["departure"].choices = [  # type: ignore[attr-defined]
            (each.pk, date_format(each.starts_at, "D d/m/Y H:i")) for each in departures
        ]
        self.fields["departure"].error_messages["invalid_choice"] = _(
            "This departure is no longer free. Choose another from the list."
        )
