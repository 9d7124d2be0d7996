"""How allauth's sign-in by code knows our people and reaches their telephones."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.shop.checkout.forms import PhoneField

from . import codes, opening

CALL = "call"  # what a form says that wants the code by a call


class PhoneAdapter(DefaultAccountAdapter):
    """Everybody is known by a telephone number, and signs in with a code that goes to it."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This is not the code that was sent. Look at the message once more."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Ask for a new code in some minutes."),
        "rate_limited": gettext_lazy("Too many tries. Ask for a new code in some minutes."),
    }

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(label=gettext_lazy("Your phone number"), **kwargs)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    def get_phone(self, user: User) -> tuple[str, bool]:
        return str(user.phone), user.phone_verified_at is not None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        """A number is changed by nobody here: it is the account."""
        assert str(user.phone) == phone, "an account is its number"

    def set_phone_verified(self, user: User, phone: str) -> None:
        assert str(user.phone) == phone, "an account is its number"
        if opening.verify_phone(user=user, now=timezone.now()):
            messages.info(
                self.request,
                _("The old password of this number has ended. You need none: a code is enough."),
            )

    def generate_phone_verification_code(self, *, user: Any, phone: str) -> str:
        return codes.new_code()

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        by_call = self.request.POST.get("way") == CALL
        codes.send(phone=phone, code=code, by_call=by_call, now=timezone.now())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("joining:what")

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.error(request, _("This account is closed."))
        return redirect("customer:login")

    def add_message(
        self, request: HttpRequest, level: int, *args: Any, message: str | None = None, **kwargs: Any
    ) -> None:
        """Say what is said in words of ours; the pages themselves say the rest."""
        if message:
            messages.add_message(request, level, message)
