"""What all of GSMA's resources have in common: who calls, how errors look, which headers come back."""

import base64
import binascii
import hmac
import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from payments.simulator.errors import (
    ClientNotAuthorised,
    GsmaError,
    InternalError,
    NotIdentified,
    ServiceUnavailable,
)
from payments.simulator.models import Merchant
from payments.simulator.operators import OPERATORS
from payments.simulator.shapes import error_object, moment

logger = logging.getLogger(__name__)


@method_decorator(csrf_exempt, name="dispatch")
class Endpoint(View):
    """One resource of one operator. Subclasses get ``self.merchant``, the caller, and raise GsmaError."""

    merchant: Merchant

    def dispatch(self, request: HttpRequest, *args: Any, operator: str, **kwargs: Any) -> HttpResponseBase:
        now = timezone.now()
        response: HttpResponseBase
        try:
            if operator not in OPERATORS:
                raise NotIdentified(
                    f"There is no operator {operator[:30]}. Known are {', '.join(OPERATORS)}."
                )
            if "\x00" in request.path:
                raise NotIdentified("A path cannot contain a NUL character.")
            self.merchant = authenticate(request, operator=operator)
            response = super().dispatch(request, *args, **kwargs)
        except GsmaError as error:
            response = answer_error(error, at=now)
        except OperationalError:
            logger.exception("The database cannot be reached for %s", request.path)
            response = answer_error(
                ServiceUnavailable("The operator's books cannot be reached. Ask again later."), at=now
            )
        except Exception:
            logger.exception("Cannot answer %s %s", request.method, request.path)
            failure = InternalError(
                "The operator failed. Ask /responses/ by your X-CorrelationID what became of it."
            )
            response = answer_error(failure, at=now)
        response["X-Date"] = moment(now)
        return response


class UnknownResource(Endpoint):
    """Whatever has no path of its own."""

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise NotIdentified("This operator has no such resource.")


def answer(shape: dict[str, Any], *, status: int = 200) -> JsonResponse:
    """Return a GSMA object as an HTTP answer."""
    return JsonResponse(
        shape,
        status=status,
        content_type="application/json; charset=utf-8",
        json_dumps_params={"ensure_ascii": False},
    )


def answer_error(error: GsmaError, *, at: datetime) -> JsonResponse:
    response = answer(error_object(error, at=at), status=error.http_status)
    if isinstance(error, ClientNotAuthorised):
        response["WWW-Authenticate"] = 'Basic realm="mm", charset="UTF-8"'
    return response


def authenticate(request: HttpRequest, *, operator: str) -> Merchant:
    """Return the merchant the HTTP Basic header names. Raises ClientNotAuthorised for whatever reason."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise ClientNotAuthorised
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ClientNotAuthorised from error
    credentials = settings.MERCHANT_CREDENTIALS.get((operator, user))
    if credentials is None or not hmac.compare_digest(credentials.password.encode(), password.encode()):
        raise ClientNotAuthorised
    return Merchant.objects.get(operator=operator, identifier=user)
