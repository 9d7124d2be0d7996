"""Which sellers are closed, and until when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.packing.models import Pause
from marketplace.sellers.models import Seller
from payments.compiled import compiled


@dataclass(frozen=True)
class Closed:
    """That a seller takes no orders today; ``opens_on`` is None if nobody knows when it will."""

    opens_on: date | None
    reason: str  # of Pause.Reason, or ""

    @property
    def why(self) -> str:
        return str(Pause.Reason(self.reason).label) if self.reason else ""


def closed(seller_ids: Collection[int], *, today: date) -> dict[int, Closed]:
    """Return which of the sellers take no orders of goods ``today``. One query.

    Closed days that follow on each other are one: it opens after the last of them.
    """
    pauses: dict[int, list[Pause]] = {}
    for pause in _to_come(sorted(set(seller_ids)), today):
        pauses.setdefault(pause.seller_id, []).append(pause)
    found = {}
    for seller_id, rows in pauses.items():
        if rows[0].first_day <= today:
            found[seller_id] = Closed(_opens_on(rows, today), rows[0].reason)
    return found


@compiled
def _to_come(seller_ids: list[int], today: date) -> QuerySet[Pause]:
    to_come = Pause.objects.filter(Q(last_day=None) | Q(last_day__gte=today), ended_at=None)
    return to_come.filter(seller__id__in=seller_ids).order_by("first_day", "pk")


def is_closed(seller: str, *, today: date) -> Exists:
    """Whether the seller a row names in its column ``seller`` takes no orders of goods ``today``."""
    now = Q(last_day=None) | Q(last_day__gte=today)
    return Exists(Pause.objects.filter(now, seller=OuterRef(seller), first_day__lte=today, ended_at=None))


def _opens_on(pauses: list[Pause], today: date) -> date | None:
    opens_on = today
    for pause in pauses:
        if pause.first_day > opens_on:
            break
        if pause.last_day is None:
            return None
        opens_on = max(opens_on, pause.last_day + timedelta(days=1))
    return opens_on


def pauses_of(seller: Seller, *, today: date) -> list[Pause]:
    """Return the closed days of a seller that are not over, soonest first. One query."""
    rows = Pause.objects.filter(Q(last_day=None) | Q(last_day__gte=today), seller=seller, ended_at=None)
    return list(rows.order_by("first_day", "pk"))
