"""Guests a host writes down, and what may become of any booking of the house."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.errors import Invalid, ShopError
from tourism.calendars import hosting, selectors
from tourism.calendars.forms import LeaveForm, MoveForm, WalkInForm
from tourism.calendars.months import read_day
from tourism.models import Booking

from .host import HostView
from .nights import address_of_month

# Two forms of the page have a day of leaving.
LEAVE_IDS = "leave-%s"


class WalkInView(HostView):
    """GET ?room=&first_night=: the form for a guest at the door or on the telephone. POST: book."""

    def get(self, request: Any) -> HttpResponse:
        first = read_day(request.GET.get("first_night")) or timezone.localdate()
        initial = {
            "room_type": self.asked_room().pk,
            "first_night": first,
            "leaves_on": first + timedelta(days=1),
        }
        return self._show(WalkInForm(room_types=self.rooms, initial=initial))

    def post(self, request: Any) -> HttpResponse:
        form = WalkInForm(request.POST, room_types=self.rooms)
        if not form.is_valid():
            return self._show(form, status=422)
        wish = form.cleaned_data
        room = self.room(wish["room_type"])
        try:
            booking = hosting.write_down(
                entry_id=wish["entry"],
                user_id=self.user.pk,
                room_type_id=room.pk,
                amount_vnd=wish["amount"],
                now=timezone.now(),
                **{name: wish[name] for name in ("first_night", "nights", "rooms", "guests", "note")},
                **{name: wish[name] for name in ("guest_name", "guest_phone")},
            )
        except ShopError as error:
            form.add_error(field_of(error, form), str(error))
            return self._show(form, status=error.status)
        messages.success(request, _("%(name)s is written down.") % {"name": booking.guest_name})
        return redirect("calendars:booking", pk=booking.pk)

    def _show(self, form: WalkInForm, *, status: int = 200) -> HttpResponse:
        return self.page("calendars/walk_in.html", {"form": form}, status=status)


class BookingView(HostView):
    """GET: one booking of the house. POST act=move|leave|cancel: what becomes of it; no money is touched."""

    def get(self, request: Any, pk: int) -> HttpResponse:
        return self._show(self._booking(pk))

    def post(self, request: Any, pk: int) -> HttpResponse:
        booking = self._booking(pk)
        match request.POST.get("act"):
            case "move":
                return self._move(booking)
            case "leave":
                return self._leave(booking)
            case "cancel":
                return self._cancel(booking)
        raise Http404

    def _move(self, booking: Booking) -> HttpResponse:
        form = MoveForm(self.request.POST, room_types=self._rooms_of_house(booking))
        if not form.is_valid():
            return self._show(booking, move=form, status=422)
        wish = form.cleaned_data
        try:
            hosting.move(
                booking_id=booking.pk,
                room_type_id=self.room(wish["room_type"]).pk,
                first_night=wish["first_night"],
                nights=wish["nights"],
                rooms=wish["rooms"],
                today=timezone.localdate(),
            )
        except ShopError as error:
            form.add_error(field_of(error, form), str(error))
            return self._show(booking, move=form, status=error.status)
        messages.success(self.request, _("The guests are moved. The price stays what it was."))
        return redirect("calendars:booking", pk=booking.pk)

    def _leave(self, booking: Booking) -> HttpResponse:
        form = LeaveForm(self.request.POST, auto_id=LEAVE_IDS)
        if not form.is_valid():
            return self._show(booking, leave=form, status=422)
        try:
            hosting.leave_early(booking_id=booking.pk, leaves_on=form.cleaned_data["leaves_on"])
        except ShopError as error:
            form.add_error("leaves_on", str(error))
            return self._show(booking, leave=form, status=error.status)
        messages.success(self.request, _("The nights after that are free again."))
        return redirect("calendars:booking", pk=booking.pk)

    def _cancel(self, booking: Booking) -> HttpResponse:
        try:
            hosting.cancel(booking_id=booking.pk)
        except ShopError as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, _("The booking is cancelled and its nights are free."))
        return redirect("calendars:booking", pk=booking.pk)

    def _booking(self, pk: int) -> Booking:
        booking = selectors.booking_of_host(pk, self.room_ids)
        if booking is None:
            raise Http404
        return booking

    def _rooms_of_house(self, booking: Booking) -> list[Any]:
        return [room for room in self.rooms if room.stay_id == booking.room_type.stay_id]

    def _show(
        self,
        booking: Booking,
        *,
        move: MoveForm | None = None,
        leave: LeaveForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        where = {name: getattr(booking, name) for name in ("first_night", "leaves_on", "rooms")}
        where |= {"room_type": booking.room_type_id}
        today = timezone.localdate()
        soonest = max(today, booking.first_night + timedelta(days=1))
        is_live = booking.state != Booking.State.RELEASED
        own = booking.channel not in (Booking.Channel.CALENDAR, Booking.Channel.RESELLER)
        context = {
            "booking": booking,
            "placement": getattr(getattr(booking.order_line, "order", None), "placement", None),
            "paid_here": booking.order_line is not None,
            "may_change": is_live and own and booking.leaves_on > today - timedelta(days=1),
            "may_leave": booking.state == Booking.State.CONFIRMED and own and booking.nights > 1,
            "move_form": move or MoveForm(room_types=self._rooms_of_house(booking), initial=where),
            "leave_form": leave or LeaveForm(initial={"leaves_on": soonest}, auto_id=LEAVE_IDS),
            "month_url": address_of_month(booking.room_type, booking.first_night),
        }
        return self.page("calendars/booking.html", context, status=status)


def field_of(error: ShopError, form: Any) -> str | None:
    """Return the field an error is about, if the form has it; None for the form as a whole."""
    names = {"nights": "leaves_on"}
    if isinstance(error, Invalid):
        name = names.get(error.field, error.field)
        return name if name in form.fields else None
    return "first_night" if error.code == "nights_taken" else None
