"""Requests: the host's list of them, the guest's form and the guest's page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.errors import ShopError
from tourism import nights
from tourism.calendars import hosting, links, requests, selectors
from tourism.calendars.forms import AnswerForm, AskForm
from tourism.calendars.models import StayRequest
from tourism.calendars.months import read_day
from tourism.models import RoomType

from .guests import field_of
from .host import HostView


class RequestsView(HostView):
    """GET: who asks. POST act=accept|decline with request; act=ask|instant with stay."""

    def get(self, request: Any) -> HttpResponse:
        return self._show()

    def post(self, request: Any) -> HttpResponse:
        act = request.POST.get("act")
        if act in ("ask", "instant"):
            house = next((room for room in self.rooms if str(room.stay_id) == request.POST.get("stay")), None)
            if house is None:
                raise Http404
            hosting.ask_first(stay_id=house.stay_id, asks_first=act == "ask")
        elif act in ("accept", "decline"):
            self._answer(accepts=act == "accept")
        else:
            raise Http404
        return redirect("calendars:requests")

    def _answer(self, *, accepts: bool) -> None:
        found = self._request()
        form = AnswerForm(self.request.POST)
        answer = form.cleaned_data["answer"] if form.is_valid() else ""
        wish: dict[str, Any] = {"request_id": found.pk, "user_id": self.user.pk, "answer": answer}
        try:
            if accepts:
                accepted = requests.accept(**wish, now=timezone.now())
                words = _("You said yes. The nights are held for %(name)s until %(time)s.")
                until = timezone.localtime(accepted.pay_by)
                messages.success(
                    self.request, words % {"name": accepted.guest_name, "time": f"{until:%H:%M %d/%m/%Y}"}
                )
            else:
                requests.decline(**wish, now=timezone.now())
                messages.success(self.request, _("You said no. Nothing is held."))
        except ShopError as error:
            messages.error(self.request, str(error))

    def _request(self) -> StayRequest:
        try:
            number = UUID(self.request.POST.get("request", ""))
        except ValueError as error:
            raise Http404 from error
        found = StayRequest.objects.filter(pk=number, room_type__in=self.room_ids).first()
        if found is None:
            raise Http404
        return found

    def _show(self) -> HttpResponse:
        now = timezone.now()
        shown = [
            (each, requests.state_of(each, now=now), AnswerForm(auto_id=f"{each.pk}-%s"))
            for each in selectors.requests_of(self.room_ids)
        ]
        houses = {room.stay_id: room.stay for room in self.rooms}
        return self.page("calendars/requests.html", {"shown": shown, "houses": list(houses.values())})


class AskView(View):
    """GET ?first_night=&leaves_on=&rooms=&guests=: the form to ask a host. POST: the request is made."""

    def get(self, request: HttpRequest, room_type_id: int) -> HttpResponse:
        room = _room(room_type_id)
        first = read_day(request.GET.get("first_night")) or timezone.localdate() + timedelta(days=1)
        leaves = read_day(request.GET.get("leaves_on")) or first + timedelta(days=1)
        guests = _number(request.GET.get("guests"), 2)
        initial: dict[str, Any] = {"first_night": first, "leaves_on": leaves, "guests": guests}
        initial["rooms"] = _number(request.GET.get("rooms"), -(-guests // room.sleeps))
        if request.user.is_authenticated:
            initial |= {"guest_name": request.user.name, "guest_phone": str(request.user.phone)}
        return self._show(room, AskForm(initial=initial))

    def post(self, request: HttpRequest, room_type_id: int) -> HttpResponse:
        room = _room(room_type_id)
        form = AskForm(request.POST)
        if not form.is_valid():
            return self._show(room, form, status=422)
        wish = dict(form.cleaned_data)
        del wish["leaves_on"]
        try:
            asked = requests.ask(
                request_id=wish.pop("request"), room_type_id=room.pk, **wish, now=timezone.now()
            )
        except ShopError as error:
            form.add_error(field_of(error, form), str(error))
            return self._show(room, form, status=error.status)
        return redirect(links.address_of(asked))

    def _show(self, room: RoomType, form: AskForm, *, status: int = 200) -> HttpResponse:
        context = {"room": room, "form": form, "quote": _quote(room, form)}
        return render(self.request, "calendars/ask.html", context, status=status)


class RequestView(View):
    """GET: what became of a guest's request; its signed address is the permission. POST: withdraw it."""

    def get(self, request: HttpRequest, signed: str) -> HttpResponse:
        found = request_behind(signed)
        now = timezone.now()
        context = {
            "asked": found,
            "state": requests.state_of(found, now=now),
            "signed": signed,
            "now": now,
            "placement": getattr(
                getattr(getattr(found.booking, "order_line", None), "order", None), "placement", None
            ),
        }
        response = render(request, "calendars/request.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def post(self, request: HttpRequest, signed: str) -> HttpResponse:
        found = request_behind(signed)
        try:
            requests.withdraw(request_id=found.pk, now=timezone.now())
        except ShopError as error:
            messages.warning(request, str(error))
        return redirect(links.address_of(found))


def request_behind(signed: str) -> StayRequest:
    """Return the request of a signed address. Raises Http404 for anything else."""
    number = links.read(signed)
    found = selectors.request_of(number) if number else None
    if found is None:
        raise Http404
    return found


def _room(room_type_id: int) -> RoomType:
    rooms = RoomType.objects.select_related("product", "stay__product__origin__seller")
    room = rooms.filter(pk=room_type_id, stay__asks_first=True, stay__product__is_public=True).first()
    if room is None:
        raise Http404
    return room


def _quote(room: RoomType, form: AskForm) -> nights.Quote | None:
    """Return what the nights in the form cost; None while they make no sense."""
    wish = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else form.initial
    first, leaves, rooms = (wish.get(name) for name in ("first_night", "leaves_on", "rooms"))
    if not (first and leaves and rooms and 0 < (leaves - first).days <= 30):
        return None
    return nights.quote(room_type_id=room.pk, first_night=first, nights=(leaves - first).days, rooms=rooms)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and 0 < len(text) <= 3 else otherwise
