"""What a visitor may ask of the lists. What makes no sense is named and then left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agriculture.categories import CATEGORIES
from agriculture.selectors import Sort
from marketplace.places.models import Commune
from marketplace.places.selectors import communes_at, find_communes
from tourism.selectors import NIGHTS_MAX
from tourism.sights.models import Sight

GUESTS_MAX = 60
MONTHS = [
    (1, pgettext_lazy("season", "January")),
    (2, pgettext_lazy("season", "February")),
    (3, pgettext_lazy("season", "March")),
    (4, pgettext_lazy("season", "April")),
    (5, pgettext_lazy("season", "May")),
    (6, pgettext_lazy("season", "June")),
    (7, pgettext_lazy("season", "July")),
    (8, pgettext_lazy("season", "August")),
    (9, pgettext_lazy("season", "September")),
    (10, pgettext_lazy("season", "October")),
    (11, pgettext_lazy("season", "November")),
    (12, pgettext_lazy("season", "December")),
]
NOW = "now"
SEASONS: dict[Any, Any] = {"": _("Any time"), NOW: _("In season now"), **dict(MONTHS)}


class CommuneField(forms.CharField):
    """A commune of today by its code or by any name it or its parts ever had.

    Drawn as a list of all of them. Cleans to a Commune or None.
    """

    default_error_messages = {
        "unknown": _("There is no commune “%(value)s”. Choose one from the list, or search for a name."),
    }

    def __init__(self, *, today: date, **kwargs: Any) -> None:
        super().__init__(max_length=80, widget=forms.Select(attrs={"class": "input"}), **kwargs)
        self._communes = list(
            communes_at(today).only("code", "name", "full_name", "kind").order_by("name_ascii")
        )
        self._today = today
        self.widget.choices = [
            ("", _("Everywhere")),
            *((each.code, each.full_name) for each in self._communes),
        ]

    def clean(self, value: Any) -> Commune | None:
        text = super().clean(value)
        if not text:
            return None
        for commune in self._communes:
            if text == commune.code:
                return commune
        found = find_communes(text, self._today)
        if not found:
            raise forms.ValidationError(
                self.error_messages["unknown"], code="unknown", params={"value": text}
            )
        return found[0]


class ListFilter(forms.Form):
    """A form sent by GET whose fields may each be wrong on their own.

    ``wishes()`` has those that make sense; ``complaints()`` says what is wrong with the others.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "input")

    def wishes(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data

    def complaints(self) -> list[str]:
        return [str(error) for errors in self.errors.values() for error in errors]


def _choice_of(label: Any, choices: list[tuple[Any, Any]], wrong: Any) -> forms.ChoiceField:
    field = forms.ChoiceField(label=label, choices=choices, required=False)
    field.error_messages["invalid_choice"] = wrong
    return field


class ProduceFilter(ListFilter):
    q = forms.CharField(
        label=_("Search produce"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={"max_length": _("Search for fewer words: at most %(limit_value)d letters.")},
    )
    category = _choice_of(
        _("Kind"),
        [("", _("All kinds")), *CATEGORIES.items()],
        _("There is no kind of produce “%(value)s”. Choose one of those shown."),
    )
    season = _choice_of(
        _("Season"),
        [*SEASONS.items()],
        _("“%(value)s” is no month. Choose a month from the list."),
    )
    sort = _choice_of(
        _("Sort"),
        [("", _("as suggested")), *Sort.choices],
        _("There is no order “%(value)s”. Choose one from the list."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["commune"] = CommuneField(label=_("Commune"), today=today, required=False)

    def season_words(self) -> str:
        """Return the chosen season as the list of seasons names it."""
        return str(SEASONS[self._season()])

    def _season(self) -> Any:
        season = self.wishes().get("season", "")
        return int(season) if season.isdecimal() else season

    def month(self) -> int | None:
        season = self._season()
        return self.today.month if season == NOW else season or None


class NightsFilter(ListFilter):
    """Dates and guests. Without dates nothing is said about what is free."""

    first_night = forms.DateField(
        label=_("Arrival"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "data-arrival": True}),
        error_messages={"invalid": _("The day of arrival is not a date. Write it as 2026-03-31.")},
    )
    leaves_on = forms.DateField(
        label=_("Departure"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "data-departure": True}),
        error_messages={"invalid": _("The day of departure is not a date. Write it as 2026-03-31.")},
    )
    guests = forms.IntegerField(
        label=_("Guests"),
        required=False,
        min_value=1,
        max_value=GUESTS_MAX,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": "2"}),
        error_messages={
            "invalid": _("The number of guests is not a number."),
            "min_value": _("Somebody has to sleep there: give at least one guest."),
            "max_value": _("For more than %(limit_value)d guests please call the host."),
        },
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["first_night"].widget.attrs["min"] = today.isoformat()
        self.fields["leaves_on"].widget.attrs["min"] = today.isoformat()

    def clean(self) -> dict[str, Any]:
        wishes = super().clean() or {}
        first_night, leaves_on = wishes.get("first_night"), wishes.get("leaves_on")
        if first_night and first_night < self.today:
            self.add_error("first_night", _("The day of arrival has passed. Choose today or a later day."))
        elif first_night and leaves_on and leaves_on < first_night:
            self.add_error(
                "leaves_on", _("The day of departure is before the day of arrival. Exchange the two.")
            )
        elif first_night and leaves_on and leaves_on == first_night:
            self.add_error("leaves_on", _("The day of departure must be after the day of arrival."))
        elif first_night and leaves_on and (leaves_on - first_night).days > NIGHTS_MAX:
            self.add_error(
                "leaves_on",
                forms.ValidationError(
                    _("At most %(nights)d nights can be booked at once."), params={"nights": NIGHTS_MAX}
                ),
            )
        return wishes


class SightField(forms.CharField):
    """A sight by its slug, drawn as a list of all of them. Cleans to a Sight or None."""

    default_error_messages = {
        "unknown": _("There is no sight “%(value)s”. Choose one from the list."),
    }

    def __init__(self, *, sights: Sequence[Sight], **kwargs: Any) -> None:
        super().__init__(max_length=80, widget=forms.Select(attrs={"class": "input"}), **kwargs)
        self._sights = {each.slug: each for each in sights}
        self.widget.choices = [("", _("Anywhere")), *((each.slug, each.title) for each in sights)]

    def clean(self, value: Any) -> Sight | None:
        text = super().clean(value)
        if not text:
            return None
        if text not in self._sights:
            raise forms.ValidationError(
                self.error_messages["unknown"], code="unknown", params={"value": text}
            )
        return self._sights[text]


class StayFilter(NightsFilter):
    """The list of stays: ``?from=&to=&guests=&commune=&near=``."""

    _PARAMETERS = {"first_night": "from", "leaves_on": "to"}

    def __init__(self, *args: Any, today: date, sights: Sequence[Sight], **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["commune"] = CommuneField(label=_("Commune"), today=today, required=False)
        self.fields["near"] = SightField(label=_("Near a sight"), sights=sights, required=False)

    def add_prefix(self, field_name: str) -> str:
        return self._PARAMETERS.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        wishes = super().clean()
        if wishes.get("first_night") and not wishes.get("leaves_on") and "leaves_on" not in self.errors:
            self.add_error("leaves_on", _("Choose the day of departure as well."))
        if wishes.get("leaves_on") and not wishes.get("first_night") and "first_night" not in self.errors:
            self.add_error("first_night", _("Choose the day of arrival as well."))
        return wishes


class BookingFilter(NightsFilter):
    """The page of a stay: dates, guests and rooms its prices are for, and the months of its calendar."""

    children = forms.IntegerField(
        label=_("Of them children"),
        required=False,
        min_value=0,
        max_value=GUESTS_MAX,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": _("The number of children is not a number."),
            "min_value": _("Choose no children, or some."),
            "max_value": _("For more than %(limit_value)d guests please call the host."),
        },
    )
    rooms = forms.IntegerField(
        label=_("Rooms"),
        required=False,
        min_value=1,
        max_value=GUESTS_MAX,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": _("The number of rooms is not a number."),
            "min_value": _("Choose at least one room."),
            "max_value": _("At most %(limit_value)d rooms can be booked at once."),
        },
    )
    room = forms.IntegerField(
        required=False,
        error_messages={"invalid": _("There is no such room here. Choose one of those shown.")},
    )
    month = forms.DateField(
        required=False,
        input_formats=["%Y-%m"],
        error_messages={"invalid": _("That is not a month. The calendar starts with this one.")},
    )
