"""The guest's own page of a stay: the code for the door, the register, the review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.errors import ShopError
from tourism.desk import codes
from tourism.desk.forms import PersonForm, ReviewForm
from tourism.desk.models import Review
from tourism.desk.selectors.register import guests_of
from tourism.desk.selectors.reviews import name_of_guest, reviews_of_booking
from tourism.desk.services import register, reviews
from tourism.models import Booking


class MyStayView(View):
    """GET: the stay, for whoever holds its address. POST: a review, or a guest for the register."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return self._show(self._booking(key), key)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        booking, now = self._booking(key), timezone.now()
        form: PersonForm | ReviewForm
        form = ReviewForm(request.POST) if "stars" in request.POST else PersonForm(request.POST)
        if not form.is_valid():
            return self._show(booking, key, wrong=form)
        try:
            if isinstance(form, ReviewForm):
                reviews.write(booking=booking, side=Review.Side.GUEST, now=now, **form.cleaned_data)
            else:
                register.register(
                    guest_id=form.cleaned_data["guest_id"],
                    booking=booking,
                    person=form.person,
                    by=None,
                    now=now,
                )
        except ShopError as error:
            form.add_error(None, str(error))
            return self._show(booking, key, wrong=form, status=error.status)
        messages.success(request, _("Thank you, that is noted."))
        return redirect("my-stay", key=key)

    def _booking(self, key: str) -> Booking:
        booking = (
            Booking.objects.filter(pk=codes.booking_of_guest(key) or 0)
            .select_related(
                "visit",
                "room_type__product",
                "room_type__stay__product__origin__seller__unit",
                "order_line__order__placement",
            )
            .first()
        )
        if booking is None:
            raise Http404
        return booking

    def _show(
        self, booking: Booking, key: str, *, wrong: forms.Form | None = None, status: int = 422
    ) -> HttpResponse:
        now = timezone.now()
        written, is_open = reviews_of_booking(booking, today=timezone.localdate(now))
        registered = len(guests_of(booking))
        is_confirmed = booking.state == Booking.State.CONFIRMED
        is_over = booking.leaves_on < timezone.localdate(now)
        door = reverse("desk:scan", args=[codes.door_key(booking.pk)])
        context: dict[str, Any] = {
            "booking": booking,
            "visit": getattr(booking, "visit", None),
            "name": name_of_guest(booking),
            "is_confirmed": is_confirmed,
            "code": codes.door_code(booking.pk) if is_confirmed and not is_over else "",
            "scanned": f"{settings.PUBLIC_BASE_URL}{door}",
            "registered": registered,
            "may_register": is_confirmed and not is_over and registered < booking.guests,
            "written": written,
            "are_reviews_open": is_open,
            "may_review": Review.Side.GUEST not in written and reviews.may_review(booking, now=now),
            "person_form": wrong if isinstance(wrong, PersonForm) else PersonForm(),
            "review_form": wrong if isinstance(wrong, ReviewForm) else ReviewForm(),
        }
        response = render(self.request, "desk/my_stay.html", context, status=status if wrong else 200)
        response["Cache-Control"] = "no-store"
        # Who gets this address by way of a link is the guest: it must not travel further.
        response["Referrer-Policy"] = "no-referrer"
        return response
