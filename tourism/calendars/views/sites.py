"""Calendars of other sites: those a room follows, and what they are told."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.errors import Invalid
from tourism.calendars import exporting, feeds, selectors
from tourism.calendars.forms import FeedForm
from tourism.calendars.models import Feed, FeedEntry
from tourism.models import RoomType

from .host import HostView


class SitesView(HostView):
    """GET ?room=: the calendars of a room. POST act=add|read|remove|renew|settle."""

    def get(self, request: Any) -> HttpResponse:
        return self._show(self.asked_room(), FeedForm())

    def post(self, request: Any) -> HttpResponse:
        room, now = self.asked_room(), timezone.now()
        match request.POST.get("act"):
            case "add":
                return self._add(room)
            case "read":
                self._tell(feeds.read(feed_id=self._feed().pk, now=now))
            case "remove":
                feeds.remove(feed_id=self._feed().pk, now=now)
                messages.success(request, _("It is no longer followed. Nights it had taken are free."))
            case "renew":
                exporting.renew(room)
                messages.success(request, _("The address is new. The old one shows nothing any more."))
            case "settle":
                feeds.settle(entry_id=self._entry().pk, now=now)
            case _:
                raise Http404
        return redirect(f"{reverse('calendars:sites')}?{urlencode({'room': room.pk})}")

    def _add(self, room: RoomType) -> HttpResponse:
        form = FeedForm(self.request.POST)
        if not form.is_valid():
            return self._show(room, form, status=422)
        now = timezone.now()
        try:
            feed = feeds.add(room_type_id=room.pk, **form.cleaned_data, now=now)
        except Invalid as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._show(room, form, status=422)
        self._tell(feeds.read(feed_id=feed.pk, now=now))
        return redirect(f"{reverse('calendars:sites')}?{urlencode({'room': room.pk})}")

    def _tell(self, feed: Feed) -> None:
        if feed.problem:
            messages.warning(self.request, f"{feed.name}: {feed.problem}")
        else:
            messages.success(self.request, _("%(name)s is read.") % {"name": feed.name})

    def _feed(self) -> Feed:
        return self._own(Feed.objects.filter(room_type__in=self.room_ids), "feed")

    def _entry(self) -> FeedEntry:
        return self._own(FeedEntry.objects.filter(feed__room_type__in=self.room_ids), "entry")

    def _own(self, rows: Any, name: str) -> Any:
        number = self.request.POST.get(name, "")
        row = rows.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 18 else None
        if row is None:
            raise Http404
        return row

    def _show(self, room: RoomType, form: FeedForm, *, status: int = 200) -> HttpResponse:
        base = settings.PUBLIC_BASE_URL
        followed = selectors.feeds_of(room, today=timezone.localdate())
        context = {
            "room": room,
            "form": form,
            "feeds": [(feed, f"{base}{_address(feed.secret)}") for feed in followed],
            "export_url": f"{base}{_address(exporting.link_of(room).secret)}",
        }
        return self.page("calendars/sites.html", context, status=status)


class ExportView(View):
    """GET: the calendar behind a secret address, for other sites. It says nothing of guests."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        now = timezone.now()
        body = exporting.calendar(secret, now=now, today=timezone.localdate(now))
        if body is None:
            raise Http404
        response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="calendar.ics"'
        response["Cache-Control"] = "private, max-age=60"
        response["X-Robots-Tag"] = "noindex"
        return response


def _address(secret: str) -> str:
    return reverse("calendar-export", args=[secret])
