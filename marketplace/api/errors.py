"""Every error as ``{"code", "message", "details"}``, whoever raised it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from marketplace.errors import ShopError
from marketplace.places.errors import CommuneUnknown
from payments import errors as payments

logger = logging.getLogger(__name__)

NOT_OF_A_FIELD = "non_field_errors"

# What a payment's refusal means to whoever asked; the others are ours to look into.
_PAYMENT_STATUSES: dict[type[payments.PaymentError], int] = {
    payments.UnknownProvider: status.HTTP_400_BAD_REQUEST,
    payments.HoldEnded: status.HTTP_409_CONFLICT,
    payments.OpenIntentExists: status.HTTP_409_CONFLICT,
    payments.IntentConflict: status.HTTP_409_CONFLICT,
    payments.ProviderUnavailable: status.HTTP_503_SERVICE_UNAVAILABLE,
}


class IdempotencyConflict(ShopError):
    code = "idempotency_conflict"

    def __init__(self, key: object) -> None:
        super().__init__(
            _(
                "The Idempotency-Key %(key)s was already used here with another body. Nothing was done; "
                "send the first body again for its answer, or a new key for a new request."
            )
            % {"key": key}
        )


class IdempotencyInProgress(ShopError):
    code = "idempotency_in_progress"
    retry_after_s = 2

    def __init__(self, key: object) -> None:
        super().__init__(
            _("The request with the Idempotency-Key %(key)s is still being worked on. Ask again in a moment.")
            % {"key": key}
        )


def problem(
    code: str,
    message: str,
    *,
    status: int,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return Response(
        {"code": code, "message": message, "details": dict(details or {})},
        status=status,
        headers=dict(headers or {}),
    )


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """Translate what a view raised. What nobody expected is logged and told as a 500 without internals."""
    match error:
        case ShopError():
            retry_after_s = getattr(error, "retry_after_s", None)
            headers = {"Retry-After": str(retry_after_s)} if retry_after_s else {}
            return problem(
                error.code, str(error), status=error.status, details=error.details, headers=headers
            )
        case CommuneUnknown():
            return problem(error.code, str(error), status=404)
        case payments.PaymentError() if type(error) in _PAYMENT_STATUSES:
            return problem(error.code, str(error), status=_PAYMENT_STATUSES[type(error)])
        case Http404():
            return _translated(exceptions.NotFound())
        case PermissionDenied():
            return _translated(exceptions.PermissionDenied())
        case SuspiciousOperation():
            return problem("bad_request", _("This request cannot be read."), status=400)
        case exceptions.APIException():
            return _translated(error)
    return _unexpected(error, context)


def _translated(error: exceptions.APIException) -> Response:
    """An error of the REST framework or of its tokens."""
    headers: dict[str, str] = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait_s := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait_s))
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {NOT_OF_A_FIELD: error.detail}
        details = _plain(fields)
        return problem("invalid", " ".join(_sentences(details)), status=400, details=details, headers=headers)
    if isinstance(error.detail, dict):  # tokens bring a code and a text of their own
        code, message = str(error.detail["code"]), str(error.detail["detail"])
    else:
        code, message = str(error.get_codes()), str(error.detail)
    return problem(code, message, status=error.status_code, headers=headers)


def _plain(detail: Any) -> Any:
    """Texts instead of the framework's objects, and always a list of them for a field."""
    if isinstance(detail, Mapping):
        return {str(field): _plain(each) for field, each in detail.items()}
    if isinstance(detail, list):
        return [_plain(each) for each in detail]
    return _writable(str(detail))


def _writable(text: str) -> str:
    """Half of a surrogate pair, quoted from what was sent, cannot be written as UTF-8."""
    return text.encode(errors="replace").decode()


def _sentences(details: Any, field: str = "") -> list[str]:
    if isinstance(details, Mapping):
        return [
            sentence
            for name, each in details.items()
            for sentence in _sentences(each, f"{field}.{name}".lstrip("."))
        ]
    if isinstance(details, list):
        return [sentence for each in details for sentence in _sentences(each, field)]
    return [details if field == NOT_OF_A_FIELD else f"{field}: {details}"]


def _unexpected(error: Exception, context: dict[str, Any]) -> Response:
    request = context.get("request")
    logger.error("Unexpected error in %s", type(context.get("view")).__name__, exc_info=error)
    # As Django does for a page, so that what listens for failures hears of this one.
    got_request_exception.send(sender=type(context.get("view")), request=getattr(request, "_request", None))
    return problem(
        "server_error",
        _("Something went wrong here, not with you. It was written down; try again in a moment."),
        status=500,
    )
