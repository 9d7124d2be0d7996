"""The pages of tours: the list, one tour, and the waiting list of a full departure."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.accounts.errors import InvalidPhone
from marketplace.accounts.phones import to_e164
from marketplace.errors import Invalid, SeatsTaken, ShopError
from marketplace.shop.basket.middleware import ShopRequest
from marketplace.shop.basket.seats import add_seats, free_ended_holds
from tourism.tours import selectors, waiting
from tourism.tours.models import Waiting
from tourism.tours.seats import PARTY_MAX

from . import structured
from .cards import address_of
from .surroundings import surroundings
from .tour_forms import PartyForm, TourFilter, WaitingForm
from .tour_page import ADULTS_USUALLY, tour_list, tour_page


class TourListView(View):
    """GET ?from=&to=&guests=&commune=&page=: the tours that go, the next first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = TourFilter(request.GET, today=timezone.localdate())
        wishes = form.wishes()
        found = tour_list(
            page_number=_number(request.GET.get("page"), 1),
            now=timezone.now(),
            guests=wishes.get("guests") or 1,
            first_on=wishes.get("first_on"),
            last_on=wishes.get("last_on"),
            commune=wishes.get("commune"),
        )
        context = {"form": form, "wishes": wishes, "found": found, "page_obj": found.page}
        return render(request, "tours/list.html", context | {"complaints": form.complaints()})


def tour_detail(request: HttpRequest, product: Any) -> HttpResponse:
    """The page of a tour: ?departure= or ?month=, and the party its prices are for."""
    adults = min(max(1, _number(request.GET.get("adults"), ADULTS_USUALLY)), PARTY_MAX)
    children = min(max(0, _number(request.GET.get("children"), 0)), PARTY_MAX - adults)
    now = timezone.now()
    wish: dict[str, Any] = {
        "now": now,
        "month": _month(request.GET.get("month", "")),
        "departure_id": _number(request.GET.get("departure"), 0) or None,
        "adults": adults,
        "children": children,
    }
    page = tour_page(product, **wish)
    # Should the worker be down, whoever reads next frees what is held in vain.
    if page.chosen and page.chosen.is_full and free_ended_holds(page.chosen.departure.pk, now=now):
        page = tour_page(product, **wish)
    party = {"adults": adults, "children": children}
    if page.chosen is not None:
        party["departure"] = page.chosen.departure.pk
    context = {
        "page": page,
        "product": product,
        "form": PartyForm(initial=party),
        "around": surroundings(page.origin, today=timezone.localdate()),
        "structured": structured.trip(page),
    }
    return render(request, "tours/detail.html", context)


class BookView(View):
    """POST ``{departure, adults, children}``: put seats into the basket."""

    def post(self, request: ShopRequest) -> HttpResponse:
        form = PartyForm(request.POST)
        if not form.is_valid() or not form.cleaned_data["departure"]:
            messages.error(request, _complaint(form) or _("Choose a departure first."))
            return redirect(_page_of(request.POST.get("departure")))
        wish = form.cleaned_data
        try:
            line = add_seats(
                request.basket,
                departure_id=wish["departure"],
                adults=wish["adults"],
                children=wish["children"],
                now=timezone.now(),
            )
        except SeatsTaken as error:
            messages.error(request, str(error))
            return redirect(f"{_page_of(wish['departure'])}?departure={wish['departure']}#book")
        except ShopError as error:
            messages.error(request, str(error))
            return redirect(_page_of(wish["departure"]))
        messages.success(request, _("“%(title)s” is in the basket.") % {"title": line.product.get_title()})
        return redirect("basket:summary")


class JoinView(View):
    """GET: the form to wait for seats of a full departure. POST: wait."""

    def get(self, request: HttpRequest, pk: int, form: WaitingForm | None = None) -> HttpResponse:
        row = selectors.departure_row(pk, now=timezone.now())
        if row is None:
            raise Http404
        form = form or WaitingForm(
            initial={
                "adults": _number(request.GET.get("adults"), ADULTS_USUALLY),
                "children": _number(request.GET.get("children"), 0),
            }
        )
        context = {"row": row, "form": form, "tour": row.departure.tour}
        return render(request, "tours/join.html", context, status=422 if form.errors else 200)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if selectors.departure_row(pk, now=timezone.now()) is None:
            raise Http404
        form = WaitingForm(request.POST)
        if not form.is_valid():
            return self.get(request, pk, form)
        wish = form.cleaned_data
        try:
            entry = waiting.join(
                departure_id=pk,
                name=wish["name"],
                phone=to_e164(wish["phone"]),
                adults=wish["adults"],
                children=wish["children"],
                now=timezone.now(),
            )
        except InvalidPhone as error:
            form.add_error("phone", str(error))
            return self.get(request, pk, form)
        except Invalid as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self.get(request, pk, form)
        messages.success(request, _("You are in the waiting list. Keep the address of this page."))
        return redirect("tour-waiting", secret=entry.secret)


class WaitingView(View):
    """GET: one's place in the waiting list. POST ``{act: take | leave}``: have what is held, or end it."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        entry, now = _entry(secret), timezone.now()
        is_offered = entry.state == Waiting.State.OFFERED
        context = {
            "entry": entry,
            "departure": entry.departure,
            "product": entry.departure.tour.product,
            "is_offered": is_offered and entry.offered_until is not None and entry.offered_until > now,
            "is_over": entry.departure.starts_at <= now,
            "before": waiting.parties_before(entry) if entry.state == Waiting.State.WAITING else 0,
            "total_vnd": entry.departure.price_vnd(adults=entry.adults, children=entry.children),
        }
        response = render(request, "tours/waiting.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def post(self, request: ShopRequest, secret: str) -> HttpResponse:
        entry = _entry(secret)
        if request.POST.get("act") == "leave":
            waiting.leave(secret)
            messages.success(request, _("You no longer wait."))
            return redirect("tour-waiting", secret=secret)
        try:
            add_seats(
                request.basket,
                departure_id=entry.departure_id,
                adults=entry.adults,
                children=entry.children,
                offered=secret,
                now=timezone.now(),
            )
        except ShopError as error:
            messages.error(request, str(error))
            return redirect("tour-waiting", secret=secret)
        return redirect("basket:summary")


def _entry(secret: str) -> Waiting:
    found = Waiting.objects.select_related("departure__tour__product", "held").filter(secret=secret).first()
    if found is None:
        raise Http404
    return found


def _page_of(departure_id: Any) -> str:
    row = selectors.departure_row(_number(departure_id, 0), now=timezone.now())
    if row is None:
        return "/tours/"
    product = row.departure.tour.product
    return address_of(product.slug, product.pk)


def _complaint(form: PartyForm) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def _number(text: Any, otherwise: int) -> int:
    """Return a whole number of the address, ``otherwise`` if it is none."""
    text = str(text or "")
    return int(text) if text.isdecimal() and len(text) <= 9 else otherwise


def _month(text: str) -> date | None:
    year, _dash, month = text.partition("-")
    if year.isdecimal() and month.isdecimal() and len(year) == 4 and 1 <= _number(month, 0) <= 12:
        return date(max(1, int(year)), int(month), 1)
    return None
