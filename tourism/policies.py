"""What goes back to somebody who cancels: the policy of the day, frozen into what is booked, and its dates.

A frozen policy is a dict of what was agreed: ``code``, ``name``, ``text``, ``steps``. An empty one is of what
was booked before there were policies: everything goes back until it begins.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Stay
from .terms import CancellationPolicy

Frozen = dict[str, Any]
_ALL_UNTIL_IT_BEGINS = [{"hours_before": 0, "refund_percent": 100}]


@dataclass(frozen=True)
class DatedStep:
    """Whoever cancels before ``until`` gets ``refund_percent`` of what was paid."""

    until: datetime
    refund_percent: int


def policies_on(codes: Collection[str], *, on: date) -> dict[str, CancellationPolicy]:
    """Return the policy of each code that holds ``on`` that day. One query."""
    rows = CancellationPolicy.objects.filter(code__in=codes, valid_from__lte=on)
    return {row.code: row for row in rows.order_by("valid_from")}


def policy_on(code: str, *, on: date) -> CancellationPolicy:
    """Return the policy of ``code`` that holds ``on`` that day. One query. Raises KeyError without one."""
    return policies_on([code], on=on)[code]


def frozen(policy: CancellationPolicy, *, language: str = "vi") -> Frozen:
    """Return what is agreed when something is booked under ``policy``, in the words of ``language``."""
    is_english = language.startswith("en")
    return {
        "code": policy.code,
        "name": policy.name_en if is_english else policy.name,
        "text": policy.text_en if is_english else policy.text,
        "steps": sorted(policy.steps, key=lambda step: -step["hours_before"]),
    }


def refund_percent(policy: Frozen, *, starts_at: datetime, now: datetime) -> int:
    """Return how many per cent of what was paid go back to whoever cancels ``now``; 0 once it has begun."""
    for step in steps_with_dates(policy, starts_at=starts_at):
        if now < step.until:
            return step.refund_percent
    return 0


def steps_with_dates(
    policy: Frozen, *, starts_at: datetime, after: datetime | None = None
) -> list[DatedStep]:
    """Return until when how much goes back, the earliest first; after the last nothing does.

    With ``after`` only the steps that are still to come then.
    """
    steps = sorted(policy.get("steps") or _ALL_UNTIL_IT_BEGINS, key=lambda step: -step["hours_before"])
    dated = [
        DatedStep(starts_at - timedelta(hours=step["hours_before"]), step["refund_percent"]) for step in steps
    ]
    return [step for step in dated if after is None or after < step.until]


def check_steps(steps: Any) -> None:
    """Refuse steps no guest could read: raises ValidationError unless later never means more back."""
    try:
        pairs = [(step["hours_before"], step["refund_percent"]) for step in steps]
        is_right = all(isinstance(number, int) for pair in pairs for number in pair)
    except (TypeError, KeyError) as error:
        raise ValidationError(_("Write a list of steps with hours_before and refund_percent.")) from error
    percents = [percent for _hours, percent in sorted(pairs, reverse=True)] if is_right else []
    is_right = is_right and all(hours >= 0 and 0 <= percent <= 100 for hours, percent in pairs)
    if (
        not is_right
        or not pairs
        or len(dict(pairs)) < len(pairs)
        or percents != sorted(percents, reverse=True)
    ):
        raise ValidationError(
            _("Hours from 0 on, per cents from 0 to 100, and never more back for whoever cancels later.")
        )


def begins_at(stay: Stay, first_night: date) -> datetime:
    """Return when guests who arrive on ``first_night`` may enter: from then on nothing can be cancelled."""
    return timezone.make_aware(datetime.combine(first_night, stay.check_in_from))
