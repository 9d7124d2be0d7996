"""What may be booked together, and when: the host's rules, in words for the guest.

Each thing a rule may say is taken from the rule that knows most: one with days before one without, one of
the room before one of the stay, of two of a kind the later one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.errors import Invalid

from .models import BookingRule, RoomType
from .policies import begins_at

# The most nights of one stay, whatever its rules: as many as a basket line takes.
NIGHTS_MAX = 30


@dataclass(frozen=True)
class Terms:
    """What the rules say of one arrival. None, or no days, asks nothing."""

    min_nights: int | None = None
    max_nights: int | None = None
    arrival_days: tuple[int, ...] = ()
    lead_hours: int | None = None
    window_days: int | None = None


def terms_of(room_type: RoomType, *, first_night: date, rules: Iterable[BookingRule] | None = None) -> Terms:
    """Return what holds for guests of ``room_type`` who arrive on ``first_night``.

    One query, none with the ``rules`` of the stay.
    """
    if rules is None:
        days = Q(first_on=None) | Q(first_on__lte=first_night, last_on__gte=first_night)
        rules = BookingRule.objects.filter(days, stay=room_type.stay_id)
    known: dict[str, Any] = {}
    for rule in sorted(rules, key=_weight, reverse=True):
        if not _is_about(rule, room_type, first_night):
            continue
        for name in ("min_nights", "max_nights", "lead_hours", "window_days"):
            value = getattr(rule, name)
            if value is not None:
                known.setdefault(name, value)
        if rule.arrival_days:
            known.setdefault("arrival_days", tuple(sorted(rule.arrival_days)))
    return Terms(**known)


def _weight(rule: BookingRule) -> tuple[bool, bool, int]:
    return (rule.first_on is not None, rule.room_type_id is not None, rule.pk)


def _is_about(rule: BookingRule, room_type: RoomType, first_night: date) -> bool:
    if rule.room_type_id not in (None, room_type.pk):
        return False
    if rule.first_on is None or rule.last_on is None:
        return True
    return rule.first_on <= first_night <= rule.last_on


def check(
    room_type: RoomType,
    *,
    first_night: date,
    nights: int,
    now: datetime,
    rules: Iterable[BookingRule] | None = None,
) -> None:
    """Raise Invalid, naming the field to change, where a rule of the host is not kept.

    ``room_type`` comes with its stay. One query, none with the ``rules`` of the stay.
    """
    terms = terms_of(room_type, first_night=first_night, rules=rules)
    if terms.min_nights and nights < terms.min_nights:
        message = ngettext(
            "Who arrives on %(day)s stays at least %(n)d night.",
            "Who arrives on %(day)s stays at least %(n)d nights.",
            terms.min_nights,
        )
        raise Invalid("nights", message % {"n": terms.min_nights, "day": date_format(first_night, "d/m/Y")})
    if terms.max_nights and nights > terms.max_nights:
        message = ngettext(
            "Who arrives on %(day)s stays at most %(n)d night.",
            "Who arrives on %(day)s stays at most %(n)d nights.",
            terms.max_nights,
        )
        raise Invalid("nights", message % {"n": terms.max_nights, "day": date_format(first_night, "d/m/Y")})
    if terms.arrival_days and first_night.weekday() not in terms.arrival_days:
        days = ", ".join(str(WEEKDAYS[day]) for day in terms.arrival_days)
        raise Invalid("first_night", _("Guests arrive here only on: %(days)s.") % {"days": days})
    if terms.lead_hours and now > begins_at(room_type.stay, first_night) - timedelta(hours=terms.lead_hours):
        raise Invalid(
            "first_night",
            _("The host must know %(hours)d hours before check-in. Choose a later night, or call the host.")
            % {"hours": terms.lead_hours},
        )
    if terms.window_days and first_night - timezone.localdate(now) > timedelta(days=terms.window_days):
        raise Invalid(
            "first_night",
            _("This can be booked at most %(days)d days ahead. Choose an earlier night.")
            % {"days": terms.window_days},
        )


def check_dates(*, first_night: date, nights: int, today: date) -> None:
    """Raise Invalid for dates that make no sense in any house, each with its own words."""
    if first_night < today:
        raise Invalid("first_night", _("The first night is already over. Choose today or later."))
    if nights < 0:
        raise Invalid("leaves_on", _("The day of leaving is before the first night. Exchange the two."))
    if nights == 0:
        raise Invalid("leaves_on", _("The day of leaving must be after the first night."))
    if nights > NIGHTS_MAX:
        raise Invalid(
            "nights",
            _("%(nights)d nights are too many: at most %(max)d can be booked at once. Ask the host for more.")
            % {"nights": nights, "max": NIGHTS_MAX},
        )


def check_guests(room_type: RoomType, *, rooms: int, guests: int, children: int) -> None:
    """Raise Invalid unless such a party can sleep in so many rooms. ``children`` are among the guests."""
    if guests < 1:
        raise Invalid("guests", _("Nobody would come. Choose at least one guest."))
    if children < 0:
        raise Invalid("children", _("Choose no children, or some."))
    if children >= guests:
        raise Invalid("children", _("Children come with somebody. At least one guest must be grown up."))
    if not 1 <= rooms <= room_type.rooms:
        raise Invalid("rooms", _("Choose from 1 to %(max)d rooms.") % {"max": room_type.rooms})
    if guests > room_type.sleeps * rooms:
        raise Invalid(
            "guests",
            _("%(rooms)d × “%(title)s” sleeps %(max)d guests. Take more rooms, or fewer guests.")
            % {"rooms": rooms, "title": room_type.get_kind_display(), "max": room_type.sleeps * rooms},
        )
