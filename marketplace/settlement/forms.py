from django import forms
from django.utils.translation import gettext_lazy as _

from payments.money import AMOUNT_VND_MAX


class StartRunForm(forms.Form):
    """The id is made with the page: pressing the button twice starts one run."""

    run_id = forms.UUIDField(widget=forms.HiddenInput)


class ByHandForm(forms.Form):
    evidence = forms.CharField(
        label=_("How and when it was paid"),
        help_text=_("The number of the bank transfer or of the receipt, and its day."),
        min_length=5,
        max_length=300,
    )


class PayForm(ByHandForm):
    """A bank transfer of ours. The id is made with the page: pressing the button twice notes one."""

    payment_id = forms.UUIDField(widget=forms.HiddenInput)
    amount_vnd = forms.IntegerField(
        label=_("Amount (VND)"), min_value=1, max_value=AMOUNT_VND_MAX, widget=forms.TextInput
    )

    field_order = ("payment_id", "amount_vnd", "evidence")


class RefundByHandForm(ByHandForm):
    """The id is made with the page: pressing the button twice notes one refund."""

    refund_id = forms.UUIDField(widget=forms.HiddenInput)


class DecideForm(forms.Form):
    refund_vnd = forms.IntegerField(
        label=_("Back to the buyer (VND)"),
        help_text=_("0 gives all of it to the seller."),
        min_value=0,
    )
    note = forms.CharField(
        label=_("Why it is decided so"),
        help_text=_("The buyer and the seller will ask."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
