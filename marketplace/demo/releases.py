"""The demo's published figures: the last month that is over."""

from datetime import datetime

from django.utils import timezone

from marketplace.statistics.periods import months_before
from marketplace.statistics.releases import services

MONTHS = 1


def publish(*, now: datetime) -> None:
    """Release the last months before ``now``, oldest first, with all that was written until this moment."""
    this_month = timezone.localdate(now).replace(day=1)
    for count in range(MONTHS, 0, -1):
        month = months_before(this_month, count)
        # The lines were written just now, after ``now``: a release counts what was recorded before it.
        services.make_release(month=month, now=timezone.now(), changelog="dữ liệu mẫu")
