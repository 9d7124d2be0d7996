"""Where providers reach us."""

import logging
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from payments import providers, services
from payments.errors import BadSignature, PaymentError, UnknownProvider, UnreadableReport
from payments.providers.base import Notice, Reply

BODY_BYTES_MAX = 64 * 1024
KEPT_CHARACTERS = 2_000

logger = logging.getLogger(__name__)


@method_decorator(csrf_exempt, name="dispatch")  # the provider's signature is the permission
class NoticeView(View):
    """A provider tells how an operation ended. Its own kind of yes, once the claim is committed, also at
    repeats. Unless the provider wants another answer, 401: not signed by it. 404: no such operation there.
    400: unreadable, or not what was asked.
    """

    http_method_names = ["get", "post", "put"]

    def get(self, request: HttpRequest, provider: str, operation_id: UUID | None = None) -> HttpResponse:
        try:
            speaker = providers.get(provider)
        except UnknownProvider as error:
            return JsonResponse({"code": error.code, "message": str(error), "details": {}}, status=404)
        now = timezone.now()
        notice = Notice(
            operation_id=operation_id,
            method=request.method or "",
            query=request.GET.dict(),
            headers=request.headers,
            body=request.read(BODY_BYTES_MAX + 1),
        )
        try:
            if len(notice.body) > BODY_BYTES_MAX:
                raise UnreadableReport(f"Callback: more than {BODY_BYTES_MAX:,} bytes. Send one object only.")
            report = speaker.parse_webhook(notice)
            if report is not None:
                services.record_notice(provider=provider, report=report, now=now)
        except PaymentError as error:
            if isinstance(error, BadSignature | UnreadableReport):
                services.keep_unsigned(
                    provider=provider,
                    operation_id=operation_id,
                    raw=_raw(notice),
                    refusal=error.code,
                    now=now,
                )
            logger.warning("Callback of %s on operation %s refused: %s", provider, operation_id, error)
            return _answer(speaker.reply(error))
        return _answer(speaker.reply(None))

    post = put = get


def _raw(notice: Notice) -> dict[str, str]:
    body = notice.body.decode(errors="replace").replace("\x00", "")
    return {"body": body[:KEPT_CHARACTERS]} | (
        {"query": str(notice.query)[:KEPT_CHARACTERS]} if notice.query else {}
    )


def _answer(reply: Reply) -> HttpResponse:
    if reply.content is None:
        return HttpResponse(status=reply.status)
    return JsonResponse(dict(reply.content), status=reply.status)
