from collections.abc import Iterable
from typing import Any

from oscar.apps.dashboard.orders import forms

from marketplace.sellers.models import SubOrder


def in_words(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return the choices of a status, as people read them."""
    words = dict(SubOrder.Status.choices)
    return [(status, words.get(status, text)) for status, text in choices]


class OrderSearchForm(forms.OrderSearchForm):
    """Oscar's form. The name is taken from its view, which looks for it in columns we do not have."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["status"]
        field.choices = in_words(field.choices)

    def clean_name(self) -> str:
        self.cleaned_data["placed_by"] = self.cleaned_data["name"]
        return ""


class OrderStatusForm(forms.OrderStatusForm):
    """What an administrator may make of an order. Only its payment makes it paid."""

    def __init__(self, order: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(order, *args, **kwargs)
        field = self.fields["new_status"]
        field.choices = in_words(each for each in field.choices if each[0] != "paid")
