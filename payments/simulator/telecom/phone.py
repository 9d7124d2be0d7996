"""The keys of the phone: writing an SMS, dialling a code, answering its screens. No JavaScript is needed."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from payments.simulator import numbers
from payments.simulator.handset import messages_tab, number_of, phone_of
from payments.simulator.telecom import selectors, services
from payments.simulator.telecom.errors import NotCarried
from payments.simulator.telecom.models import Dialogue


class SwitchOn(View):
    """POST ``number``: take a phone with any number in hand, whether or not it has a wallet."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            line = services.switch_on(numbers.normalise(request.POST.get("number", "")))
        except numbers.NotAPhoneNumber:
            return HttpResponseRedirect(f"{reverse('handsets')}?wrong=1")
        return HttpResponseRedirect(reverse("keypad", args=[line.msisdn]))


@method_decorator(never_cache, name="dispatch")
class Write(View):
    """POST ``to``, ``text`` and ``id``: send an SMS, once per id."""

    def get(self, request: HttpRequest, msisdn: str) -> HttpResponse:
        return HttpResponseRedirect(_messages(msisdn))

    def post(self, request: HttpRequest, msisdn: str) -> HttpResponse:
        number, now = number_of(msisdn), timezone.now()
        context = phone_of(number, now=now)
        to, text = request.POST.get("to", ""), request.POST.get("text", "")
        try:
            message_id = uuid.UUID(request.POST.get("id", ""))
        except ValueError:
            message_id = uuid.uuid4()
        try:
            line = services.switch_on(number)
            services.write(line=line, to=to, text=text, message_id=message_id, now=now)
        except NotCarried as refusal:
            context |= {"tab": "messages"} | messages_tab(number, now=now)
            context |= {"problem": str(refusal), "given": {"to": to, "text": text}}
            return render(request, "simulator/handset.html", context, status=422)
        return HttpResponseRedirect(_messages(msisdn))


@method_decorator(never_cache, name="dispatch")
class Keypad(View):
    """GET: the keys, or the screen of the session that is open. POST: dial, answer or hang up."""

    def get(self, request: HttpRequest, msisdn: str) -> HttpResponse:
        number = number_of(msisdn)
        context = phone_of(number, now=timezone.now())
        return render(request, "simulator/handset.html", context | _keys(selectors.dialogue_of(number)))

    def post(self, request: HttpRequest, msisdn: str) -> HttpResponse:
        number, now = number_of(msisdn), timezone.now()
        context = phone_of(number, now=now)
        try:
            self._press(request, number=number, now=now)
        except NotCarried as refusal:
            context |= _keys(selectors.dialogue_of(number)) | {"problem": str(refusal)}
            return render(request, "simulator/handset.html", context, status=422)
        return HttpResponseRedirect(reverse("keypad", args=[msisdn]))

    @staticmethod
    def _press(request: HttpRequest, *, number: str, now: datetime) -> None:
        key, typed = request.POST.get("key", ""), request.POST.get("typed", "")
        dialogue = selectors.dialogue_of(number)
        if key == "dial":
            services.dial(line=services.switch_on(number), code=typed, now=now)
        elif dialogue is None:
            return
        elif key == "end":
            services.hang_up(dialogue)
        else:
            step = request.POST.get("step", "")
            asked = int(step) if step.isascii() and step.isdigit() and len(step) < 5 else -1
            services.reply(dialogue=dialogue, typed=typed, step=asked, now=now)


def _keys(dialogue: Dialogue | None) -> dict[str, Any]:
    is_shown = dialogue is not None and bool(dialogue.screen)
    return {
        "tab": "keypad",
        "dialogue": dialogue if is_shown else None,
        "ussd_code": settings.SANDBOX_TELECOM["ussd_code"],
    }


def _messages(msisdn: str) -> str:
    return f"{reverse('handset', args=[msisdn])}?tab=messages"
