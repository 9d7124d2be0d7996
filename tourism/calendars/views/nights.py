"""The month of a room, one night of it, and the same for many nights."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.errors import ShopError
from tourism.calendars import hosting, months, selectors
from tourism.calendars.forms import ManyNightsForm, PriceForm
from tourism.closures.selectors import closure_of_night
from tourism.models import RoomType

from .host import HostView

SEE, TAP = "see", "tap"


def address_of_month(room: RoomType, day: date, *, mode: str = "", day_anchor: bool = True) -> str:
    words = {"room": room.pk, "month": f"{day:%Y-%m}"} | ({"mode": mode} if mode else {})
    anchor = f"#d{day:%Y-%m-%d}" if day_anchor else ""
    return f"{reverse('calendars:month')}?{urlencode(words)}{anchor}"


class MonthView(HostView):
    """GET ?room=&month=&mode=: a month of a room. POST: open or close the night that was tapped."""

    def get(self, request: Any) -> HttpResponse:
        today = timezone.localdate()
        room = self.asked_room()
        first_day = months.read_month(request.GET.get("month", ""), today=today)
        return self._show(room, first_day, ManyNightsForm(initial={"first_on": max(first_day, today)}))

    def post(self, request: Any) -> HttpResponse:
        room, today = self.asked_room(), timezone.localdate()
        act = next((act for act in ("open", "close") if act in request.POST), None)
        day = _day(request.POST.get(act or "", ""))
        hosting.set_closed(room_type_id=room.pk, days=[day], is_closed=act == "close", today=today)
        return redirect(address_of_month(room, day, mode=TAP))

    def _show(
        self, room: RoomType, first_day: date, form: ManyNightsForm, *, status: int = 200
    ) -> HttpResponse:
        today = timezone.localdate()
        this = today.replace(day=1)
        context = {
            "room": room,
            "month": selectors.month_of(room, first_day=first_day, today=today),
            "mode": TAP if self.request.GET.get("mode") == TAP else SEE,
            "earlier": first_day > months.month_after(this, -months.MONTHS_BEFORE),
            "later": first_day < months.month_after(this, months.MONTHS_AHEAD),
            "today": today,
            "guests": selectors.next_guests(room, today=today),
            "form": form,
        }
        return self.page("calendars/month.html", context, status=status)


class ManyNightsView(MonthView):
    """POST: open, close or price many nights of a room. GET: the month, where the form stands."""

    def get(self, request: Any) -> HttpResponse:
        return redirect(address_of_month(self.asked_room(), timezone.localdate(), day_anchor=False))

    def post(self, request: Any) -> HttpResponse:
        room, today = self.asked_room(), timezone.localdate()
        form = ManyNightsForm(request.POST)
        if not form.is_valid():
            return self._show(room, months.read_month("", today=today), form, status=422)
        wish: dict[str, Any] = {"room_type_id": room.pk, "days": form.days(), "today": today}
        try:
            if form.cleaned_data["what"] == ManyNightsForm.Act.PRICE:
                changed = hosting.set_price(**wish, price_vnd=form.cleaned_data["price"])
            else:
                is_closed = form.cleaned_data["what"] == ManyNightsForm.Act.CLOSE
                changed = hosting.set_closed(**wish, is_closed=is_closed)
        except ShopError as error:
            form.add_error("price", str(error))
            return self._show(room, months.read_month("", today=today), form, status=422)
        words = ngettext("%(number)d night is changed.", "%(number)d nights are changed.", changed)
        messages.success(request, words % {"number": changed})
        first = max(form.cleaned_data["first_on"], today)
        return redirect(address_of_month(room, first, day_anchor=False))


class NightView(HostView):
    """GET: one night of a room: who sleeps there, its price. POST: open, close or price it."""

    def get(self, request: Any, room: int, day: str) -> HttpResponse:
        return self._show(self.room(room), _day(day))

    def post(self, request: Any, room: int, day: str) -> HttpResponse:
        found, on, today = self.room(room), _day(day), timezone.localdate()
        wish: dict[str, Any] = {"room_type_id": found.pk, "days": [on], "today": today}
        act = request.POST.get("act")
        if act in ("open", "close"):
            hosting.set_closed(**wish, is_closed=act == "close")
        elif act == "price":
            form = PriceForm(request.POST)
            if not form.is_valid():
                return self._show(found, on, form, status=422)
            try:
                hosting.set_price(**wish, price_vnd=form.cleaned_data["price"])
            except ShopError as error:
                form.add_error("price", str(error))
                return self._show(found, on, form, status=422)
            messages.success(request, _("The price is changed. Who has booked pays what was agreed."))
        else:
            raise Http404
        return redirect("calendars:night", room=found.pk, day=on.isoformat())

    def _show(
        self, room: RoomType, day: date, form: PriceForm | None = None, *, status: int = 200
    ) -> HttpResponse:
        night = selectors.night_of(room, day)
        today = timezone.localdate()
        context = {
            "room": room,
            "day": day,
            "night": night,
            "is_past": day < today,
            "closure": closure_of_night(room_type_id=room.pk, night_on=day),
            "guests": selectors.sleepers(room, day),
            "form": form or PriceForm(initial={"price": night.price_vnd if night else ""}),
            "month_url": address_of_month(room, day),
        }
        return self.page("calendars/night.html", context, status=status)


def _day(text: str) -> date:
    day = months.read_day(text)
    if day is None:
        raise Http404
    return day
