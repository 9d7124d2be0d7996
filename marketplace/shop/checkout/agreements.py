"""The cancellation policies a buyer agrees to, with their dates, before anything is ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language

from marketplace.shop.basket.selectors import SummaryLine
from tourism import policies
from tourism.policies import DatedStep, Frozen


@dataclass(frozen=True)
class Agreement:
    """What goes back of one line of the basket, if it is cancelled. ``steps`` are still to come."""

    title: str
    policy: Frozen
    steps: list[DatedStep]


def agreements(lines: Sequence[SummaryLine], *, now: datetime) -> list[Agreement]:
    """Return the policies of the nights and seats among ``lines``. One query, none for goods alone."""
    booked = [(line, code, at) for line in lines for code, at in [_booked(line)] if at is not None]
    if not booked:
        return []
    known = policies.policies_on({code for _line, code, _at in booked}, on=timezone.localdate(now))
    language = get_language() or "vi"
    found = []
    for line, code, at in booked:
        policy = policies.frozen(known[code], language=language) if code in known else {}
        steps = policies.steps_with_dates(policy, starts_at=at, after=now)
        found.append(Agreement(str(line.product.get_title()), policy, steps))
    return found


def _booked(line: SummaryLine) -> tuple[str, datetime | None]:
    """Return the code of a line's policy and when it begins; no moment for goods."""
    if line.room_type is not None and line.first_night is not None:
        stay = line.room_type.stay
        return stay.policy, policies.begins_at(stay, line.first_night)
    if line.departure is not None:
        return line.departure.tour.policy, line.departure.starts_at
    return "", None
