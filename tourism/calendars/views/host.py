"""What all pages of a host share: own rooms only, and kept nowhere, for names of guests are on them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from marketplace.accounts.models import User
from tourism.calendars import selectors
from tourism.models import RoomType


class HostView(LoginRequiredMixin, View):
    """For members of a seller with rooms. Strangers are asked to sign in; others hear who may enter (403)."""

    request: HttpRequest
    user: User
    rooms: list[RoomType]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User):
            self.user, self.rooms = request.user, selectors.rooms_of_host(request.user.pk)
            if not self.rooms:
                return render(request, "calendars/none.html", status=403)
        return super().dispatch(request, *args, **kwargs)

    def room(self, number: Any) -> RoomType:
        """Return the host's room of this number. To this host there are no others: raises Http404."""
        for room in self.rooms:
            if str(room.pk) == str(number):
                return room
        raise Http404

    def asked_room(self) -> RoomType:
        """Return the room the address or the form names, else the first."""
        asked = self.request.POST.get("room") or self.request.GET.get("room")
        return self.room(asked) if asked else self.rooms[0]

    @property
    def room_ids(self) -> list[int]:
        return [room.pk for room in self.rooms]

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        now = timezone.now()
        bell = selectors.bell(self.room_ids, now=now, today=timezone.localdate(now))
        context = {
            "rooms": self.rooms,
            "has_houses": len({room.stay_id for room in self.rooms}) > 1,
        } | context
        response = render(self.request, template, context | {"bell": bell, "now": now}, status=status)
        response["Cache-Control"] = "no-store"
        return response
