"""What the pages of the desk share: who may look, and that nothing of it is kept anywhere."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from marketplace.accounts.models import User
from tourism.desk.selectors import day
from tourism.desk.selectors.register import open_reminders


class DeskView(LoginRequiredMixin, View):
    """For hosts and the houses of villages. Strangers sign in; others hear how one begins to sell (403)."""

    request: HttpRequest
    user: User
    desk: day.Desk

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User):
            self.user, self.desk = request.user, day.desk_of(request.user)
            if not self.desk.is_open:
                return render(request, "sellers/none.html", status=403)
        return super().dispatch(request, *args, **kwargs)

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render a page that is kept nowhere: names and numbers of guests are on it."""
        reminders = open_reminders(seller_ids=self.desk.seller_ids, now=timezone.now())
        context = {"desk": self.desk, "reminders": reminders, **context}
        response = render(self.request, template, context, status=status)
        response["Cache-Control"] = "no-store"
        return response

    def row(self, booking_id: int) -> day.GuestRow:
        """A booking of this desk. To it there are no others."""
        found = day.row_of(self.desk, booking_id)
        if found is None:
            raise Http404
        return found
