"""The log of looks: which official saw which figures, when, and as an official of what."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from marketplace.accounts.models import User
from marketplace.accounts.selectors import OfficialScope

from .models import Look

PROVINCE = "province"
# A page that follows the day's figures asks again; after a pause that long it is another look.
SAME_LOOK = timedelta(minutes=15)


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
