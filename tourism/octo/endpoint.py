"""What every address of the OCTO API shares: the key, the capabilities, and errors in OCTO's shape."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.errors import ShopError

from . import keys
from .errors import BadRequest, KeyMissing, KeyRefused, OctoError
from .models import Reseller

logger = logging.getLogger(__name__)

HEADER = "Octo-Capabilities"
PRICING, CONTENT = "octo/pricing", "octo/content"
CAPABILITIES = (CONTENT, PRICING)


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer <key>``. The user of such a request is the reseller."""

    def authenticate(self, request: Request) -> tuple[Any, str]:
        scheme, _space, secret = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise KeyMissing
        reseller = keys.reseller_of(secret.strip())
        if reseller is None:
            raise KeyRefused
        return reseller, secret

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="octo"'


class OctoEndpoint(APIView):
    """Answers JSON whatever is accepted; the capabilities a request names decide which fields it has."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = (KeyAuthentication,)
    permission_classes = ()
    schema = None  # /api/schema/ is the market's own API; OCTO's description is OCTO's
    needs_capabilities = True
    capabilities: frozenset[str] = frozenset()

    @property
    def reseller(self) -> Reseller:
        return self.request.user  # type: ignore[return-value]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        named = request.headers.get(HEADER)
        if named is None and self.needs_capabilities and self._is_answered(request):
            raise BadRequest(_("The header Octo-Capabilities is required; leave it empty for none."))
        wanted = {name.strip() for name in (named or "").split(",")}
        self.capabilities = frozenset(name for name in CAPABILITIES if name in wanted)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers[HEADER] = ", ".join(sorted(self.capabilities))
        answer.headers["Available-Languages"] = ", ".join(code for code, _name in settings.LANGUAGES)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        return handle

    def _is_answered(self, request: Request) -> bool:
        """Whether there is a method to refuse; what is not allowed is told first."""
        return hasattr(self, str(request.method).lower())


class NothingHereView(OctoEndpoint):
    """Any other address below /octo/."""

    authentication_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """Translate what a view raised. What nobody expected is logged and told without internals."""
    match error:
        case OctoError():
            return _told(error.code, str(error), facts=error.facts)
        case ShopError():
            return _told("UNPROCESSABLE_ENTITY", str(error))
        case Http404():
            return _told("NOT_FOUND", _("There is nothing at this address."), status=404)
        case exceptions.MethodNotAllowed():
            return _told("METHOD_NOT_ALLOWED", str(error.detail), status=405)
        case exceptions.ParseError() | exceptions.UnsupportedMediaType() | SuspiciousOperation():
            return _told("BAD_REQUEST", _("The body cannot be read. Send JSON."))
    logger.error("Unexpected error in %s", type(context.get("view")).__name__, exc_info=error)
    # As Django does for a page, so that what listens for failures hears of this one.
    request = getattr(context.get("request"), "_request", None)
    got_request_exception.send(sender=type(context.get("view")), request=request)
    message = _("Something went wrong here, not with you. It was written down; try again in a moment.")
    return _told("INTERNAL_SERVER_ERROR", message, status=500)


def _told(
    code: str,
    message: str,
    *,
    status: int = 400,
    facts: dict[str, Any] | None = None,
) -> Response:
    # What is quoted may be half of a surrogate pair, which cannot be written as UTF-8.
    body = {"error": code, "errorMessage": message} | (facts or {})
    readable = {name: str(value).encode(errors="replace").decode() for name, value in body.items()}
    return Response(readable, status=status)
