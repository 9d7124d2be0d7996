"""What buyers who come again, and sellers who answer them, may fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.errors import Invalid
from marketplace.sellers.models import Seller

from .models import RepeatBox

_NUMBER = {"class": "input", "inputmode": "numeric"}
_DAY = {"class": "input", "type": "date"}


class RefusableForm(forms.Form):
    """A form that also shows what a service says of a field."""

    def refuse(self, error: Invalid) -> None:
        field = error.field if error.field in self.fields else None
        self.add_error(field, str(error))


class BoxForm(RefusableForm):
    """How many of each thing, how often, and when first. ``goods``: product ids -> (product, packs)."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    every_weeks = forms.TypedChoiceField(
        label=_("How often?"), coerce=int, choices=RepeatBox.Every.choices, widget=forms.RadioSelect
    )
    day = forms.DateField(label=_("When next?"), widget=forms.DateInput(format="%Y-%m-%d", attrs=_DAY))

    def __init__(self, *args: Any, goods: Mapping[int, tuple[Any, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ids = list(goods)
        for pk, (product, packs) in goods.items():
            self.fields[f"q{pk}"] = forms.IntegerField(
                label=product.title,
                min_value=0,
                max_value=1000,
                initial=packs,
                widget=forms.NumberInput(attrs=_NUMBER),
            )

    @property
    def goods(self) -> list[Any]:
        return [self[f"q{pk}"] for pk in self._ids]

    def quantities(self) -> dict[int, int]:
        return {pk: self.cleaned_data[f"q{pk}"] for pk in self._ids}

    def refuse(self, error: Invalid) -> None:
        super().refuse(Invalid("day", str(error)) if error.field in ("first_on", "next_on") else error)


class PoolForm(RefusableForm):
    """What a seller asks for and promises with a pooled order."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    product = forms.TypedChoiceField(
        label=_("What is sold together?"), coerce=int, widget=forms.Select(attrs={"class": "input"})
    )
    target_kg = forms.IntegerField(
        label=_("How many kilograms fill the truck?"), min_value=1, widget=forms.NumberInput(attrs=_NUMBER)
    )
    capacity_kg = forms.IntegerField(
        label=_("How many kilograms can you sell at most?"),
        min_value=1,
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    price_vnd = forms.IntegerField(
        label=_("Price of a pack now, đồng"), min_value=1, widget=forms.NumberInput(attrs=_NUMBER)
    )
    full_vnd = forms.IntegerField(
        label=_("Price of a pack when the truck is full, đồng"),
        min_value=1,
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    closes_on = forms.DateField(
        label=_("Last day to join"), widget=forms.DateInput(format="%Y-%m-%d", attrs=_DAY)
    )
    leaves_on = forms.DateField(
        label=_("The truck leaves on"), widget=forms.DateInput(format="%Y-%m-%d", attrs=_DAY)
    )

    def __init__(self, *args: Any, products: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = products  # type: ignore[attr-defined]

    @property
    def closes_at(self) -> datetime:
        """The end of the last day."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["closes_on"], time(21)))

    def refuse(self, error: Invalid) -> None:
        super().refuse(Invalid("closes_on", str(error)) if error.field == "closes_at" else error)


class ReviewForm(RefusableForm):
    """Stars and words about something received."""

    STARS = [
        (5, _("★★★★★ Very good")),
        (4, _("★★★★ Good")),
        (3, _("★★★ All right")),
        (2, _("★★ Not so good")),
        (1, _("★ Bad")),
    ]

    stars = forms.TypedChoiceField(
        label=_("How was it?"), coerce=int, choices=STARS, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
    )


class AnswerForm(RefusableForm):
    """What a seller says to a review."""

    answer = forms.CharField(
        label=_("Your answer"), max_length=1000, widget=forms.Textarea(attrs={"class": "input", "rows": 3})
    )


class VoucherForm(RefusableForm):
    """A code with which a seller gives something off."""

    seller = forms.TypedChoiceField(
        label=_("Whose goods?"), coerce=int, widget=forms.Select(attrs={"class": "input"})
    )
    code = forms.CharField(
        label=_("The code"),
        max_length=20,
        help_text=_("4 to 20 letters without accents, and digits. As MUAVU10."),
        widget=forms.TextInput(
            attrs={"class": "input", "autocomplete": "off", "autocapitalize": "characters"}
        ),
    )
    percent = forms.IntegerField(label=_("Percent off"), widget=forms.NumberInput(attrs=_NUMBER))
    uses = forms.IntegerField(label=_("How many orders may use it?"), widget=forms.NumberInput(attrs=_NUMBER))
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(format="%Y-%m-%d", attrs=_DAY))
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs=_DAY))

    def __init__(self, *args: Any, sellers: Sequence[Seller], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["seller"]
        field.choices = [(each.pk, each.name) for each in sellers]  # type: ignore[attr-defined]
        if len(sellers) == 1:
            field.widget = forms.HiddenInput()
