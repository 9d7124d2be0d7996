"""What is written on the pages of departments and of reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.places.models import Commune

from .models import Department, Key, Subscription


class DepartmentForm(forms.ModelForm):
    """A department and what it may do."""

    class Meta:
        model = Department
        fields = ["name", "email", "daily_calls", "communes", "is_active"]
        widgets = {"communes": forms.SelectMultiple(attrs={"size": 6})}
        help_texts = {
            "communes": _("Nothing chosen means the whole province."),
            "daily_calls": _("The count begins anew at midnight."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        communes = Commune.objects.filter(valid_to=None).order_by("name", "code")
        field = self.fields["communes"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset, field.required = communes, False
        self.fields["daily_calls"].widget.attrs |= {"min": 1, "max": 1_000_000}


class KeyForm(forms.Form):
    """``id`` is made with the form: pressing twice makes one key."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    scopes = forms.MultipleChoiceField(
        label=_("What it may ask"), choices=Key.Scope.choices, widget=forms.CheckboxSelectMultiple
    )


class WebhookForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    url = forms.URLField(
        label=_("Address"),
        max_length=300,
        assume_scheme="https",
        help_text=_("Begins with https://. It is told of every new release."),
    )


class SubscribeForm(forms.Form):
    every = forms.ChoiceField(
        label=_("How often"), choices=Subscription.Every.choices, initial=Subscription.Every.MONTH
    )
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("A letter goes there first, in which you confirm it.")
    )
