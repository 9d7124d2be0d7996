"""How a department's program says who it is, and which figures whoever asks may see."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.views import APIView

from marketplace.accounts.selectors import OfficialScope, official_scope

from . import keys
from .errors import QuotaUsed
from .keys import Quota
from .models import Key

SCHEME = "Api-Key"
_QUOTA = "quota_of_department"


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Api-Key <key>``. The user of such a request is nobody, its ``auth`` the key."""

    def authenticate(self, request: Request) -> tuple[Any, Key] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        key = keys.key_of(secret.strip())
        if key is None:
            raise AuthenticationFailed(
                _("This key opens nothing: it was never made, or was revoked. Ask the market for a new one."),
                "key_refused",
            )
        return AnonymousUser(), key


class KeyScheme(OpenApiAuthenticationExtension):
    """How the description of the API names it."""

    target_class = KeyAuthentication
    name = "departmentKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": f"`{SCHEME} mtd_…`: the key of a department.",
        }


def scope_of(request: Request, *, needs: str) -> OfficialScope:
    """Return which communes' figures this request sees in full, by its key or its official's token.

    A call with a key is counted and written down, and the answer of a Metered view says how many are left.
    Raises ScopeMissing and QuotaUsed.
    """
    if not isinstance(request.auth, Key):
        return official_scope(request.user)
    now = timezone.now()
    try:
        admitted = keys.admit(
            key=request.auth,
            needs=needs,
            address=request.get_full_path(),
            today=timezone.localdate(now),
            now=now,
        )
    except QuotaUsed as error:
        most = request.auth.department.daily_calls
        vars(request)[_QUOTA] = Quota(most=most, left=0, seconds=error.retry_after_s)
        raise
    vars(request)[_QUOTA] = admitted.quota
    return admitted.scope


class Metered(APIView):
    """A view that asks scope_of(): its answers, the refused ones as well, say how many calls are left."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if quota := vars(request).get(_QUOTA):
            for name, value in quota.as_headers().items():
                answer.headers[name] = value
        return answer
