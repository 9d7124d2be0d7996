from typing import Any

from oscar.apps.dashboard.orders import forms


class OrderSearchForm(forms.OrderSearchForm):
    """Oscar's form. The name is taken from its view, which looks for it in columns we do not have."""

    def clean_name(self) -> str:
        self.cleaned_data["placed_by"] = self.cleaned_data["name"]
        return ""


class OrderStatusForm(forms.OrderStatusForm):
    """What an administrator may make of an order. Only its payment makes it paid."""

    def __init__(self, order: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(order, *args, **kwargs)
        field = self.fields["new_status"]
        field.choices = [each for each in field.choices if each[0] != "paid"]
