"""Where providers reach us."""

import logging
from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from payments import providers, services
from payments.errors import (
    BadSignature,
    OperationUnknown,
    PaymentError,
    UnknownProvider,
    UnreadableReport,
    WrongProvider,
)
from payments.models import Claim

BODY_BYTES_MAX = 64 * 1024
KEPT_CHARACTERS = 2_000

logger = logging.getLogger(__name__)


@method_decorator(csrf_exempt, name="dispatch")  # the signature over the body is the permission
class CallbackView(View):
    """PUT: a provider tells how an operation ended. 204 once the claim is committed, also at repeats.

    401: not signed by the provider. 404: no such operation there. 400: unreadable, or not what was asked.
    """

    http_method_names = ["put"]

    def put(self, request: HttpRequest, provider: str, operation_id: UUID) -> HttpResponse:
        now = timezone.now()
        body = request.read(BODY_BYTES_MAX + 1)
        try:
            if len(body) > BODY_BYTES_MAX:
                raise UnreadableReport(f"Callback: more than {BODY_BYTES_MAX:,} bytes. Send one object only.")
            report = providers.get(provider).parse_webhook(
                operation_id=operation_id, body=body, headers=request.headers
            )
            services.record_report(provider=provider, report=report, source=Claim.Source.CALLBACK, now=now)
        except (BadSignature, UnreadableReport) as error:
            raw = {"body": body.decode(errors="replace").replace("\x00", "")[:KEPT_CHARACTERS]}
            services.keep_unsigned(
                provider=provider, operation_id=operation_id, raw=raw, refusal=error.code, now=now
            )
            return _refuse(error, provider, operation_id)
        except PaymentError as error:
            return _refuse(error, provider, operation_id)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _refuse(error: PaymentError, provider: str, operation_id: UUID) -> JsonResponse:
    logger.warning("Callback of %s on operation %s refused: %s", provider, operation_id, error)
    match error:
        case BadSignature():
            status = HTTPStatus.UNAUTHORIZED
        case OperationUnknown() | WrongProvider() | UnknownProvider():
            status = HTTPStatus.NOT_FOUND
        case _:
            status = HTTPStatus.BAD_REQUEST
    return JsonResponse({"code": error.code, "message": str(error), "details": {}}, status=status)
