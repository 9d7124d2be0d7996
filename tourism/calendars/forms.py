"""What hosts and guests type about nights."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.errors import InvalidPhone
from marketplace.accounts.phones import to_e164
from tourism.models import RoomType

DAYS_MAX = 550


class DayField(forms.DateField):
    """A day, by the phone's own calendar."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d", "%d/%m/%Y"], **options)


class DongField(forms.CharField):
    """Whole đồng as people write them: ``250000``, ``250.000``, ``250 000 ₫``."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(widget=widget, max_length=20, **options)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        digits = "".join(sign for sign in text if sign not in " .,\u00a0₫đ")
        if not text:
            return None
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > 10:
            raise forms.ValidationError(_("Write whole đồng, such as 250.000."))
        return int(digits)


class PhoneField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
        super().__init__(widget=widget, max_length=20, **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return to_e164(text)
        except InvalidPhone as error:
            raise forms.ValidationError(str(error)) from error


class _NightsForm(forms.Form):
    """From an evening until a morning; the number of nights is reckoned."""

    first_night = DayField(label=gettext_lazy("First night"))
    leaves_on = DayField(label=gettext_lazy("Day of leaving"))

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        first, leaves = wish.get("first_night"), wish.get("leaves_on")
        if first and leaves:
            wish["nights"] = (leaves - first).days
            if leaves <= first:
                self.add_error("leaves_on", _("The day of leaving must be after the first night."))
        return wish


class RoomField(forms.TypedChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, **options)

    def offer(self, rooms: Sequence[RoomType]) -> None:
        """Offer these rooms, under their houses if there are several."""
        houses: dict[str, list[tuple[int, str]]] = {}
        for room in rooms:
            houses.setdefault(room.stay.product.title, []).append((room.pk, str(room.product.title)))
        self.choices = list(houses.items()) if len(houses) > 1 else next(iter(houses.values()), [])


class WalkInForm(_NightsForm):
    """A guest at the door or on the telephone."""

    entry = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    room_type = RoomField(label=gettext_lazy("Room"))
    rooms = forms.IntegerField(label=gettext_lazy("Rooms or places"), min_value=1, initial=1)
    guests = forms.IntegerField(label=gettext_lazy("Guests"), min_value=1, initial=1)
    guest_name = forms.CharField(label=gettext_lazy("Name of the guest"), max_length=120)
    guest_phone = PhoneField(label=gettext_lazy("Phone number"), required=False)
    amount = DongField(
        label=gettext_lazy("Price agreed, all nights"),
        required=False,
        help_text=gettext_lazy("Leave it empty for the price in the calendar. The guest pays you."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    field_order = ("entry", "guest_name", "guest_phone", "room_type", "first_night", "leaves_on")

    def __init__(self, *args: Any, room_types: Sequence[RoomType], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["room_type"].offer(room_types)  # type: ignore[attr-defined]


class MoveForm(_NightsForm):
    """Where the guests sleep from now on."""

    room_type = RoomField(label=gettext_lazy("Room"))
    rooms = forms.IntegerField(label=gettext_lazy("Rooms or places"), min_value=1)

    field_order = ("room_type", "rooms", "first_night", "leaves_on")

    def __init__(self, *args: Any, room_types: Sequence[RoomType], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["room_type"].offer(room_types)  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    leaves_on = DayField(label=gettext_lazy("They leave on"))


class PriceForm(forms.Form):
    price = DongField(label=gettext_lazy("Price of a room this night"))


class ManyNightsForm(forms.Form):
    """The same for many nights: open, close or price them."""

    class Act:
        OPEN, CLOSE, PRICE = "open", "close", "price"

    WEEKDAYS = (
        (0, gettext_lazy("Monday")),
        (1, gettext_lazy("Tuesday")),
        (2, gettext_lazy("Wednesday")),
        (3, gettext_lazy("Thursday")),
        (4, gettext_lazy("Friday")),
        (5, gettext_lazy("Saturday")),
        (6, gettext_lazy("Sunday")),
    )

    first_on = DayField(label=gettext_lazy("From the night of"))
    last_on = DayField(label=gettext_lazy("To the night of"))
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Only on these evenings"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    what = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=(
            (Act.CLOSE, gettext_lazy("Close them")),
            (Act.OPEN, gettext_lazy("Open them")),
            (Act.PRICE, gettext_lazy("Set their price")),
        ),
    )
    price = DongField(label=gettext_lazy("Price of a room per night"), required=False)

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        first, last = wish.get("first_on"), wish.get("last_on")
        if first and last and not 0 <= (last - first).days <= DAYS_MAX:
            self.add_error("last_on", _("Choose a last night after the first, within 18 months."))
        if wish.get("what") == self.Act.PRICE and wish.get("price") is None and "price" not in self.errors:
            self.add_error("price", _("Write the price."))
        return wish

    def days(self) -> list[date]:
        """Return the nights meant. Only of a valid form."""
        first, last = self.cleaned_data["first_on"], self.cleaned_data["last_on"]
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        weekdays = self.cleaned_data["weekdays"]
        return [day for day in days if not weekdays or day.weekday() in weekdays]


class FeedForm(forms.Form):
    """Another site's calendar to follow."""

    name = forms.CharField(
        label=gettext_lazy("Name of the site"), max_length=60, help_text=gettext_lazy("Such as Booking.com.")
    )
    url = forms.CharField(
        label=gettext_lazy("Address of its calendar"),
        max_length=1_000,
        help_text=gettext_lazy("The site calls it “export calendar” or “iCal”. It begins with https://"),
        widget=forms.URLInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    rooms = forms.IntegerField(label=gettext_lazy("Rooms that one entry means"), min_value=1, initial=1)

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        return f"https://{url.removeprefix('webcal://')}" if url.startswith("webcal://") else url


class AnswerForm(forms.Form):
    answer = forms.CharField(label=gettext_lazy("A word to the guest"), max_length=300, required=False)


class AskForm(_NightsForm):
    """What a guest asks the host for."""

    request = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    rooms = forms.IntegerField(label=gettext_lazy("Rooms or places"), min_value=1, initial=1)
    guests = forms.IntegerField(label=gettext_lazy("Guests"), min_value=1, initial=2)
    guest_name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    guest_phone = PhoneField(label=gettext_lazy("Your phone number"))
    message = forms.CharField(
        label=gettext_lazy("Message to the host"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    field_order = ("request", "first_night", "leaves_on", "rooms", "guests")
