from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.shop.checkout.forms import PhoneField


class LoginForm(AuthenticationForm):
    """Phone number and password. Both wrong answers sound the same."""

    username = PhoneField(label=_("Phone number"))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": _("This phone number and password do not belong together. Try again."),
        "inactive": _("This account is closed."),
    }


class RegisterForm(forms.ModelForm):
    phone = PhoneField(label=_("Phone number"))
    name = forms.CharField(
        label=_("Full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 8 characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ["phone", "name"]

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if User.objects.filter(phone=phone).exists():
            raise self.taken()
        return phone

    @staticmethod
    def taken() -> forms.ValidationError:
        return forms.ValidationError(
            _("There is already an account with this phone number. Sign in instead."), code="taken"
        )

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password

    def save(self, commit: bool = True) -> Any:
        assert commit
        return User.objects.create_user(
            self.cleaned_data["phone"], self.cleaned_data["password"], name=self.cleaned_data["name"]
        )


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "email"]
        labels = {"name": _("Full name"), "email": _("E-mail")}
