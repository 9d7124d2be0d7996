from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.core import signing
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.errors import InvalidPhone
from marketplace.accounts.phones import to_e164, to_national
from marketplace.delivery.models import Destination, PostOffice, Province
from marketplace.delivery.services import HOME_PROVINCE, Wish, read_address
from marketplace.delivery.services.addresses import checked_postal_code
from marketplace.errors import Invalid, ShopError
from marketplace.fulfilment.models import Placement
from marketplace.places.selectors import communes_at
from payments import providers
from payments.providers.base import Capability

AGREED_SALT = "checkout.agreed"
DETAILS = "checkout-details"  # in the session, between the pages of the checkout


class PhoneField(forms.CharField):
    """A phone number in any usual spelling; its cleaned value is E.164."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=30, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}), **kwargs
        )

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return to_e164(text) if text else ""
        except InvalidPhone as error:
            raise forms.ValidationError(str(error)) from error


class DetailsForm(forms.Form):
    """Who orders, and where goods go. Baskets of nights alone ask for no destination."""

    # Needed or not by the way of delivery, so the page calls none of them optional.
    conditional = ("province", "commune", "detail", "postal_code", "written", "post_office")

    name = forms.CharField(
        label=_("Full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = PhoneField(
        label=_("Phone number"),
        help_text=_("The carrier and the host call this number. No account is needed."),
    )
    method = forms.ChoiceField(
        label=_("Delivery"), choices=Destination.Method.choices, widget=forms.RadioSelect, initial="home"
    )
    province = forms.ChoiceField(label=_("Province"), required=False)
    commune = forms.ChoiceField(
        label=_("Commune or ward"), required=False, help_text=_("For deliveries inside Điện Biên.")
    )
    detail = forms.CharField(
        label=_("Hamlet, house, landmark"),
        required=False,
        max_length=200,
        help_text=_("For example: bản Che Căn, the house beside the school."),
    )
    postal_code = forms.CharField(
        label=_("Postal code of the house"),
        required=False,
        max_length=10,
        help_text=_("Five digits, if you know them."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    written = forms.CharField(
        label=_("Or the whole address as you know it"),
        required=False,
        max_length=200,
        help_text=_("Old names are fine: bản Bon, xã Thanh Xương, huyện Điện Biên."),
    )
    post_office = forms.ChoiceField(label=_("Post office"), required=False)

    def __init__(self, *args: Any, needs_delivery: bool, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_delivery = needs_delivery
        if not needs_delivery:
            for name in ("method", *self.conditional):
                del self.fields[name]
            return
        self.today = today
        _choice(self, "province").choices = Province.objects.order_by("name").values_list("code", "name")
        self.fields["province"].initial = HOME_PROVINCE
        communes = communes_at(today).order_by("name_ascii", "code").values_list("code", "full_name")
        _choice(self, "commune").choices = [("", _("Choose …")), *communes]
        offices = PostOffice.objects.select_related("commune").order_by("commune__name_ascii", "name", "pk")
        _choice(self, "post_office").choices = [
            ("", _("Choose …")),
            *(
                (commune, [(office.code, office.name) for office in there])
                for commune, there in groupby(offices, key=lambda office: office.commune.full_name)
            ),
        ]

    def clean(self) -> dict[str, Any]:
        details = super().clean() or {}
        if self.needs_delivery and details.get("method") == Destination.Method.HOME:
            self._read_written(details)
            if not details.get("detail"):
                self.add_error("detail", _("Write the hamlet, house or a landmark the carrier can find."))
            if details.get("province") == HOME_PROVINCE and not details.get("commune"):
                self.add_error("commune", _("Choose the commune or ward."))
        elif self.needs_delivery and not details.get("post_office"):
            self.add_error("post_office", _("Choose the post office where you collect the parcel."))
        return details

    def _read_written(self, details: dict[str, Any]) -> None:
        """Fill in what an address in one line says, and check the postal code against its province."""
        try:
            if details.get("written"):
                address = read_address(details["written"], on=self.today)
                details["province"], details["detail"] = address.province.code, address.detail
                details["commune"] = address.commune.code if address.commune else ""
            if details.get("province"):
                code = details.get("postal_code", "")
                details["postal_code"] = checked_postal_code(code, province_code=details["province"])
        except Invalid as error:
            self.add_error(error.field, str(error))


def _choice(form: forms.Form, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


def wish_of(details: dict[str, Any]) -> Wish | None:
    """The delivery wish in a cleaned DetailsForm, or None when nothing is delivered."""
    if "method" not in details:
        return None
    return Wish(
        method=details["method"],
        province_code=details["province"] or HOME_PROVINCE,
        commune_code=details["commune"],
        detail=details["detail"],
        postal_code=details.get("postal_code", ""),
        post_office_code=details["post_office"],
    )


def known_wish(request: Any) -> Wish | None:
    """Where this browser said at its last checkout that goods should go; None if it said nothing."""
    details = request.session.get(DETAILS) or {}
    return wish_of(details) if details.get("method") else None


class WaySelect(forms.RadioSelect):
    """Marks the providers that ask somebody's phone, so that only they show its field."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if providers.can(str(value), Capability.PUSH):
            option["attrs"]["data-asks"] = "phone"
        return option


class WayForm(forms.Form):
    """How to pay. Only wallets ask for a number: whose phone shall ask for the PIN."""

    provider = forms.ChoiceField(label=_("How do you pay?"), widget=WaySelect)
    msisdn = PhoneField(
        label=_("Wallet number"),
        required=False,
        help_text=_("For wallets: the request to pay appears on the phone with this number."),
    )
    conditional = ("msisdn",)

    def __init__(self, *args: Any, ways: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "provider").choices = ways

    def clean(self) -> dict[str, Any]:
        way = super().clean() or {}
        is_asked = providers.can(way.get("provider", ""), Capability.PUSH)
        if is_asked and not way.get("msisdn") and "msisdn" not in self.errors:
            self.add_error("msisdn", _("Write the number of the wallet that pays."))
        if not is_asked:
            way["msisdn"] = ""
        return way


def way_form(ways: list[tuple[str, str]], placement: Placement) -> WayForm:
    """Return the form to pay in another way, filled in as before."""
    number = to_national(str(placement.payer or placement.phone))
    return WayForm(ways=ways, initial={"provider": placement.provider, "msisdn": number})


class PayForm(WayForm):
    """How to pay, and what the buyer saw: the total, and the lines and address it was for. That is signed,
    so that it cannot be made up, and holds for nothing else."""

    agreed = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, shown: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = shown

    def clean_agreed(self) -> int:
        out_of_date = forms.ValidationError(
            _("This page is out of date. Check everything and confirm again.")
        )
        try:
            shown, total_vnd = signing.loads(self.cleaned_data["agreed"], salt=AGREED_SALT)
        except signing.BadSignature as error:
            raise out_of_date from error
        if shown != self.shown:
            raise out_of_date
        return total_vnd


def fingerprint(lines: Iterable[tuple[int, int]], details: dict[str, Any]) -> str:
    """What a preview shows besides its prices: the lines (id and quantity), and who and where."""
    return salted_hmac(AGREED_SALT, json.dumps([sorted(lines), details], sort_keys=True)).hexdigest()


def sign_agreed(*, shown: str, total_vnd: int) -> str:
    """What the preview showed, as the form carries it back."""
    return signing.dumps([shown, total_vnd], salt=AGREED_SALT)


def add_shop_error(form: forms.Form, error: ShopError) -> None:
    """Show a refusal beside the field it is about, or above the form."""
    field = getattr(error, "field", None)
    form.add_error(field if field in form.fields else None, str(error))
