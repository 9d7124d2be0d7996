"""What all of the sandbox's resources have in common: who calls, once or again, how errors look."""

import base64
import binascii
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from payments.simulator import faults
from payments.simulator.faults import Draw
from payments.simulator.stripe import idempotency, services
from payments.simulator.stripe.failures import StripeFailure
from payments.simulator.stripe.idempotency import Answer
from payments.simulator.stripe.models import Account
from payments.simulator.stripe.parameters import EXPAND, Field, Values, parse, read

PLAN = "stripe"  # the name of the sandbox among the operators, for plans of faults
BODY_BYTES_MAX = 256 * 1024
NO_KEY = (
    "You did not provide an API key. Provide it in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
)
FAILED = {"message": "An unknown error occurred in the simulated Stripe.", "type": "api_error"}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """One request that is authenticated: what it says and what is needed to answer it."""

    account: Account
    encoded: str
    host: str
    draw: Draw
    now: datetime

    def read(self, fields: dict[str, Field]) -> Values:
        """Return the parameters as ``fields`` read them. Raises StripeFailure."""
        return read(parse(self.encoded), fields | EXPAND)


Handler = Callable[..., dict[str, Any]]


@method_decorator(csrf_exempt, name="dispatch")
class Resource(View):
    """One address of the API. ``reading`` answers GET, ``writing`` answers POST."""

    reading: Handler | None = None
    writing: Handler | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        draw = faults.draw_next(PLAN) if request.method == "POST" else Draw()
        try:
            handler = {"GET": self.reading, "POST": self.writing}.get(request.method or "")
            account = authenticate(request)
            if handler is None:
                raise StripeFailure(
                    f"Unrecognized request URL ({request.method}: {request.path}).", status=404
                )
            if draw.happens("error_before_commit"):
                return _failed()
            answer = self._answer(request, handler, account, draw, now, kwargs)
        except StripeFailure as failure:
            answer = Answer(failure.status, idempotency.written({"error": failure.shape}))
        except Exception:
            logger.exception("Cannot answer %s %s", request.method, request.path)
            return _failed()
        if draw.happens("debit_then_timeout"):
            time.sleep(draw.seconds("answer_delay_s"))
        return _failed() if draw.happens("error_after_commit") else _response(answer)

    def _answer(
        self, request: HttpRequest, handler: Handler, account: Account, draw: Draw, now: datetime,
        names: dict[str, Any],
    ) -> Answer:  # fmt: skip
        host = request.build_absolute_uri("/stripe")
        if request.method == "GET":
            call = Call(account, request.META.get("QUERY_STRING", ""), host, draw, now)
            return Answer(200, idempotency.written(handler(call, **names)))
        body = request.read(BODY_BYTES_MAX + 1)
        if len(body) > BODY_BYTES_MAX:
            raise StripeFailure("Request body is too large.", status=413)
        try:
            call = Call(account, body.decode(), host, draw, now)
            said = idempotency.fingerprint(request.path, call.encoded)
        except ValueError as error:
            raise StripeFailure("The parameters are not form-encoded UTF-8.") from error
        return idempotency.once(
            account=account,
            key=request.headers.get("Idempotency-Key", ""),
            said=said,
            work=lambda: handler(call, **names),
            now=now,
        )


def authenticate(request: HttpRequest) -> Account:
    """Return whose secret key came as bearer token or as Basic user. Raises StripeFailure (401)."""
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            credential = base64.b64decode(credential, validate=True).decode().partition(":")[0]
        except (binascii.Error, ValueError):
            credential = ""
    elif scheme.lower() != "bearer":
        credential = ""
    key = credential.strip()
    if not key:
        raise StripeFailure(NO_KEY, status=401)
    account = Account.objects.filter(key_hash=services.hash_of(key)).first()
    if account is None:
        raise StripeFailure(f"Invalid API Key provided: {key[:8]}****", status=401)
    return account


def _failed() -> HttpResponse:
    response = _response(Answer(500, idempotency.written({"error": FAILED})))
    response["Stripe-Should-Retry"] = "false"
    return response


def _response(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
    response["Request-Id"] = "req_" + secrets.token_hex(8)
    if answer.is_replayed:
        response["Idempotent-Replayed"] = "true"
    if answer.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Stripe"'
    return response
