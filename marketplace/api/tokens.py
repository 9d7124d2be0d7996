"""Signing in: a phone number and a password for a pair of tokens, and a new token for an old pair."""

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings as jwt_settings
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.utils import get_md5_hash_password

from marketplace.accounts import second_factor
from marketplace.accounts.models import User

from .endpoint import Endpoint
from .fields import Phone, Text
from .schema import Problem
from .tries import limited

WRONG_CODES_PER_HOUR = 10
WRONG_TOKENS_PER_HOUR = 100


class TokenView(Endpoint):
    """POST: a pair of tokens for a phone number, in any spelling, and its password."""

    authentication_classes = ()

    class Input(serializers.Serializer):
        phone = Phone()
        password = Text(max_length=128, trim_whitespace=False)
        code = Text(max_length=20, required=False)

    class Output(serializers.Serializer):
        access = serializers.CharField()
        refresh = serializers.CharField()

    @extend_schema(request=Input, responses={200: Output, 401: Problem, 429: Problem})
    def post(self, request: Request) -> Response:
        """Send `access` as `Authorization: Bearer` for half an hour; `refresh` fetches the next one.

        Who has a second factor sends the `code` of their app, or a recovery code, too.
        """
        wanted = self.Input(data=request.data)
        wanted.is_valid(raise_exception=True)
        phone = wanted.validated_data["phone"]
        password = wanted.validated_data["password"]
        # The plain request: what counts wrong guesses leaves word on it for the middleware.
        user = authenticate(request._request, phone=phone, password=password)
        if user is None:
            raise AuthenticationFailed(
                _("This phone number and this password do not belong together. Check both."),
                "wrong_credentials",
            )
        _ask_second_factor(user, wanted.validated_data.get("code", ""))
        refresh = RefreshToken.for_user(user)
        return Response(self.Output({"access": str(refresh.access_token), "refresh": str(refresh)}).data)


def _ask_second_factor(user: Any, code: str) -> None:
    """Raise AuthenticationFailed unless ``user`` needs no second factor, or ``code`` is right."""
    if not second_factor.has_app(user):
        if settings.MFA_REQUIRED and second_factor.is_obliged(user):
            raise AuthenticationFailed(
                _("Officials and administrators need a second factor. Sign in on the web page and add one."),
                "second_factor_missing",
            )
        return
    if not code:
        raise AuthenticationFailed(
            _("This account has a second factor. Send the newest code of the app as `code`."),
            "second_factor_required",
        )
    with limited(f"code-of-{user.pk}", most=WRONG_CODES_PER_HOUR, refusal=AuthenticationFailed):
        if not second_factor.is_right(user, code):
            raise AuthenticationFailed(
                _("The code of the second factor is not right. Send the newest one of the app."),
                "wrong_second_factor",
            )


class TokenRefreshView(Endpoint):
    """POST: a new access token, as long as the account is open and its password the same."""

    authentication_classes = ()

    class Input(serializers.Serializer):
        refresh = Text(max_length=2_000)

    class Output(serializers.Serializer):
        access = serializers.CharField()

    @extend_schema(request=Input, responses={200: Output, 401: Problem, 429: Problem})
    def post(self, request: Request) -> Response:
        """The next `access` for a `refresh` of the last two weeks."""
        wanted = self.Input(data=request.data)
        wanted.is_valid(raise_exception=True)
        caller = request.META.get("REMOTE_ADDR", "")
        with limited(f"token-from-{caller}", most=WRONG_TOKENS_PER_HOUR, refusal=AuthenticationFailed):
            token = _living(wanted.validated_data["refresh"])
        return Response(self.Output({"access": str(token.access_token)}).data)


def _living(text: str) -> RefreshToken:
    refused = AuthenticationFailed(_("This token is not valid any more. Sign in again."), "token_not_valid")
    try:
        token = RefreshToken(text)  # type: ignore[arg-type]
    except TokenError as error:
        raise refused from error
    user = User.objects.filter(pk=token[jwt_settings.USER_ID_CLAIM], is_active=True).first()
    if user is None or token.get(jwt_settings.REVOKE_TOKEN_CLAIM) != get_md5_hash_password(user.password):
        raise refused
    return token
