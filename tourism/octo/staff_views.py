"""What the staff see of resellers: who owes what for a month, and the keys of their programs."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from . import keys, selectors, statements
from .models import Reseller, ResellerKey

SHOWN_MONTHS = 6
_WRITTEN = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


class StaffOnly(LoginRequiredMixin, UserPassesTestMixin):
    """Strangers are asked to sign in; whoever is signed in and not of the staff is refused (403)."""

    request: HttpRequest

    def test_func(self) -> bool:
        return not self.request.user.is_authenticated or bool(self.request.user.is_staff)


class ResellersView(StaffOnly, View):
    """GET: all resellers, and what each owes for the month of ``?month=2027-03``."""

    def get(self, request: HttpRequest) -> HttpResponse:
        first, last = _month(request.GET.get("month", ""))
        rows = statements.resellers_of_month(first=first, last=last, now=timezone.now())
        page = {"resellers": rows, "owed_vnd": sum(row.owed_vnd for row in rows)}
        return render(request, "octo/staff/resellers.html", page | _months(first))


class ResellerView(StaffOnly, View):
    """GET: one reseller's statement of a month, its terms and its keys."""

    def get(self, request: HttpRequest, reseller_id: int) -> HttpResponse:
        reseller = get_object_or_404(Reseller, pk=reseller_id)
        return render(request, "octo/staff/reseller.html", _page_of(request, reseller))


class NewKeyView(StaffOnly, View):
    """POST: make a key and show it, this once. Pressing twice makes two; the one not used is revoked."""

    def post(self, request: HttpRequest, reseller_id: int) -> HttpResponse:
        reseller = get_object_or_404(Reseller, pk=reseller_id)
        secret = keys.make(reseller=reseller, now=timezone.now())
        page = _page_of(request, reseller) | {"secret": secret}
        response = render(request, "octo/staff/reseller.html", page)
        response.headers["Cache-Control"] = "no-store"
        return response


class RevokeKeyView(StaffOnly, View):
    """POST: let a key open nothing any more."""

    def post(self, request: HttpRequest, reseller_id: int, key_id: int) -> HttpResponse:
        key = get_object_or_404(ResellerKey, pk=key_id, reseller=reseller_id)
        keys.revoke(key_id=key.pk, now=timezone.now())
        messages.success(request, _("The key %(beginning)s… is revoked.") % {"beginning": key.beginning})
        return redirect("octo-staff:reseller", reseller_id)


class StatementFileView(StaffOnly, View):
    """GET: the statement of a month as CSV."""

    def get(self, request: HttpRequest, reseller_id: int, month: str) -> HttpResponse:
        if not _WRITTEN.fullmatch(month):
            raise Http404
        reseller = get_object_or_404(Reseller, pk=reseller_id)
        first, last = _month(month)
        found = statements.statement(reseller=reseller, first=first, last=last, now=timezone.now())
        name = f"reseller-{reseller.pk}-{month}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(statements.as_csv(found), content_type="text/csv; charset=utf-8", headers=headers)


def _page_of(request: HttpRequest, reseller: Reseller) -> dict[str, Any]:
    first, last = _month(request.GET.get("month", ""))
    now = timezone.now()
    return {
        "reseller": reseller,
        "statement": statements.statement(reseller=reseller, first=first, last=last, now=now),
        "terms": reseller.terms.order_by("-valid_from"),
        "commission_percent": selectors.commission_bp(reseller, on=timezone.localdate(now)) / 100,
        "keys": reseller.keys.order_by("-made_at", "-pk"),
    } | _months(first)


def _month(text: str) -> tuple[date, date]:
    """Return the days of the month written as 2027-03; of any other text, of the month of today."""
    day = date.fromisoformat(f"{text}-01") if _WRITTEN.fullmatch(text) else timezone.localdate()
    return statements.month_around(day)


def _months(first: date) -> dict[str, Any]:
    """The month that is shown, and those around it to choose from, the latest first."""
    latest = max(first, (timezone.localdate().replace(day=1) + timedelta(days=31)).replace(day=1))
    months = [latest]
    while len(months) < SHOWN_MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    if first not in months:
        months.append(first)
    return {"month": first, "months": months}
