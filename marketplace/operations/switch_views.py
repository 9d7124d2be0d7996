"""The page of switches, under /staff/switches/."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.accounts.models import User
from marketplace.switches import selectors, services
from marketplace.switches.models import Switch

from .forms import SwitchForm

SHOWN = 20


class StaffOnly(LoginRequiredMixin, UserPassesTestMixin, View):
    """Strangers are asked to sign in; whoever is signed in and not of the staff is refused (403)."""

    request: HttpRequest

    def test_func(self) -> bool:
        return not self.request.user.is_authenticated or bool(self.request.user.is_staff)


class SwitchesPage(StaffOnly):
    """GET: how every switch stands, and what was decided lately. POST: decide."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(SwitchForm(initial={"id": uuid.uuid4()}, now=timezone.now()))

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        form = SwitchForm(request.POST, now=now)
        if not form.is_valid():
            return self._page(form, status=422)
        assert isinstance(request.user, User)
        decided = form.cleaned_data
        switch = services.decide(
            switch_id=decided["id"],
            name=Switch.Name(decided["name"]),
            commune=decided["commune"],
            is_on=decided["is_on"],
            from_at=decided["from_at"],
            note=decided["note"],
            by=request.user,
            now=now,
        )
        words = _("“%(name)s” is on.") if switch.is_on else _("“%(name)s” is off.")
        if switch.from_at > now:
            words = _("“%(name)s” is switched at the moment you chose.")
        messages.success(request, words % {"name": switch.get_name_display()})
        return redirect("operations:switches")

    def _page(self, form: SwitchForm, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "standings": selectors.standings(now=timezone.now()),
            "decisions": selectors.lately()[:SHOWN],
            "now": timezone.now(),
        }
        return render(self.request, "operations/switches.html", context, status=status)
