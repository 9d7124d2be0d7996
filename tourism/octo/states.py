"""What has become of a reseller's booking, in OCTO's words."""

from __future__ import annotations

from datetime import datetime

from tourism.models import Booking

from .models import ResellerBooking

ON_HOLD, CONFIRMED, REDEEMED = "ON_HOLD", "CONFIRMED", "REDEEMED"
EXPIRED, CANCELLED = "EXPIRED", "CANCELLED"


def status_of(row: ResellerBooking, *, now: datetime) -> str:
    """A hold that is given up or runs out is EXPIRED; only what was confirmed can be CANCELLED.

    So OCTO's own validator wants it. Needs what was taken at hand; runs no query then.
    """
    is_over = row.cancelled_at is not None or row.taken.state == Booking.State.RELEASED
    if row.confirmed_at is not None:
        if is_over:
            return CANCELLED
        return REDEEMED if redeemed_at(row) else CONFIRMED
    return EXPIRED if is_over or row.expires_at <= now else ON_HOLD


def redeemed_at(row: ResellerBooking) -> datetime | None:
    """Return when the guests came to the house, as its host recorded it; of tours nobody records it.

    Needs the visit at hand; runs no query then.
    """
    visit = getattr(row.stay_booking, "visit", None)
    return visit.arrived_at if visit else None


def refund_of(row: ResellerBooking) -> str:
    """OCTO's word for what is given back of a cancelled booking."""
    if row.refund_percent == 0:
        return "NONE"
    return "FULL" if row.refund_percent == 100 else "PARTIAL"


def owed_vnd(row: ResellerBooking) -> int:
    """Return what the reseller owes for a booking, in đồng: the net price, less what is given back of it."""
    if row.confirmed_at is None:
        return 0
    return row.net_vnd - row.net_vnd * (row.refund_percent or 0) // 100
