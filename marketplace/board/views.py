"""The officials' board: closing a commune that cannot be reached; and the page on which guests choose."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View

from marketplace.accounts.models import User
from marketplace.accounts.pages import PrivatePage, Refusal
from marketplace.accounts.selectors import OfficialScope, official_scope
from marketplace.errors import Invalid, ShopError
from marketplace.places.models import Commune
from tourism.closures import selectors as closures
from tourism.closures import services as closing
from tourism.closures.models import Closure, Offer

from . import selectors, services
from .forms import ClosureForm, DepartureForm, NightsForm
from .selectors import GuestOffer


class BoardView(PrivatePage):
    """For officials of a commune or of the province."""

    refusal = Refusal(
        title=gettext_lazy("Officials' board"),
        heading=gettext_lazy("This is the officials' board"),
        text=gettext_lazy(
            "Only officials of a commune or of the province may enter. "
            "If you are one, ask the market's staff to note for which commune."
        ),
        icon="lock",
        leads_to="home",
        action=gettext_lazy("Back to the market"),
    )
    official: User
    scope: OfficialScope
    communes: list[Commune]

    def may_enter(self) -> bool:
        scope = official_scope(self.user)
        if not (scope.whole_province or scope.commune_codes):
            return False
        self.official, self.scope = self.user, scope
        vars(self.request)["official_scope"] = scope  # the log of looks need not ask again
        self.communes = selectors.communes_of(scope, today=timezone.localdate())
        return True

    def shared(self) -> dict[str, Any]:
        return {"scope": self.scope, "communes": self.communes}

    def closure(self, pk: int) -> Closure:
        """Return a closure of a commune this official answers for; others are not there."""
        found = Closure.objects.filter(pk=pk, commune__in=self.communes)
        closure = found.select_related("commune", "opened_by", "lifted_by").first()
        if closure is None:
            raise Http404(_("There is no such closure in your communes."))
        return closure


class ClosuresView(BoardView):
    """GET: what was closed, and the form to close a commune."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        form = ClosureForm(
            communes=self.communes, today=today, initial={"first_night": today, "last_night": today}
        )
        return self.page(
            "board/closures.html", {"form": form, "closures": selectors.closures_of(self.communes)}
        )


class CloseView(BoardView):
    """POST: first shows who is affected; with ``confirmed`` closes the commune and makes the offers."""

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        today = timezone.localdate(now)
        form = ClosureForm(request.POST, communes=self.communes, today=today)
        if not form.is_valid():
            return self._again(form)
        wish = form.cleaned_data
        try:
            closing.check(wish["first_night"], wish["last_night"], wish["words"], today=today)
        except Invalid as error:
            form.add_error(error.field, str(error))
            return self._again(form)
        if "confirmed" not in request.POST:
            found = closures.affected(
                commune_id=wish["commune"].pk,
                first_night=wish["first_night"],
                last_night=wish["last_night"],
                today=today,
            )
            return self.page("board/close.html", {"form": form, "wish": wish, "affected": found})
        closure = closing.close(**wish, by=self.official, now=now)
        messages.success(
            request,
            _("%(commune)s is closed. Everybody affected has been offered other days or their money.")
            % {"commune": closure.commune.full_name},
        )
        return redirect("board:closure", pk=closure.pk)

    def _again(self, form: ClosureForm) -> HttpResponse:
        context = {"form": form, "closures": selectors.closures_of(self.communes)}
        return self.page("board/closures.html", context, status=422)


class ClosureView(BoardView):
    """GET: one closure, who was affected and what they chose."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        closure = self.closure(pk)
        today = timezone.localdate()
        found = closures.affected(
            commune_id=closure.commune_id,
            first_night=closure.first_night,
            last_night=closure.last_night,
            today=today,
        )
        rows = selectors.offer_rows(closure)
        context = {
            "closure": closure,
            "rows": rows,
            "affected": found,
            "open": sum(row.offer.state == Offer.State.OPEN for row in rows),
            "moved": sum(row.offer.state == Offer.State.MOVED for row in rows),
            "refunded": sum(row.offer.state == Offer.State.REFUNDED for row in rows),
            "refunded_vnd": sum(row.offer.refunded_vnd for row in rows),
        }
        return self.page("board/closure.html", context)


class LiftView(BoardView):
    """POST: open the commune again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        closure = closing.lift(self.closure(pk).pk, by=self.official, now=timezone.now())
        messages.success(request, _("%(commune)s is open again.") % {"commune": closure.commune.full_name})
        return redirect("board:closure", pk=closure.pk)


class RefundAllView(BoardView):
    """POST: refund everybody who has not chosen yet."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        closure = self.closure(pk)
        done = services.refund_all(closure_id=closure.pk, by=self.official, now=timezone.now())
        said = ngettext("%(number)d booking is refunded.", "%(number)d bookings are refunded.", done)
        messages.success(request, said % {"number": done})
        return redirect("board:closure", pk=closure.pk)


class OfferView(View):
    """GET: what guests of a closed commune may choose. POST ``choice=refund|move``: what they chose.

    The address is the permission: it is signed and stands on the page of the order.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _offer_page(request, _guest_offer(token))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        page = _guest_offer(token)
        try:
            if request.POST.get("choice") == "refund":
                services.refund(offer_id=page.offer.pk, chosen_by=Offer.Chooser.GUEST, now=timezone.now())
            else:
                form = _form(page, request.POST)
                if not form.is_valid():
                    return _offer_page(request, page, form, status=422)
                _move(page, form)
        except ShopError as error:
            messages.error(request, str(error))
        return redirect("closures:offer", token=token)


def _guest_offer(token: str) -> GuestOffer:
    offer = selectors.offer_of(token)
    if offer is None:
        raise Http404(_("This page is not there."))
    return selectors.guest_offer(offer, now=timezone.now())


def _form(page: GuestOffer, data: Any = None) -> forms.Form:
    if page.offer.booking_id is not None:
        later = next((day for day in page.days if day > page.offer.closure.last_night), None)
        return NightsForm(data, days=page.days, initial={"day": later})
    return DepartureForm(data, departures=page.departures)


def _move(page: GuestOffer, form: forms.Form) -> None:
    now = timezone.now()
    if isinstance(form, NightsForm):
        services.move_nights(offer_id=page.offer.pk, first_night=form.cleaned_data["day"], now=now)
    else:
        departure_id = form.cleaned_data["departure"]
        services.move_seats(offer_id=page.offer.pk, departure_id=departure_id, now=now)


def _offer_page(
    request: HttpRequest, page: GuestOffer, form: forms.Form | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"page": page, "form": form or _form(page)}
    response = render(request, "board/offer.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    return response
