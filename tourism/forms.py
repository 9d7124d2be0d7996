"""What hosts type about prices, rules, meals and add-ons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import AddOn, BookingRule, PriceRule, RoomType, Stay


class DayField(forms.DateField):
    """A day, by the phone's own calendar. May stay empty."""

    def __init__(self, *, label: Any, help_text: Any = "") -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(label=label, help_text=help_text, widget=widget, required=False)


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Days of the week as numbers; Monday is 0."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=list(WEEKDAYS.items()),
            coerce=int,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            **options,
        )


class TermsForm(forms.ModelForm):
    """Policy, deposit and children of one stay."""

    class Meta:
        model = Stay
        fields = ["policy", "deposit_percent", "children_until", "child_percent"]

    deposit_percent = forms.IntegerField(
        label=gettext_lazy("Deposit, % of the price"), min_value=10, max_value=100
    )
    children_until = forms.IntegerField(label=gettext_lazy("Children, up to the age of"), max_value=17)
    child_percent = forms.IntegerField(
        label=gettext_lazy("A child pays, %"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("Of a sleeping place and of meals. A private room costs the same."),
    )


class PriceRuleForm(forms.ModelForm):
    """When nights cost otherwise, and what: per cents of the usual price, or a price."""

    class Meta:
        model = PriceRule
        fields = ["kind", "feast", "first_on", "last_on", "weekdays", "room_type", "percent", "price_vnd"]

    first_on = DayField(label=gettext_lazy("First night"))
    last_on = DayField(label=gettext_lazy("Last night"))
    weekdays = WeekdaysField(label=gettext_lazy("Evenings"))
    percent = forms.IntegerField(
        label=gettext_lazy("Dearer by, %"),
        required=False,
        min_value=-90,
        max_value=400,
        help_text=gettext_lazy("Write −10 for cheaper nights. Or give a price instead."),
    )
    price_vnd = forms.IntegerField(
        label=gettext_lazy("Price per night, VND"), required=False, min_value=1_000, max_value=100_000_000
    )

    def __init__(self, *args: Any, rooms: Sequence[RoomType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _only(self, rooms)

    def clean(self) -> dict[str, Any]:
        rule = super().clean() or {}
        if (rule.get("percent") is None) == (rule.get("price_vnd") is None) and not self.errors:
            self.add_error("percent", _("Give either per cents or a price."))
        kind = rule.get("kind")
        if kind == PriceRule.Kind.FEAST and not rule.get("feast"):
            self.add_error("feast", _("Choose the festival."))
        if kind == PriceRule.Kind.WEEKEND and not rule.get("weekdays"):
            self.add_error("weekdays", _("Choose the evenings."))
        if kind == PriceRule.Kind.SEASON:
            _check_days(self, rule, must=True)
        if kind != PriceRule.Kind.SEASON:
            rule["first_on"] = rule["last_on"] = None
        if kind != PriceRule.Kind.FEAST:
            rule["feast"] = ""
        if kind != PriceRule.Kind.WEEKEND:
            rule["weekdays"] = []
        return rule


class BookingRuleForm(forms.ModelForm):
    """What nights may be booked together, and when."""

    class Meta:
        model = BookingRule
        fields = [
            "room_type",
            "first_on",
            "last_on",
            "min_nights",
            "max_nights",
            "arrival_days",
            "lead_hours",
            "window_days",
        ]

    first_on = DayField(
        label=gettext_lazy("First arrival"),
        help_text=gettext_lazy("Leave both days empty for the whole year."),
    )
    last_on = DayField(label=gettext_lazy("Last arrival"))
    arrival_days = WeekdaysField(label=gettext_lazy("Guests arrive only on"))

    def __init__(self, *args: Any, rooms: Sequence[RoomType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _only(self, rooms)
        for name, most in (("min_nights", 30), ("max_nights", 30), ("lead_hours", 720), ("window_days", 548)):
            field = self.fields[name]
            assert isinstance(field, forms.IntegerField)
            field.widget.attrs |= {"min": 1, "max": most}
            field.validators += [MinValueValidator(1), MaxValueValidator(most)]

    def clean(self) -> dict[str, Any]:
        rule = super().clean() or {}
        _check_days(self, rule, must=False)
        least, most = rule.get("min_nights"), rule.get("max_nights")
        if least and most and most < least:
            self.add_error("max_nights", _("At most must not be less than at least."))
        asked = ("min_nights", "max_nights", "arrival_days", "lead_hours", "window_days")
        if not self.errors and not any(rule.get(name) for name in asked):
            raise forms.ValidationError(_("Say at least one thing that guests must keep."))
        return rule


class AddOnForm(forms.ModelForm):
    class Meta:
        model = AddOn
        fields = ["kind", "name", "name_en", "per", "price_vnd"]

    price_vnd = forms.IntegerField(label=gettext_lazy("Price, VND"), min_value=1_000, max_value=100_000_000)

    def clean(self) -> dict[str, Any]:
        add_on = super().clean() or {}
        if add_on.get("kind") != AddOn.Kind.OTHER and add_on.get("per") == AddOn.Per.PIECE:
            self.add_error("per", _("Meals are for guests: choose another way to count."))
        return add_on


def _only(form: forms.ModelForm, rooms: Sequence[RoomType]) -> None:
    """Let the rule be about these rooms, or about all of them."""
    field = form.fields["room_type"]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = RoomType.objects.filter(pk__in=[room.pk for room in rooms])
    field.label, field.required = _("Room"), False
    field.choices = [("", _("All rooms")), *((room.pk, room.product.title) for room in rooms)]


def _check_days(form: forms.ModelForm, rule: dict[str, Any], *, must: bool) -> None:
    first, last = rule.get("first_on"), rule.get("last_on")
    if (must and not first) or (last and not first and "first_on" not in form.errors):
        form.add_error("first_on", _("Choose the first day."))
    if (must and not last) or (first and not last and "last_on" not in form.errors):
        form.add_error("last_on", _("Choose the last day."))
    if first and last and last < first:
        form.add_error("last_on", _("The last day is before the first. Exchange the two."))
