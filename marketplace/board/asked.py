"""What an official asked the board for: which days, which communes, which boundaries."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.http import Http404
from django.utils.translation import gettext as _

from marketplace.accounts.selectors import OfficialScope
from marketplace.places.models import Commune
from marketplace.places.selectors import units_table
from marketplace.statistics import cube, periods
from marketplace.statistics.errors import BoundariesUnknown, QuestionRefused
from marketplace.statistics.periods import Period
from marketplace.statistics.profile import successor_of

NEWEST = "2025"  # boundaries
MOST_CODE = 5


@dataclass(frozen=True)
class Asked:
    """One question to the board. ``communes`` are those of today it is about; all of them if ``whole``."""

    period: Period
    before: Period  # as long, right before: what figures are compared with
    boundaries: str
    communes: list[Commune]
    whole: bool
    today: date
    chosen: str = ""  # the code of the only commune that was asked for
    mistakes: tuple[str, ...] = ()

    @cached_property
    def units(self) -> list[int] | None:
        """The ids of the units the figures are of, those of every time; None for all. One query at most."""
        if self.whole:
            return None
        ids = {commune.pk for commune in self.communes}
        return sorted(unit for unit, commune in units_table(self.today).items() if commune in ids)

    @property
    def is_live(self) -> bool:
        """Whether sales of this moment change the figures."""
        return self.period.first_day <= self.today <= self.period.last_day

    @property
    def number_of_days(self) -> int:
        return (self.period.last_day - self.period.first_day).days + 1

    @property
    def commune_code(self) -> str:
        """The code of the only commune the figures are of; "" if there are several."""
        return self.communes[0].code if len(self.communes) == 1 and not self.whole else ""

    @property
    def query(self) -> str:
        """The question as the end of an address, days spelt out, so that it asks the same tomorrow."""
        parts = {
            "period": periods.CUSTOM,
            "from": self.period.first_day.isoformat(),
            "to": self.period.last_day.isoformat(),
            "commune": self.chosen,
            "boundaries": self.boundaries if self.boundaries != NEWEST else "",
        }
        return urlencode({name: value for name, value in parts.items() if value})


def read(
    parameters: Mapping[str, str], *, scope: OfficialScope, communes: list[Commune], today: date
) -> Asked:
    """Read ``period``, ``from``, ``to``, ``boundaries`` and ``commune``; ``communes`` are the official's own.

    What makes no sense is left out and explained in ``mistakes``. Raises Http404 for a commune that the
    official does not answer for. One query for a code that is no commune of today, else none.
    """
    mistakes = []
    try:
        period = periods.read_period(parameters, today=today)
    except QuestionRefused as error:
        mistakes.append(str(error))
        period = periods.read_period({}, today=today)
    boundaries = parameters.get("boundaries") or NEWEST
    if boundaries not in cube.BOUNDARIES:
        mistakes.append(str(BoundariesUnknown(found=boundaries[:20], known=list(cube.BOUNDARIES))))
        boundaries = NEWEST
    asked = Asked(period, _before(period), boundaries, communes, scope.whole_province, today)
    if code := (parameters.get("commune") or "").strip():
        own = [commune for commune in communes if commune.code == code]
        if own:
            asked = replace(asked, communes=own, whole=False, chosen=code)
        elif scope.whole_province:
            mistakes.append(_no_commune(code, today))
        else:
            raise Http404(_("This is not one of the communes you answer for."))
    return replace(asked, mistakes=tuple(mistakes))


def _no_commune(code: str, today: date) -> str:
    former = successor_of(code, today=today) if len(code) == MOST_CODE else None
    if former is None:
        return _("No commune has the code “%(code)s”. Choose one in the table.") % {"code": code[:20]}
    return _(
        "“%(code)s” was the code of %(former)s until June 2025. It is part of %(commune)s (%(new)s) now: "
        "ask for that one."
    ) % {
        "code": code,
        "former": former.unit.full_name,
        "commune": former.commune.full_name,
        "new": former.commune.code,
    }


def _before(period: Period) -> Period:
    """Return the days to compare with: as many months before, or as many days, right before ``period``.

    A period that begins with a month has months of its own, so 1 to 23 November is compared with 1 to 23
    October, and twelve months until today with the same days a year earlier.
    """
    first, last = period.first_day, period.last_day
    if first.day == 1:
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        month = periods.months_before(last.replace(day=1), count)
        length = monthrange(month.year, month.month)[1]
        is_whole = last.day == monthrange(last.year, last.month)[1]
        day = length if is_whole else min(last.day, length)
        return Period(periods.CUSTOM, periods.months_before(first, count), month.replace(day=day))
    days = (last - first).days + 1
    return Period(periods.CUSTOM, first - timedelta(days=days), first - timedelta(days=1))
