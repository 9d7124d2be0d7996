"""What a host says of a house and of its rooms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.sellers.models import Seller
from tourism.models import RoomType, Stay

PRICE_VND_MAX = 100_000_000
ROOMS_MAX = 200
SLEEPS_MAX = 50
_TIME = {"type": "time"}


def _number(label: Any, least: int, most: int, **kwargs: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, widget=widget, **kwargs)


class HouseForm(forms.ModelForm):
    """A house in the words of its host: ``cleaned_data`` is what ``services.open_house`` takes."""

    seller = forms.ModelChoiceField(label=_("Seller"), queryset=Seller.objects.none())
    title = forms.CharField(label=_("Name of the house"), max_length=120)
    description = forms.CharField(
        label=_("What guests will like"),
        help_text=_("How one sleeps, what there is to eat, what is near. Guests read it before they book."),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    description_en = forms.CharField(
        label=_("The same in English"),
        help_text=_("Leave it empty if you do not know: foreign guests then read the Vietnamese words."),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    meal_price_vnd = _number(_("A meal, VND per guest"), 0, PRICE_VND_MAX, required=False)

    class Meta:
        model = Stay
        fields = (
            "kind",
            "village",
            "hosts",
            "road",
            "signal",
            "has_wifi",
            "meal_price_vnd",
            "check_in_from",
            "check_out_until",
            "asks_first",
        )
        widgets = {
            "check_in_from": forms.TimeInput(attrs=_TIME, format="%H:%M"),
            "check_out_until": forms.TimeInput(attrs=_TIME, format="%H:%M"),
        }
        help_texts = {"hosts": _("For example: Thái, Hmong."), "village": _("For example: Bản Che Căn.")}

    def __init__(self, *args: Any, sellers: list[Seller], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            product = self.instance.product
            self.initial = {
                **self.initial,
                "title": product.title,
                "description": product.description,
                "name_en": product.origin.name_en,
                "description_en": product.origin.description_en,
            }
            del self.fields["seller"]
            return
        chosen: Any = self.fields["seller"]
        chosen.queryset = Seller.objects.filter(pk__in=[seller.pk for seller in sellers])
        if len(sellers) == 1:
            chosen.initial, chosen.widget = sellers[0].pk, forms.HiddenInput()

    def _post_clean(self) -> None:
        """Nothing is written to the instance here: the service writes, in its transaction."""


class RoomForm(forms.ModelForm):
    """Some rooms of one kind."""

    title = forms.CharField(
        label=_("What you call it"), help_text=_("For example: double room to the garden."), max_length=120
    )
    sleeps = _number(_("Guests in one of them"), 1, SLEEPS_MAX)
    rooms = _number(_("How many there are"), 1, ROOMS_MAX)
    price_vnd = _number(_("A night in one of them, VND"), 1_000, PRICE_VND_MAX)

    class Meta:
        model = RoomType
        fields = ("kind",)

    field_order = ("title", "kind", "sleeps", "rooms", "price_vnd")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            room = self.instance
            facts = {name: getattr(room, name) for name in ("sleeps", "rooms", "price_vnd")}
            self.initial = {**self.initial, "title": room.product.title, **facts}

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        if facts.get("kind") == RoomType.Kind.FLOOR and facts.get("sleeps", 1) != 1:
            self.add_error("sleeps", _("A sleeping place on the floor is for one guest."))
        return facts

    def _post_clean(self) -> None:
        """Nothing is written to the instance here: the service writes, in its transaction."""
