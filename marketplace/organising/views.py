"""The pages of those who organise tours. Everybody sees their own sellers' tours only."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.errors import InvalidPhone
from marketplace.accounts.pages import PrivatePage
from marketplace.accounts.phones import to_e164
from marketplace.errors import Invalid, SeatsTaken
from marketplace.fulfilment.services import departures as fulfilment
from marketplace.sellers.models import Seller
from marketplace.sellers.pages import NOT_SELLING
from marketplace.sellers.selectors import own_sellers_of
from tourism.tours import groups, schedules, seats, selectors
from tourism.tours.models import Departure, Schedule, SeatBooking, Tour

from . import services
from .forms import (
    CancelForm,
    ChangeForm,
    DepartureForm,
    GuestForm,
    ScheduleForm,
    TourForm,
    facts_of,
    in_words,
)

PAGE_SIZE = 12


class OrganiserView(PrivatePage):
    """Lets members of a seller in; ``sellers`` are theirs."""

    refusal = NOT_SELLING
    sellers: list[Seller]

    def may_enter(self) -> bool:
        self.sellers = list(own_sellers_of(self.user.pk))
        return bool(self.sellers)

    @property
    def seller_ids(self) -> list[int]:
        return [seller.pk for seller in self.sellers]

    def tour(self, pk: int) -> Tour:
        return get_object_or_404(selectors.tours_of(self.seller_ids), pk=pk)

    def departure(self, pk: int) -> Departure:
        found = Departure.objects.select_related("tour__product")
        return get_object_or_404(found, pk=pk, tour__product__origin__seller__in=self.seller_ids)


class ToursView(OrganiserView):
    """GET ?page=: one's tours, and the departures one has to see to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        work = selectors.work_of(self.seller_ids, now=timezone.now())
        page = Paginator(work, PAGE_SIZE).get_page(request.GET.get("page"))
        context = {"tours": selectors.tours_of(self.seller_ids), "page_obj": page}
        return render(request, "organising/tours.html", context)


class NewTourView(OrganiserView):
    """GET: the form of a new tour. POST: offer it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, TourForm(sellers=self.sellers, today=timezone.localdate()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TourForm(request.POST, sellers=self.sellers, today=timezone.localdate())
        if not form.is_valid():
            return self._page(request, form)
        tour = services.create_tour(facts=form.cleaned_data, now=timezone.now())
        messages.success(request, _("The tour is there. Now say when it goes."))
        return redirect("organising:tour", pk=tour.pk)

    def _page(self, request: HttpRequest, form: TourForm) -> HttpResponse:
        return render(request, "organising/tour_form.html", {"form": form}, status=_status(form))


class EditTourView(OrganiserView):
    """GET: the form of a tour. POST: change it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        tour = self.tour(pk)
        form = TourForm(initial=facts_of(tour), sellers=self.sellers, today=timezone.localdate())
        return self._page(request, tour, form)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        tour = self.tour(pk)
        form = TourForm(request.POST, sellers=self.sellers, today=timezone.localdate())
        if not form.is_valid():
            return self._page(request, tour, form)
        services.change_tour(tour, facts=form.cleaned_data)
        messages.success(request, _("Saved. Departures on sale stay as guests were told."))
        return redirect("organising:tour", pk=pk)

    def _page(self, request: HttpRequest, tour: Tour, form: TourForm) -> HttpResponse:
        context = {"form": form, "tour": tour}
        return render(request, "organising/tour_form.html", context, status=_status(form))


class TourView(OrganiserView):
    """GET ?page=: one tour, and when it goes. POST ``{act: schedule | departure}``: let it go more often."""

    def get(
        self, request: HttpRequest, pk: int, *, form: Any = None, departure_form: Any = None
    ) -> HttpResponse:
        tour = self.tour(pk)
        work = selectors.work_of(self.seller_ids, now=timezone.now(), tour_id=pk)
        context = {
            "tour": tour,
            "schedules": [(each, in_words(each.rule)) for each in selectors.schedules_of(pk)],
            "page_obj": Paginator(work, PAGE_SIZE).get_page(request.GET.get("page")),
            "form": form or ScheduleForm(initial={"first_on": timezone.localdate()}),
            "departure_form": departure_form or DepartureForm(),
            "today": timezone.localdate(),
        }
        return render(request, "organising/tour.html", context, status=_status(form or departure_form))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.POST.get("act") == "departure":
            return self._add_departure(request, pk)
        tour, form = self.tour(pk), ScheduleForm(request.POST)
        if not form.is_valid():
            return self.get(request, pk, form=form)
        try:
            opened = services.add_schedule(tour, facts=form.cleaned_data, now=timezone.now())
        except Invalid as error:
            _say(form, error)
            return self.get(request, pk, form=form)
        message = ngettext("%(n)d departure is open.", "%(n)d departures are open.", opened)
        messages.success(request, message % {"n": opened})
        return redirect("organising:tour", pk=pk)

    def _add_departure(self, request: HttpRequest, pk: int) -> HttpResponse:
        tour, form = self.tour(pk), DepartureForm(request.POST)
        if not form.is_valid():
            return self.get(request, pk, departure_form=form)
        try:
            departure = schedules.add_departure(tour, **form.cleaned_data, now=timezone.now())
        except Invalid as error:
            _say(form, error)
            return self.get(request, pk, departure_form=form)
        return redirect("organising:departure", pk=departure.pk)


