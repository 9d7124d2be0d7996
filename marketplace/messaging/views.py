"""The pages of whoever is told something: the bell's notices, and by which ways they come."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import ListView, View

from marketplace import json_body
from marketplace.accounts.models import User

from . import devices, notices, readers, vapid
from .errors import DeviceRefused
from .events import CHANNELS, EVENTS
from .models import Channel, Device, Notice


class Account(HttpRequest):
    """A request of whoever is signed in."""

    user: User


class NoticesView(LoginRequiredMixin, ListView):
    """GET: what one was told, the newest first. POST: all of it is read."""

    template_name = "notices/list.html"
    paginate_by = 20
    request: Account

    def get_queryset(self) -> Any:
        return notices.of(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        unread = any(notice.read_at is None for notice in self.object_list[: self.paginate_by])
        return super().get_context_data(**kwargs, has_unread=unread)

    def post(self, request: Account) -> HttpResponse:
        notices.read(user=request.user, now=timezone.now())
        return redirect("notices:list")


class NoticeView(LoginRequiredMixin, View):
    """POST: read one notice, and go to where it can be seen."""

    def post(self, request: Account, pk: int) -> HttpResponse:
        notice = get_object_or_404(Notice, pk=pk, user=request.user)
        notices.read(user=request.user, pk=pk, now=timezone.now())
        return redirect(notice.link or "notices:list")


class ChoicesView(LoginRequiredMixin, View):
    """Choose the language one is told in, and by which ways one hears of each event."""

    def get(self, request: Account) -> HttpResponse:
        return render(request, "notices/choices.html", _choices_page(request.user))

    def post(self, request: Account) -> HttpResponse:
        language = request.POST.get("language", "")
        if language not in dict(settings.LANGUAGES):
            messages.error(request, _("Choose a language from the list. Nothing was changed."))
            return render(request, "notices/choices.html", _choices_page(request.user), status=422)
        wanted = {code: request.POST.getlist(code) for code in _events_of(request.user)}
        readers.choose(user=request.user, wanted=wanted)
        readers.remember_language(phone=str(request.user.phone), language=language)
        messages.success(request, _("Saved."))
        return redirect("notices:choices")


class DevicesView(LoginRequiredMixin, View):
    """POST ``{endpoint, p256dh, auth}``: this browser shows notices; with ``off`` it shows none any more."""

    def post(self, request: Account) -> HttpResponse:
        said = json_body.fields(request)
        endpoint = said.get("endpoint", "")
        if said.get("off"):
            devices.drop(user=request.user, endpoint=endpoint)
            return JsonResponse({"noted": True, "message": _("This browser shows no notices any more.")})
        try:
            devices.subscribe(
                user=request.user,
                endpoint=endpoint,
                p256dh=said.get("p256dh", ""),
                auth=said.get("auth", ""),
                user_agent=request.headers.get("User-Agent", ""),
                now=timezone.now(),
            )
        except DeviceRefused as error:
            return JsonResponse({"noted": False, "message": str(error)}, status=422)
        return JsonResponse({"noted": True, "message": _("This browser shows your notices from now on.")})


class DeviceView(LoginRequiredMixin, View):
    """POST: that browser shows no notices any more."""

    def post(self, request: Account, pk: int) -> HttpResponse:
        get_object_or_404(Device, pk=pk, user=request.user)
        devices.drop(user=request.user, pk=pk)
        messages.success(request, _("This browser shows no notices any more."))
        return redirect("notices:choices")


def _events_of(user: User) -> list[str]:
    """Return the codes of what can happen to ``user``: who sells nothing is not asked about selling."""
    sells = user.sellers.exists() or user.roles.exists()
    return [event.code for event in EVENTS.values() if sells or not event.sells]


def _choices_page(user: User) -> dict[str, Any]:
    wanted = readers.choices_of(user)
    offered = [each for each in CHANNELS if each != Channel.EMAIL or readers.is_mail_sent()]
    rows = [
        {
            "event": EVENTS[code],
            "boxes": [
                {
                    "channel": channel,
                    "words": Channel(channel).label,
                    "is_on": channel in wanted[code],
                    "is_fixed": channel in EVENTS[code].always,
                }
                for channel in offered
            ],
        }
        for code in _events_of(user)
    ]
    return {
        "rows": rows,
        "channels": [Channel(channel).label for channel in offered],
        "asks_for_email": readers.is_mail_sent() and not user.email,
        "language": readers.language_of(str(user.phone)),
        "languages": settings.LANGUAGES,
        "devices": Device.objects.filter(user=user).order_by("-since_at", "-pk"),
        "key": vapid.public_key(),
    }
