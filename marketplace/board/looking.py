"""The log of looks: which official saw which figures, when, and as an official of what."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.accounts.selectors import OfficialScope

from .models import Look

PROVINCE = "province"
# A page that follows the day's figures asks again; after a pause that long it is another look.
SAME_LOOK = timedelta(minutes=15)

# What the pages are called where looks are read; others by the names of their addresses.
PAGES = {
    "board:home": _("Board"),
    "board:number": _("A number explained"),
    "board:number-file": _("A number as a file"),
    "board:days": _("Sales day by day"),
    "board:alerts": _("Alerts"),
    "board:looks": _("Who has looked"),
    "board:closures": _("Closed communes"),
    "board:closure": _("One closed commune, with its guests"),
    "board:certificates": _("Certificates"),
    "board:certificate": _("One certificate"),
    "board:paper": _("The paper of a certificate"),
    "board:mistakes": _("Reported mistakes"),
    "complaints-board:list": _("Complaints"),
    "communes": _("Sales of the communes"),
    "commune": _("One commune"),
    "tourism-figures": _("Tourism in figures"),
    "statistics-sales": _("Sales by REST or as a file"),
}


def note(
    *, user: User, page: str, question: str, scope: OfficialScope, now: datetime, again: bool = False
) -> None:
    """Write down a look. ``again``: an open page asks for news, which prolongs its look of a moment ago.

    One query, or two at most.
    """
    seen = {"page": page[:80], "question": question[:300], "scope": words_of(scope)}
    if again:
        open_looks = Look.objects.filter(user=user, until__gte=now - SAME_LOOK, **seen)
        last = open_looks.order_by("-at", "-pk").values("pk")[:1]
        if Look.objects.filter(pk__in=last).update(until=now):
            return
    Look.objects.create(user=user, at=now, until=now, **seen)


def words_of(scope: OfficialScope) -> str:
    """Return the scope as the log has it: "province", or the codes of communes."""
    return PROVINCE if scope.whole_province else ",".join(sorted(scope.commune_codes))[:120]


def looks_for(user: User, scope: OfficialScope) -> QuerySet[Look]:
    """The looks that ``user`` may read, newest first: those of the province everybody's, others their own."""
    looks = Look.objects.select_related("user").order_by("-at", "-pk")
    return looks if scope.whole_province else looks.filter(user=user)


def page_words(look: Look) -> str:
    return str(PAGES.get(look.page, look.page))
