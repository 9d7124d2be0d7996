from django import forms
from django.utils.translation import gettext_lazy as _


class UserSearchForm(forms.Form):
    name = forms.CharField(required=False, label=_("Full name"))
    phone = forms.CharField(required=False, label=_("Phone number"))