class EndScheduleView(OrganiserView):
    """POST: no more departures by this rule; those nobody has booked are gone."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        mine = Schedule.objects.filter(tour__product__origin__seller__in=self.seller_ids)
        schedule = get_object_or_404(mine, pk=pk)
        gone = schedules.end(schedule, now=timezone.now())
        message = ngettext(
            "%(n)d departure without guests is gone.", "%(n)d departures without guests are gone.", gone
        )
        messages.success(request, message % {"n": gone})
        return redirect("organising:tour", pk=schedule.tour_id)


class DepartureView(OrganiserView):
    """GET: who comes, who waits, and what can be done. POST ``{act}``: do it.

    ``guests`` books a party that telephoned, ``change`` what guests are told, ``close`` and ``reopen`` the
    sale, ``cancel`` the departure, ``release`` a party one has booked oneself.
    """

    def get(self, request: HttpRequest, pk: int, **shown: Any) -> HttpResponse:
        departure, now = self.departure(pk), timezone.now()
        guests = selectors.guests_of(pk)
        facts = {name: getattr(departure, name) for name in ChangeForm.base_fields}
        context = {
            "departure": departure,
            "tour": departure.tour,
            "guests": guests,
            "sure": sum(each.persons for each in guests if each.state == SeatBooking.State.CONFIRMED),
            "queue": selectors.queue_of(pk),
            "is_past": departure.starts_at <= now,
            "guest_form": shown.get("guests") or GuestForm(initial={"departure": pk}),
            "change_form": shown.get("change") or ChangeForm(initial=facts),
            "cancel_form": shown.get("cancel") or CancelForm(),
        }
        status = _status(next(iter(shown.values()), None))
        return render(request, "organising/departure.html", context, status=status)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        departure, act = self.departure(pk), request.POST.get("act", "")
        if act == "close":
            groups.close(departure.pk)
        elif act == "reopen":
            groups.reopen(departure.pk)
        elif act == "release":
            self._release(request, departure)
        elif act in ("guests", "change", "cancel"):
            return self._with_form(request, departure, act)
        return redirect("organising:departure", pk=pk)

    def _with_form(self, request: HttpRequest, departure: Departure, act: str) -> HttpResponse:
        kind, do = {
            "guests": (GuestForm, self._book),
            "change": (ChangeForm, self._change),
            "cancel": (CancelForm, self._cancel),
        }[act]
        form = kind(request.POST)
        if not form.is_valid():
            return self.get(request, departure.pk, **{act: form})
        try:
            do(request, departure, form.cleaned_data)
        except Invalid as error:
            _say(form, error)
            return self.get(request, departure.pk, **{act: form})
        except SeatsTaken as error:
            form.add_error(None, str(error))
            return self.get(request, departure.pk, **{act: form})
        return redirect("organising:departure", pk=departure.pk)

    def _book(self, request: HttpRequest, departure: Departure, facts: dict[str, Any]) -> None:
        phone = facts["guest_phone"].strip()
        try:
            phone = to_e164(phone) if phone else ""
        except InvalidPhone as error:
            raise Invalid("guest_phone", str(error)) from error
        seats.book(
            departure_id=departure.pk,
            adults=facts["adults"],
            children=facts["children"],
            channel=SeatBooking.Channel.HOST,
            guest_name=facts["guest_name"],
            guest_phone=phone,
            note=facts["note"],
            now=timezone.now(),
        )
        messages.success(request, _("Booked. They pay you themselves."))

    def _change(self, request: HttpRequest, departure: Departure, facts: dict[str, Any]) -> None:
        groups.change(departure.pk, **facts)
        messages.success(request, _("Saved."))

    def _cancel(self, request: HttpRequest, departure: Departure, facts: dict[str, Any]) -> None:
        now = timezone.now()
        if groups.cancel(departure.pk, reason=facts["reason"], now=now):
            fulfilment.refund_cancelled(now=now)
        messages.success(request, _("The departure is cancelled. Everybody gets all their money back."))

    def _release(self, request: HttpRequest, departure: Departure) -> None:
        """Free the seats of a party that was booked by the seller: nobody else's."""
        booking_id = request.POST.get("booking", "")
        mine = SeatBooking.objects.filter(departure=departure, channel=SeatBooking.Channel.HOST)
        booking = get_object_or_404(mine, pk=int(booking_id) if booking_id.isdecimal() else 0)
        seats.cancel(booking.pk)
        messages.success(request, _("The seats are free again."))


def _status(form: Any) -> int:
    return 422 if form is not None and form.errors else 200


def _say(form: django_forms.Form, error: Invalid) -> None:
    form.add_error(error.field if error.field in form.fields else None, str(error))
