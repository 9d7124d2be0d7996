"""The host's day, the page of one booking, and what is noted on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace import json_body
from marketplace.errors import ShopError
from tourism.desk import codes
from tourism.desk.forms import DayForm, DoorForm, ItemForm, PayForm, PersonForm, ReviewForm
from tourism.desk.models import DoorAct, Review
from tourism.desk.selectors import day
from tourism.desk.selectors.register import guests_of, unreported
from tourism.desk.selectors.reviews import reviews_of_booking
from tourism.desk.services import bills, door, register, reviews

from .base import DeskView

Kind = DoorAct.Kind
DONE = {
    Kind.ARRIVED: gettext_lazy("Welcome to them: the arrival is noted."),
    Kind.LEFT: gettext_lazy("The departure is noted."),
    Kind.NO_SHOW: gettext_lazy("Noted: these guests did not come."),
}


class TodayView(DeskView):
    """GET ?day=: who comes, who leaves, who stays, what to cook, and who is to be reported by when."""

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        today = timezone.localdate(now)
        shown = DayForm(request.GET).chosen(today=today)
        found = day.day_of(self.desk, shown)
        context = {
            "shown": found,
            "today": today,
            "now": now,
            "yesterday": shown - timedelta(days=1),
            "tomorrow": shown + timedelta(days=1),
            "day_form": DayForm(initial={"day": shown}),
            "arrivals": [(row, door_form(Kind.ARRIVED)) for row in found.arrivals],
            "departures": [(row, door_form(Kind.LEFT)) for row in found.departures],
            "unreported": unreported(now=now, seller_ids=self.desk.seller_ids),
        }
        return self.page("desk/today.html", context)


class GuestView(DeskView):
    """GET: one booking: its guests, the door, the register, the bill, the reviews."""

    def get(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        return self.show(self.row(booking_id))

    def show(
        self, row: day.GuestRow, *, wrong: forms.Form | None = None, error: ShopError | None = None
    ) -> HttpResponse:
        """Render the page; ``wrong`` is a form that was sent and cannot be taken."""
        if error is not None and wrong is not None:
            field = getattr(error, "field", None)
            wrong.add_error(field if field in wrong.fields else None, str(error))
        now, booking = timezone.now(), row.booking
        written, is_open = reviews_of_booking(booking, today=timezone.localdate(now))
        context: dict[str, Any] = {
            "row": row,
            "booking": booking,
            "guests": guests_of(booking),
            "items": day.bill_of(booking),
            "written": written,
            "are_reviews_open": is_open,
            "may_review": Review.Side.HOST not in written and reviews.may_review(booking, now=now),
            "may_stay_away": now >= door.no_show_from(booking),
            "arrival_form": door_form(Kind.ARRIVED),
            "no_show_form": door_form(Kind.NO_SHOW),
            "departure_form": door_form(Kind.LEFT),
            "person_form": PersonForm(),
            "item_form": ItemForm(),
            "pay_form": PayForm(),
            "review_form": ReviewForm(),
            "is_early": booking.leaves_on > timezone.localdate(now),
            # Who booked by themselves have it from their order; it is no business of the host.
            "guest_key": codes.guest_key(booking.pk) if booking.channel in reviews.UNPROVEN else "",
        }
        names: dict[type, str] = {
            PersonForm: "person_form",
            ItemForm: "item_form",
            PayForm: "pay_form",
            ReviewForm: "review_form",
        }
        if isinstance(wrong, DoorForm):
            context[_NAME_OF_DOOR.get(wrong.data.get("kind", ""), "arrival_form")] = wrong
        elif wrong is not None:
            context[names[type(wrong)]] = wrong
        status = 200 if wrong is None else error.status if error else 422
        return self.page("desk/guest.html", context, status=status)


_NAME_OF_DOOR = {
    Kind.ARRIVED.value: "arrival_form",
    Kind.NO_SHOW.value: "no_show_form",
    Kind.LEFT.value: "departure_form",
}


def door_form(kind: DoorAct.Kind) -> DoorForm:
    """A form with an id of its own, made now: so that sending it twice notes it once."""
    act_id = uuid4()
    return DoorForm(initial={"id": act_id, "kind": kind.value}, auto_id=f"{act_id}-%s")


class DoorView(GuestView):
    """POST: an act at the door, by its form or, as JSON, from what a phone kept while it had no signal.

    JSON is answered by ``{"noted", "message"}``, which has ``code`` and ``details`` too if it cannot be.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        row = self.row(booking_id)
        is_program = json_body.is_json(request)
        form = DoorForm(json_body.fields(request) if is_program else request.POST, auto_id=f"{uuid4()}-%s")
        if not form.is_valid():
            if is_program:
                problem = {
                    "noted": False,
                    "code": "invalid",
                    "message": _("This cannot be read."),
                    "details": form.errors,
                }
                return JsonResponse(problem, status=400)
            return self.show(row, wrong=form)
        now, data = timezone.now(), form.cleaned_data
        act = door.Act(
            id=data["id"],
            booking_id=row.booking.pk,
            kind=data["kind"],
            happened_at=data["happened_at"] or now,
            code=data["code"],
            knows_guest=data["knows_guest"],
            frees_nights=data["frees_nights"],
        )
        try:
            noted = door.note(act, by=self.user, now=now)
        except ShopError as error:
            if is_program:
                problem = {
                    "noted": False,
                    "code": error.code,
                    "message": str(error),
                    "details": error.details,
                }
                return JsonResponse(problem, status=error.status)
            return self.show(row, wrong=form, error=error)
        words = _("This was noted before.") if noted.is_repeated else str(DONE[Kind(act.kind)])
        if is_program:
            return JsonResponse({"noted": True, "repeated": noted.is_repeated, "message": words})
        messages.success(request, words)
        return redirect("desk:guest", booking_id=row.booking.pk)


