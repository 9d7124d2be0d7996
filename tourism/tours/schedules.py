"""From a rule to departures: the days on which a tour goes, opened ahead and never twice.

Rules are recurrence rules of RFC 5545, of days, weeks, months and years. The clock is the schedule's own, so
hours, minutes and seconds are refused, as are ends: ``last_on`` says when it ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.errors import Invalid

from .models import Departure, Schedule, Tour

# As nights: departures are opened for eighteen months.
OPEN_DAYS = 548
_PARTS = {"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "WKST"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_INTERVAL_MAX = 52


def check_rule(rule: str) -> str:
    """Return ``rule`` as it is kept, in capitals and without its prefix. Raises Invalid for a bad one."""
    text = rule.strip().upper().removeprefix("RRULE:")
    parts = dict(part.partition("=")[::2] for part in text.split(";") if part)
    refused = sorted(set(parts) - _PARTS)
    if refused:
        raise Invalid("rule", _("A rule of a tour cannot say %(parts)s.") % {"parts": ", ".join(refused)})
    if parts.get("FREQ") not in _FREQUENCIES:
        raise Invalid("rule", _("Say how often: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY."))
    if not re.fullmatch(r"[1-9][0-9]?", parts.get("INTERVAL", "1")) or (
        int(parts.get("INTERVAL", "1")) > _INTERVAL_MAX
    ):
        raise Invalid("rule", _("INTERVAL is a number from 1 to %(max)d.") % {"max": _INTERVAL_MAX})
    try:
        rrulestr(text, dtstart=datetime(2026, 1, 1))  # noqa: DTZ001  (only days matter)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise Invalid("rule", _("This rule cannot be read: %(rule)s") % {"rule": rule[:80]}) from error
    return text


def days_of(schedule: Schedule, *, first: date, last: date) -> list[date]:
    """Return the days from ``first`` to ``last`` on which the tour goes, the months of the tour respected.

    ``except_on`` beats the rule and ``also_on``. Runs no query but for the tour.
    """
    start = max(first, schedule.first_on)
    end = min(last, schedule.last_on or last)
    days = {day for day in schedule.also_on if first <= day <= last}
    if start <= end:
        # The rule counts from its own first day, so that every second week stays the same weeks.
        begin = datetime.combine(schedule.first_on, time())
        rule = rrulestr(schedule.rule, dtstart=begin)
        found = rule.between(datetime.combine(start, time()), datetime.combine(end, time()), inc=True)
        months = set(schedule.tour.months) or set(range(1, 13))
        days |= {moment.date() for moment in found if moment.month in months}
    return sorted(days - set(schedule.except_on))


def open_departures(schedule: Schedule, *, now: datetime, days: int = OPEN_DAYS) -> int:
    """Put the departures of the next ``days`` days on sale; return how many are new.

    A departure that is there already stays as it is, whatever became of it: repeats add nothing.
    """
    today = timezone.localdate(now)
    wanted = departures_of(schedule, first=today, last=today + timedelta(days=days - 1))
    wanted = [departure for departure in wanted if departure.cut_off_at > now]
    moments = {departure.starts_at for departure in wanted}
    there = set(
        Departure.objects.filter(tour=schedule.tour_id, starts_at__in=moments).values_list(
            "starts_at", flat=True
        )
    )
    new = [departure for departure in wanted if departure.starts_at not in there]
    Departure.objects.bulk_create(new, ignore_conflicts=True, batch_size=1_000)
    return len(new)


def departures_of(schedule: Schedule, *, first: date, last: date) -> list[Departure]:
    """Return departures, not saved, for the days on which the schedule goes."""
    tour = schedule.tour
    capacity = schedule.capacity or tour.capacity
    departures = []
    for day in days_of(schedule, first=first, last=last):
        starts_at = timezone.make_aware(datetime.combine(day, schedule.starts_at_time))
        departures.append(
            Departure(
                tour=tour,
                schedule=schedule,
                starts_at=starts_at,
                last_day=day + timedelta(days=tour.days - 1),
                cut_off_at=starts_at - timedelta(hours=tour.cut_off_hours),
                capacity=capacity,
                min_group=min(tour.min_group, capacity),
                adult_vnd=tour.adult_vnd if schedule.adult_vnd is None else schedule.adult_vnd,
                child_vnd=tour.child_vnd if schedule.child_vnd is None else schedule.child_vnd,
                guide=schedule.guide,
                meeting_point=tour.meeting_point,
            )
        )
    return departures


def keep_open(*, now: datetime) -> int:
    """Open what is missing of the next eighteen months for all tours on sale; return how many departures."""
    today = timezone.localdate(now)
    schedules = Schedule.objects.filter(tour__product__is_public=True).exclude(last_on__lt=today)
    return sum(open_departures(schedule, now=now) for schedule in schedules.select_related("tour"))


@transaction.atomic
def end(schedule: Schedule, *, now: datetime) -> int:
    """End a schedule: no new departures, and those nobody has booked are gone. Returns how many are gone.

    Those that somebody booked or waits for stay, and can be cancelled one by one.
    """
    unwanted = Departure.objects.filter(
        schedule=schedule, starts_at__gt=now, taken=0, bookings=None, queue=None
    )
    gone = _delete(unwanted.values_list("pk", flat=True))
    if schedule.departures.exists():
        yesterday = timezone.localdate(now) - timedelta(days=1)
        schedule.last_on = max(schedule.first_on, yesterday)
        schedule.also_on = []
        schedule.save(update_fields=["last_on", "also_on"])
    else:
        schedule.delete()
    return gone


def _delete(departure_ids: Iterable[int]) -> int:
    """Delete departures that still have nobody. Whoever books meanwhile keeps theirs."""
    free = Departure.objects.select_for_update().filter(pk__in=list(departure_ids), taken=0)
    pks = [row.pk for row in free.order_by("pk")]
    Departure.objects.filter(pk__in=pks, taken=0).delete()
    return len(pks)


def add_departure(tour: Tour, *, starts_at: datetime, guide: str = "", now: datetime) -> Departure:
    """Open one departure of its own, outside all schedules. Raises Invalid for a moment that will not do."""
    if starts_at <= now:
        raise Invalid("starts_at", _("This moment is already over. Choose a later one."))
    if starts_at > now + timedelta(days=OPEN_DAYS):
        raise Invalid("starts_at", _("Choose a day within the next eighteen months."))
    if Departure.objects.filter(tour=tour, starts_at=starts_at).exists():
        raise Invalid("starts_at", _("This tour already starts at that moment."))
    cut_off_at = max(now, starts_at - timedelta(hours=tour.cut_off_hours))
    return Departure.objects.create(
        tour=tour,
        starts_at=starts_at,
        last_day=timezone.localdate(starts_at) + timedelta(days=tour.days - 1),
        cut_off_at=cut_off_at,
        capacity=tour.capacity,
        min_group=tour.min_group,
        adult_vnd=tour.adult_vnd,
        child_vnd=tour.child_vnd,
        guide=guide,
        meeting_point=tour.meeting_point,
    )
