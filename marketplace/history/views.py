"""The page of changes, for administrators."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.pages import PrivatePage, Refusal

from . import selectors
from .models import KINDS

PER_PAGE = 50
BY_NAME = {kind.name: kind for kind in KINDS}
LABELS = {
    "begin": gettext_lazy("Stood when the history began"),
    "insert": gettext_lazy("Made"),
    "update": gettext_lazy("Changed"),
    "delete": gettext_lazy("Deleted"),
    "password": gettext_lazy("New password"),
}


class HistoryPage(PrivatePage):
    """GET: the newest changes of one kind: ``?kind=`` which, ``?day=`` of a day, ``?before=`` older ones."""

    refusal = Refusal(
        title=gettext_lazy("For administrators"),
        heading=gettext_lazy("This page is for administrators"),
        text=gettext_lazy("Who changed prices, roles and rules is read by administrators only."),
        icon="lock",
        leads_to="customer:summary",
        action=gettext_lazy("To my account"),
    )

    def may_enter(self) -> bool:
        return bool(self.user.is_staff)

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = BY_NAME.get(request.GET.get("kind", KINDS[0].name))
        if kind is None:
            raise Http404(_("There is no such history."))
        before = request.GET.get("before", "")
        asked: dict[str, Any] = {
            "kind": kind,
            "limit": PER_PAGE,
            "before_id": int(before)
            if before.isascii() and before.isdecimal() and len(before) < 19
            else None,
            "day": _day(request.GET.get("day", "")),
        }
        context = {
            "kinds": KINDS,
            "kind": kind,
            "day": asked["day"],
            "labels": LABELS,
            "changes": [(change, LABELS[change.label]) for change in selectors.changes(**asked)],
            "older": selectors.oldest_id(**asked),
        }
        return self.page("history/changes.html", context)


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None
