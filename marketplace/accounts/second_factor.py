"""The second factor: a code of an app beside password or SMS. Officials and administrators must have one.

The flow is allauth's; words and pages are ours. The key that makes the codes is kept encrypted.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from .models import RoleAssignment, User
from .phones import to_national

Role = RoleAssignment.Role
OBLIGED = (Role.COMMUNE_OFFICIAL, Role.PROVINCE_OFFICIAL, Role.ADMINISTRATOR)
# Where somebody who still lacks the factor may go: to get it, to prove who they are, and out.
OPEN_WITHOUT = {
    "account_reauthenticate",
    "choose-language",
    "customer:logout",
    "mfa_activate_totp",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
}
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Adapter(DefaultMFAAdapter):
    """What allauth asks us about second factors."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Codes change every half minute: type the newest one."),
        "cannot_delete_authenticator": _(
            "Officials and administrators need a second factor: it cannot be taken away, only made anew "
            "after another administrator took it off."
        ),
        "rate_limited": _("Too many tries. Wait five minutes, then type the newest code."),
    }

    def get_totp_label(self, user: Any) -> str:
        return to_national(str(user.phone))

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not (settings.MFA_REQUIRED and is_obliged(authenticator.user))


def _box() -> MultiFernet:
    """What encrypts under SECRET_KEY, and decrypts also under the keys that were it before."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"second factor/" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def _code_field() -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric"}
    return forms.CharField(
        label=_("Code of the app"), max_length=20, widget=forms.TextInput(attrs=attributes)
    )


def _is_first_use(user: Any, code: str) -> bool:
    """Take ``code`` of the app of ``user``; False if it was taken before.

    allauth remembers a code for one period, but takes it a period early and late as well: whoever saw it
    typed could come in with it after half a minute.
    """
    lives_s = mfa_settings.TOTP_PERIOD * (2 * mfa_settings.TOTP_TOLERANCE + 1)
    return bool(cache.add(f"second-factor:{user.pk}:{normalize_user_code(code)}", 1, lives_s))


class OnceMixin:
    """A form whose code of the app is taken once."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not _is_first_use(self.user, code):
            raise Adapter().validation_error("incorrect_code")
        return code


class CodeForm(OnceMixin, AuthenticateForm):
    code = _code_field()


class AgainForm(OnceMixin, ReauthenticateForm):
    code = _code_field()


class ActivateForm(ActivateTOTPForm):
    code = _code_field()

    def clean_code(self) -> str:
        code: str = super().clean_code()
        _is_first_use(self.user, code)  # from now on it is used
        return code


def is_obliged(user: Any) -> bool:
    """Return whether ``user`` may do so much that a password is not enough. At most one query."""
    return bool(user.is_staff) or RoleAssignment.objects.filter(user_id=user.pk, role__in=OBLIGED).exists()


def has_app(user: Any) -> bool:
    """Return whether ``user`` has an app that makes codes. One query."""
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


def is_right(user: User, code: str) -> bool:
    """Return whether ``code`` is of the app of ``user``, or an unused recovery code. Each works once."""
    types = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    ways = Authenticator.objects.filter(user_id=user.pk, type__in=types)
    for way in ways:
        if way.wrap().validate_code(code):
            return way.type != Authenticator.Type.TOTP or _is_first_use(user, code)
    return False


def note_new(sender: Any, request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """Remember that the app was shown to work when it was added: a code need not be typed twice."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, method="mfa", type=authenticator.type, reauthenticated=True)


class SecondFactorMiddleware:
    """Shows officials and administrators no page before they have signed in with their second factor."""

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.MFA_REQUIRED:
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        user = request.user
        if name in OPEN_WITHOUT or not user.is_authenticated or _was_shown(request) or not is_obliged(user):
            return None
        page = "mfa_reauthenticate" if has_app(user) else "mfa_activate_totp"
        return redirect(f"{reverse(page)}?{urlencode({'next': request.get_full_path()})}")


def _was_shown(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)
