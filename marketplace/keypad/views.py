"""Where the phone operator's gateway brings messages and dialled sessions, and how to sell that way."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView

from marketplace.accounts.errors import InvalidPhone
from marketplace.accounts.phones import to_e164

from . import gateway, selectors, services
from .errors import NotFromTheGateway

BODY_MOST = 10_000
ID_MOST = 64
TYPED_MOST = 1_000

# What to write, and what it does: by what it is about, each with its picture.
WRITTEN = (
    (_("Goods"), "rice", (
        ("BAN GAO 50KG 18000", _("Sell 50 kg of rice, 18,000 ₫ a kilo. Other units: BO, CON, QUA, YEN, TA")),
        ("GIA GAO 19000", _("A new price")),
        ("CON GAO 20", _("So much is left")),
        ("HET GAO", pgettext_lazy("by SMS", "Sold out")),
        ("HANG", _("What do I sell?")),
    )),
    (_("Orders"), "box", (
        ("DON", _("Which orders have I to prepare?")),
        ("NHAN 12", _("I accept order 12")),
        ("TU CHOI 12", _("I do not have it: the buyer gets the money back")),
        ("CAN 12 2.4KG", _("What is sold by weight weighs so much")),
        ("XONG 12", _("Order 12 is packed")),
        ("GIAO 12 5678", _("I gave order 12 to its buyer, who said 5678")),
        ("NGHI 3", _("No orders for 3 days. MO opens again")),
    )),
    (_("Money and help"), "wallet", (
        ("TIEN", _("How is my money?")),
        ("VI", _("My money shall go to the wallet of this phone. VI VIETTEL names the operator")),
        ("DONG Y 123456", _("I let somebody help me sell, with the code they sent me. HUY ends it")),
        ("DK LO THI MAI, SIN CHAI", _("I want to sell: my name, my commune")),
        ("GIUP", _("All words")),
    )),
)  # fmt: skip
SHOWN_TEXTS = 6

logger = logging.getLogger(__name__)


class Unreadable(Exception):
    """The gateway's request is not in the agreed shape; the message says what is wanted."""


@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(never_cache, name="dispatch")
class GatewayView(View):
    """Whatever the gateway brings: signed, and small. Its own answers are for machines, in English."""

    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return self.http_method_not_allowed(request)
        if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_MOST:
            return _problem("too_large", f"At most {BODY_MOST} bytes.", status=413)
        try:
            gateway.check(body=request.body, headers=request.headers, now=timezone.now())
            return super().dispatch(request, *args, **kwargs)
        except NotFromTheGateway as refusal:
            logger.warning("Refused what claims to come from the phone gateway: %s", refusal)
            return _problem("bad_signature", str(refusal), status=403)
        except Unreadable as error:
            return _problem("invalid", str(error), status=400)


class SmsView(GatewayView):
    """POST ``{id, from, to, text, sent_at}``: a short message. 200 ``{id}``, also when it was known."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            values = json.loads(request.body)
        except ValueError as error:
            raise Unreadable("The body is not JSON.") from error
        if not isinstance(values, dict) or not all(
            isinstance(values.get(k), str) for k in ("id", "from", "text")
        ):
            raise Unreadable("The body must be an object with the texts id, from and text.")
        row = services.receive(
            message_id=_identifier(values["id"]),
            phone=_phone(values["from"]),
            text=values["text"],
            now=timezone.now(),
        )
        return JsonResponse({"id": row.message_id})


class UssdView(GatewayView):
    """POST ``sessionId, serviceCode, phoneNumber, networkCode, text`` as a form: one step of a session.

    The shape is that of Africa's Talking's USSD callback (africastalking.com/docs/ussd): ``text`` is all
    that was typed, joined by stars; the answer is plain text that begins with CON to go on or END.
    """

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            form = parse_qs(request.body.decode(), keep_blank_values=True, max_num_fields=20)
        except ValueError as error:
            raise Unreadable("The body is not a form in UTF-8.") from error
        values = {name: given[0] for name, given in form.items()}
        if not {"sessionId", "phoneNumber", "text"} <= values.keys():
            raise Unreadable("The form must have sessionId, phoneNumber and text.")
        if len(values["text"]) > TYPED_MOST or "\x00" in values["text"]:
            raise Unreadable(f"text must have at most {TYPED_MOST} characters.")
        session = services.step(
            session_id=_identifier(values["sessionId"]),
            phone=_phone(values["phoneNumber"]),
            typed=values["text"],
            now=timezone.now(),
        )
        kind = "END" if session.is_ended else "CON"
        return HttpResponse(f"{kind} {session.screen}", content_type="text/plain; charset=utf-8")


@method_decorator(never_cache, name="dispatch")
class KeypadPage(LoginRequiredMixin, TemplateView):
    """GET: the words to text and the code to dial, large enough to copy, and what was texted lately."""

    template_name = "keypad/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        phone = str(self.request.user.phone)  # type: ignore[union-attr]
        return super().get_context_data(**kwargs) | {
            "short_code": settings.PHONE_GATEWAY["short_code"],
            "ussd_code": settings.PHONE_GATEWAY["ussd_code"],
            "groups": [{"title": title, "icon": icon, "words": words} for title, icon, words in WRITTEN],
            "texts": selectors.texts_with(phone, most=SHOWN_TEXTS),
        }


def _identifier(text: str) -> str:
    if not text.isprintable() or not 0 < len(text) <= ID_MOST:
        raise Unreadable(f"An id has 1 to {ID_MOST} printable characters.")
    return text


def _phone(text: str) -> str:
    try:
        return to_e164(text)
    except InvalidPhone as error:
        raise Unreadable("The phone number is not one.") from error


def _problem(code: str, message: str, *, status: int) -> JsonResponse:
    return JsonResponse({"code": code, "message": message, "details": {}}, status=status)
