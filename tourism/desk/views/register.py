"""The guest register of a house, and as the police's form."""

from __future__ import annotations

import logging

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import ngettext

from marketplace.delivery.models import Province
from tourism.desk import police_form
from tourism.desk.forms import RangeForm
from tourism.desk.rules import register_rule
from tourism.desk.selectors.register import own_of, register_between, unreported
from tourism.desk.services import register

from .base import DeskView

logger = logging.getLogger(__name__)


class RegisterView(DeskView):
    """GET ?first=&last=: who is in the register. POST ``{guest}``...: they were reported to the police."""

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        today = timezone.localdate(now)
        asked = RangeForm(request.GET)
        first, last = asked.chosen(today=today)
        guests = register_between(seller_ids=self.desk.seller_ids, first=first, last=last)
        context = {
            "form": asked
            if request.GET and asked.errors
            else RangeForm(initial={"first": first, "last": last}),
            "first": first,
            "last": last,
            "guests": guests,
            "to_report": [guest for guest in guests if guest.reported_at is None],
            "unreported": unreported(now=now, seller_ids=self.desk.seller_ids),
            "rule": register_rule(today),
        }
        return self.page("desk/register.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        field = forms.UUIDField()
        try:
            chosen = {field.clean(value) for value in request.POST.getlist("guest")}
        except forms.ValidationError as error:
            raise Http404 from error
        own = own_of(chosen, seller_ids=self.desk.seller_ids)
        number = register.report(guest_ids=own, by=self.user, now=timezone.now())
        words = ngettext(
            "Noted: %(number)d guest is reported.", "Noted: %(number)d guests are reported.", number
        )
        messages.success(request, words % {"number": number})
        return redirect(request.get_full_path())


class RegisterFileView(DeskView):
    """GET ?first=&last=: the same as XLSX or CSV, as the police's form."""

    def get(self, request: HttpRequest, form: str) -> HttpResponse:
        if form not in police_form.TYPES:
            raise Http404
        first, last = RangeForm(request.GET).chosen(today=timezone.localdate())
        guests = register_between(seller_ids=self.desk.seller_ids, first=first, last=last)
        content = police_form.as_file(
            guests,
            form=form,
            provinces=dict(Province.objects.values_list("code", "name")),
            house="; ".join(f"{seller.name}, {seller.unit.full_name}" for seller in self.desk.sellers),
            first=first,
            last=last,
        )
        # Who took personal data out of the house, when, and how much of it.
        logger.info("User %s took %s guests of %s to %s as %s", self.user.pk, len(guests), first, last, form)
        response = HttpResponse(content, content_type=police_form.TYPES[form])
        response["Content-Disposition"] = f'attachment; filename="luu-tru-{first}-{last}.{form}"'
        response["Cache-Control"] = "no-store"
        return response
