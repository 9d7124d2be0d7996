"""What all pages of a host share: own rooms only, and kept nowhere, for names of guests are on them."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.pages import PrivatePage, Refusal
from tourism.calendars import selectors
from tourism.models import RoomType


class HostView(PrivatePage):
    """For members of a seller with rooms."""

    refusal = Refusal(
        title=_("Calendar"),
        heading=_("This page is for hosts"),
        text=_("You act for nobody who lets rooms here. Join as a host, or open a house in your shop."),
        icon="bed",
        leads_to="stays",
        action=_("See the stays"),
    )
    rooms: list[RoomType]

    def may_enter(self) -> bool:
        self.rooms = selectors.rooms_of_host(self.user.pk)
        return bool(self.rooms)

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

    def shared(self) -> dict[str, Any]:
        now = timezone.now()
        return {
            "rooms": self.rooms,
            "has_houses": len({room.stay_id for room in self.rooms}) > 1,
            "bell": selectors.bell(self.room_ids, now=now, today=timezone.localdate(now)),
            "now": now,
        }