class ScanView(DeskView):
    """GET: whose QR code this is. POST: let them in. The code says that they stand at the door."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return self.page("desk/scan.html", {"row": self._row(key), "form": door_form(Kind.ARRIVED)})

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        row, now = self._row(key), timezone.now()
        form = DoorForm(request.POST)
        if form.is_valid():
            act = door.Act(
                id=form.cleaned_data["id"],
                booking_id=row.booking.pk,
                kind=Kind.ARRIVED,
                happened_at=now,
                code=codes.door_code(row.booking.pk),
            )
            try:
                door.note(act, by=self.user, now=now)
            except ShopError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, str(DONE[Kind.ARRIVED]))
        return redirect("desk:guest", booking_id=row.booking.pk)

    def _row(self, key: str) -> day.GuestRow:
        return self.row(codes.booking_at_door(key) or 0)


class PersonView(GuestView):
    """POST: write a guest into the register."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        row, form = self.row(booking_id), PersonForm(request.POST)
        if not form.is_valid():
            return self.show(row, wrong=form)
        try:
            register.register(
                guest_id=form.cleaned_data["guest_id"],
                booking=row.booking,
                person=form.person,
                by=self.user,
                now=timezone.now(),
            )
        except ShopError as error:
            return self.show(row, wrong=form, error=error)
        messages.success(request, _("The guest is in the register."))
        return redirect(f"{request.path.removesuffix('guests/')}#register")


class ItemView(GuestView):
    """POST: put something on the bill."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        row, form = self.row(booking_id), ItemForm(request.POST)
        if not form.is_valid():
            return self.show(row, wrong=form)
        data = form.cleaned_data
        try:
            bills.add(
                item_id=data["item_id"],
                booking=row.booking,
                title=data["title"],
                quantity=data["quantity"],
                unit_vnd=data["unit"],
                by=self.user,
                now=timezone.now(),
            )
        except ShopError as error:
            return self.show(row, wrong=form, error=error)
        return redirect(f"{request.path.removesuffix('bill/')}#bill")


class PayView(GuestView):
    """POST: the guests have paid what is open on the bill."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        row, form = self.row(booking_id), PayForm(request.POST)
        if not form.is_valid():
            return self.show(row, wrong=form)
        try:
            bills.pay(booking=row.booking, how=form.cleaned_data["how"], now=timezone.now())
        except ShopError as error:
            return self.show(row, wrong=form, error=error)
        messages.success(request, _("The bill is paid."))
        return redirect(f"{request.path.removesuffix('bill/pay/')}#bill")


class ReviewView(GuestView):
    """POST: the host's review of the guests."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        row, form = self.row(booking_id), ReviewForm(request.POST)
        if not form.is_valid():
            return self.show(row, wrong=form)
        try:
            reviews.write(booking=row.booking, side=Review.Side.HOST, now=timezone.now(), **form.cleaned_data)
        except ShopError as error:
            return self.show(row, wrong=form, error=error)
        messages.success(request, _("Thank you. It is shown when the guest has written too."))
        return redirect(f"{request.path.removesuffix('review/')}#reviews")


class StrikeView(DeskView):
    """POST ``{guest}`` or ``{item}``: strike out what was written by mistake."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        row = self.row(booking_id)
        field = forms.UUIDField(required=False)
        try:
            if guest_id := field.clean(request.POST.get("guest")):
                register.strike(guest_id=guest_id, booking=row.booking)
            elif item_id := field.clean(request.POST.get("item")):
                bills.strike(item_id=item_id, booking=row.booking, now=timezone.now())
        except ShopError as error:
            messages.error(request, str(error))
        except (forms.ValidationError, bills.BillItem.DoesNotExist):
            messages.error(request, _("This does not stand there any more."))
        return redirect("desk:guest", booking_id=row.booking.pk)
