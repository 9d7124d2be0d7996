"""What all of GSMA's resources have in common: who calls, how errors look, which headers come back."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from payments.simulator import calls, faults, selectors
from payments.simulator.api import signatures
from payments.simulator.api.credentials import answers_later, authenticate, check_content
from payments.simulator.calls import Asked, Made
from payments.simulator.errors import (
    ClientNotAuthorised,
    DuplicateRequest,
    GsmaError,
    InternalError,
    NotIdentified,
    ServiceUnavailable,
)
from payments.simulator.models import Merchant
from payments.simulator.moments import clock_ahead_by
from payments.simulator.operators import OPERATORS
from payments.simulator.shapes import call_state_object, error_object, moment

logger = logging.getLogger(__name__)


@method_decorator(csrf_exempt, name="dispatch")
class Endpoint(View):
    """One resource of one operator. Subclasses get ``self.merchant``, the caller, and raise GsmaError.

    ``self.user`` is the credential the merchant called by.
    """

    merchant: Merchant
    user: str

    def dispatch(self, request: HttpRequest, *args: Any, operator: str, **kwargs: Any) -> HttpResponseBase:
        try:
            skew = faults.skew_of(operator) if operator in OPERATORS else timedelta(0)
        except OperationalError:
            skew = timedelta(0)  # what comes next says that the books cannot be reached
        with clock_ahead_by(skew):
            return self._dispatch(request, *args, operator=operator, **kwargs)

    def _dispatch(self, request: HttpRequest, *args: Any, operator: str, **kwargs: Any) -> HttpResponseBase:
        now = timezone.now()
        response: HttpResponseBase
        try:
            if operator not in OPERATORS:
                raise NotIdentified(
                    f"There is no operator {operator[:30]}. Known are {', '.join(OPERATORS)}."
                )
            if "\x00" in request.path:
                raise NotIdentified("A path cannot contain a NUL character.")
            caller = authenticate(request, operator=operator)
            self.merchant, self.user = caller.merchant, caller.user
            check_content(request)
            signatures.check(request, caller.credentials, now=now)
            response = self.handle(request, *args, **kwargs)
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

    def handle(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a request that is authenticated."""
        return super().dispatch(request, *args, **kwargs)


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


def answer_list(found: Sequence[dict[str, Any]], *, available: int) -> JsonResponse:
    """Return some of ``available`` GSMA objects as an HTTP answer."""
    response = JsonResponse(
        list(found),
        safe=False,
        content_type="application/json; charset=utf-8",
        json_dumps_params={"ensure_ascii": False},
    )
    response["X-Records-Available-Count"] = str(available)
    response["X-Records-Returned-Count"] = str(len(found))
    return response


def create(asked: Asked, work: Callable[[], Made], *, now: datetime) -> JsonResponse:
    """Carry out a request to make something: 201 with it, or 202 if the answer goes to a callback URL."""
    # First of all: a repeat is told so, even if what it says could no longer be accepted today.
    if asked.correlation_id and selectors.is_used(
        merchant=asked.merchant, correlation_id=asked.correlation_id
    ):
        raise DuplicateRequest(str(asked.correlation_id))
    call, made = calls.create(asked=asked, work=work, now=now)
    if asked.callback_url or answers_later(asked.merchant):
        return answer(call_state_object(call, status="pending"), status=202)
    return answer(made.shape, status=201)


def change(asked: Asked, work: Callable[[], Made], *, now: datetime) -> HttpResponse:
    """Carry out a request to change something: 204, or 202 if the answer goes to a callback URL."""
    call = calls.change(asked=asked, work=work, now=now)
    if asked.callback_url or answers_later(asked.merchant):
        return answer(call_state_object(call, status="pending"), status=202)
    return HttpResponse(status=204)
