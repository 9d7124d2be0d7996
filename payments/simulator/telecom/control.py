"""The network's gateway for senders, and what tests see of it. It has no password, like all of ``/sim/``."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from payments.simulator import numbers
from payments.simulator.errors import InvalidInput
from payments.simulator.panel import ControlView, read_body, read_text
from payments.simulator.shapes import moment
from payments.simulator.telecom import selectors, services
from payments.simulator.telecom.coding import parts_of
from payments.simulator.telecom.models import TEXT_MOST, Text

REFERENCE_MOST = 200


class SmsView(ControlView):
    """POST ``{to, text, from, voice?}``: an SMS, or a call that speaks it, to a phone: 201 ``{id, parts}``.

    The same ``Idempotency-Key`` (up to 200 characters) again is 200 and delivers nothing.
    GET ``?msisdn=``: the SMS and calls of a phone both ways, the newest first.
    """

    def post(self, request: HttpRequest) -> HttpResponse:
        values = read_body(request)
        text = values.get("text")
        if not isinstance(text, str) or not 0 < len(text) <= TEXT_MOST or "\x00" in text:
            raise InvalidInput(f"text must have 1 to {TEXT_MOST} characters.")
        voice = values.get("voice", False)
        if not isinstance(voice, bool):
            raise InvalidInput("voice must be true or false.")
        sender = read_text(values, "from", default="MuongThen")
        if not 0 < len(sender) <= 20:
            raise InvalidInput("from must have 1 to 20 characters.")
        reference = request.headers.get("Idempotency-Key", "")
        if len(reference) > REFERENCE_MOST:
            raise InvalidInput(f"Idempotency-Key must have at most {REFERENCE_MOST} characters.")
        message, is_new = services.deliver(
            to=numbers.normalise(read_text(values, "to")),
            sender=sender,
            text=text,
            is_call=voice,
            reference=reference,
            now=timezone.now(),
        )
        answer = {"id": str(message.pk), "parts": parts_of(message.text)}
        return JsonResponse(answer, status=201 if is_new else 200)

    def get(self, request: HttpRequest) -> HttpResponse:
        number = numbers.normalise(request.GET.get("msisdn", ""))
        return JsonResponse({"messages": [_text(text) for text in selectors.texts_of(number)]})


def _text(text: Text) -> dict[str, Any]:
    return {
        "id": str(text.pk),
        "is_outgoing": text.is_outgoing,
        "voice": text.is_call,
        "other": text.other,
        "text": text.text,
        "parts": parts_of(text.text),
        "sent_at": moment(text.sent_at),
    }
