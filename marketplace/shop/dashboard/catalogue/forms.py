from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, ngettext
from oscar.apps.dashboard.catalogue import forms as catalogue
from oscar.core.utils import slugify

from payments.money import to_decimal

# What Oscar's column holds.
PRICE_VND_MAX = 9_999_999_999


class DongField(forms.IntegerField):
    """A price in whole đồng. Its cleaned value is Oscar's Decimal.

    Dots and commas are refused: 175.000 is a hundred and seventy-five thousand in Vietnamese, and a
    hundred and seventy-five to a computer.
    """

    default_error_messages = {"invalid": gettext_lazy("Write the price in whole đồng, digits only: 175000.")}

    def prepare_value(self, value: Any) -> Any:
        return int(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        digits = str(value or "").strip()
        if not digits:
            return None
        if not digits.isdecimal():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return to_decimal(int(digits))


class StockRecordForm(catalogue.StockRecordForm):
    """Oscar's, for whole đồng and for stock that is being sold while somebody edits it."""

    price = DongField(min_value=1, max_value=PRICE_VND_MAX, label=gettext_lazy("Price, ₫"), required=False)

    def clean_num_in_stock(self) -> int | None:
        """Refuse less stock than orders have been promised; the database would, without a reason."""
        number = self.cleaned_data["num_in_stock"]
        promised = self.instance.num_allocated or 0
        if number is not None and number < promised:
            raise forms.ValidationError(
                ngettext(
                    "%(promised)d is set aside for an order. Keep at least that many.",
                    "%(promised)d are set aside for orders. Keep at least that many.",
                    promised,
                )
                % {"promised": promised}
            )
        return number

    def save(self, commit: bool = True) -> Any:
        """Write what was changed here and nothing else: a sale meanwhile changes the allocation."""
        if commit and self.instance.pk:
            names = set(self.changed_data) & set(self._meta.fields)
            self.instance.save(update_fields=names)
            return self.instance
        return super().save(commit)


class CategoryForm(catalogue.CategoryForm):
    """Oscar's, whose page could not be shown again with an empty slug: nothing had an address then."""

    def clean_slug(self) -> str:
        """Return the slug as it was written, else that of the name; "category" where that has no letters."""
        name = self.cleaned_data.get("name") or self.instance.name
        return str(self.cleaned_data["slug"] or slugify(name) or "category")
