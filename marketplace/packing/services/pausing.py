"""Days on which a seller sends nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from marketplace.accounts.models import User
from marketplace.errors import Invalid
from marketplace.joining.services import note_act
from marketplace.packing.models import Pause
from marketplace.sellers.models import Seller

AHEAD_AT_MOST = timedelta(days=365)


@transaction.atomic
def pause(
    *,
    seller: Seller,
    first_day: date,
    by: User,
    now: datetime,
    last_day: date | None = None,
    reason: str = "",
    pause_id: UUID | None = None,
) -> Pause:
    """Take no orders of the seller's goods from ``first_day`` to ``last_day``, or until resume().

    ``reason`` is a ``Pause.Reason`` or "". The same ``pause_id``, or a second pause without an end, changes
    nothing and returns the first. What was ordered before is still to be prepared.

    Raises Invalid for days that are over or in the wrong order.
    """
    pause_id = pause_id or uuid4()
    today = timezone.localdate(now)
    if last_day is not None and last_day < first_day:
        raise Invalid("last_day", _("The last day is before the first. Choose a later day."))
    if (last_day or first_day) < today:
        raise Invalid("first_day", _("These days are over. Choose today or a day to come."))
    if max(first_day, last_day or first_day) > today + AHEAD_AT_MOST:
        raise Invalid("last_day", _("This is more than a year away. Choose an earlier day."))
    Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)  # a double tap waits here
    same = Pause.objects.filter(pk=pause_id, seller=seller).first()
    if same is None and last_day is None:
        same = Pause.objects.filter(seller=seller, last_day=None, ended_at=None).first()
    if same is not None:
        return same
    made = Pause.objects.create(
        pk=pause_id,
        seller=seller,
        first_day=first_day,
        last_day=last_day,
        reason=reason,
        made_by=by,
        made_at=now,
    )
    days = f"{first_day:%d/%m/%Y} – {last_day:%d/%m/%Y}" if last_day else f"{first_day:%d/%m/%Y} –"
    note_act(seller=seller, by=by, what=gettext_noop("Closed the shop"), detail=days, now=now)
    return made


@transaction.atomic
def resume(*, seller: Seller, by: User, now: datetime, pause_id: UUID | None = None) -> int:
    """Open again: end one pause, or without ``pause_id`` each that holds today. Returns how many ended."""
    today = timezone.localdate(now)
    rows = Pause.objects.filter(seller=seller, ended_at=None)
    rows = rows.filter(first_day__lte=today) if pause_id is None else rows.filter(pk=pause_id)
    ended = rows.update(ended_at=now)
    if ended:
        note_act(seller=seller, by=by, what=gettext_noop("Opened the shop again"), now=now)
    return ended
