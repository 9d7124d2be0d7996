"""What the staff see of the cash at post points."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.http import HttpRequest
from django.utils import timezone
from django.views.generic import TemplateView

from . import kept, selectors
from .models import TillRule


class StaffView(LoginRequiredMixin, UserPassesTestMixin, TemplateView):
    """For the staff only (403); strangers are asked to sign in."""

    request: HttpRequest

    def test_func(self) -> bool:
        return not self.request.user.is_authenticated or bool(self.request.user.is_staff)


class PromisesView(StaffView):
    """GET: how the promised days compare with what happened, and what is overdue."""

    template_name = "counter/staff/promises.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            **kwargs,
            months=kept.kept_promises(today=today),
            late=kept.late_parcels(today=today),
            today=today,
        )


class TillsView(StaffView):
    """GET: per post office the cash held and since when, and what lies there too long. Staff only (403)."""

    template_name = "counter/staff/tills.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        rows = selectors.office_tills(today=today)
        return super().get_context_data(
            **kwargs,
            rows=rows,
            rule=TillRule.objects.valid_on(today).first(),
            held_vnd=sum(row.till.held_vnd for row in rows),
            warned=sum(row.is_old or row.is_much for row in rows),
        )
