"""What a department's program may be refused, and what may go wrong when others are told; in words."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.errors import ShopError


def until_midnight_s(now: datetime) -> int:
    """Return in how many seconds the count of calls begins anew: at midnight in Việt Nam."""
    midnight = datetime.combine(timezone.localdate(now) + timedelta(days=1), time.min)
    return int((timezone.make_aware(midnight) - now).total_seconds()) + 1


class ScopeMissing(ShopError):
    code = "scope_missing"
    status = 403

    def __init__(self, *, wanted: str, has: list[str]) -> None:
        super().__init__(
            _(
                "This key may not ask for this: it needs the scope “%(wanted)s” and has %(has)s. "
                "Ask the market for another key."
            )
            % {"wanted": wanted, "has": ", ".join(has)},
            wanted=wanted,
            has=has,
        )


class QuotaUsed(ShopError):
    """``retry_after_s``: the count begins anew at midnight in Việt Nam."""

    code = "quota_used"
    status = 429

    def __init__(self, *, department: str, most: int, now: datetime) -> None:
        self.retry_after_s = until_midnight_s(now)
        super().__init__(
            ngettext(
                "%(department)s may call %(most)d time a day, and has. Go on after midnight, or ask the "
                "market for more.",
                "%(department)s may call %(most)d times a day, and has. Go on after midnight, or ask the "
                "market for more.",
                most,
            )
            % {"department": department, "most": most},
            most=most,
        )


class AddressRefused(ShopError):
    """An address that is not called: ``str(error)`` says why, to whoever typed it."""

    code = "address_refused"
    status = 400


class NotAnswered(Exception):
    """A webhook was not taken. ``str(error)`` says how; it is tried again."""
