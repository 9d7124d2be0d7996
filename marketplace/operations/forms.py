"""What is decided on the page of switches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.switches import selectors
from marketplace.switches.models import Switch


class SwitchForm(forms.Form):
    """``id`` is made with the form: pressing twice decides once."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.ChoiceField(label=pgettext_lazy("switch", "What"), choices=Switch.Name.choices)
    commune: forms.ModelChoiceField = forms.ModelChoiceField(
        label=pgettext_lazy("switch", "Where"), queryset=None, required=False, empty_label=_("everywhere")
    )
    is_on = forms.TypedChoiceField(
        label=pgettext_lazy("switch", "How"),
        choices=[("0", _("off")), ("1", _("on"))],
        coerce=lambda text: text == "1",
        widget=forms.RadioSelect,
        initial="0",
    )
    from_at = forms.DateTimeField(
        label=_("From"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: at once."),
    )
    note = forms.CharField(label=_("Why"), max_length=200, help_text=_("Kept with your name."))

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        field = self.fields["commune"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = selectors.communes_of(now)

    def clean_from_at(self) -> datetime | None:
        from_at: datetime | None = self.cleaned_data["from_at"]
        if from_at is not None and from_at < self.now:
            raise forms.ValidationError(_("This moment has passed. Choose a later one, or leave it empty."))
        return from_at

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("commune") and found.get("name") in Switch.EVERYWHERE_ONLY:
            self.add_error("commune", _("The market is closed everywhere or nowhere: choose “everywhere”."))
        return found
