"""Which rule of the desk holds on a day, and what follows from it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from .models import RegisterRule

NIGHT_ENDS = time(5)  # who comes before it, comes late in the night before


def register_rule(day: date) -> RegisterRule:
    """Return the rule that holds on ``day``. One query. Raises DoesNotExist: a migration makes the first."""
    return RegisterRule.objects.valid_on(day).get()


def report_by(arrived_at: datetime, rule: RegisterRule) -> datetime:
    """Return by when guests who arrive at that moment must be reported.

    Luật Cư trú 2020 (68/2020/QH14), Điều 30 khoản 5: before 23:00 of the day the stay begins; who comes after
    23:00, before 8:00 of the next day.
    """
    local = timezone.localtime(arrived_at)
    if local.time() < NIGHT_ENDS:
        return timezone.make_aware(datetime.combine(local.date(), rule.late_report_until))
    if local.time() < rule.report_until:
        return timezone.make_aware(datetime.combine(local.date(), rule.report_until))
    return timezone.make_aware(datetime.combine(local.date() + timedelta(days=1), rule.late_report_until))
