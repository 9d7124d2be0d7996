"""Sending what is due, once at a time, with growing pauses: the same for webhooks and for reports."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction

from .models import Outgoing

# After each try: two days in all, so that a server that is down over a night or a holiday still hears.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60))
DUE_AT_ONCE = 50
T = TypeVar("T", bound=Outgoing)


@transaction.atomic
def claim(model: type[T], pk: Any, *, now: datetime) -> T | None:
    """Take one due row for this process, and say when it may be tried again. None if it is not due.

    The try is written down before it is made. If this process dies in between, it is made again: those who
    are told know a repetition by its id.
    """
    due = model._default_manager.select_for_update(skip_locked=True)
    row = due.filter(pk=pk, state=Outgoing.State.QUEUED, next_try_at__lte=now).first()
    if row is None:
        return None
    row.next_try_at = now + PAUSES[min(row.attempts, len(PAUSES) - 1)]
    row.attempts += 1
    row.save(update_fields=["attempts", "next_try_at"])
    return row


def sent(row: Outgoing, *, now: datetime) -> None:
    _end(row, state=Outgoing.State.SENT, sent_at=now, error="")


def failed(row: Outgoing, error: object) -> None:
    """Write down why it did not work; after the last pause it is not tried again by itself."""
    last = row.attempts > len(PAUSES)
    _end(row, state=Outgoing.State.FAILED if last else Outgoing.State.QUEUED, error=str(error)[:200])


def given_up(row: Outgoing, error: object) -> None:
    """Write down why it is of no use to try again."""
    _end(row, state=Outgoing.State.FAILED, error=str(error)[:200])


def queue_again(row: Outgoing, *, now: datetime) -> None:
    """Send it once more, whatever became of it, as if for the first time."""
    type(row)._default_manager.filter(pk=row.pk).update(
        state=Outgoing.State.QUEUED, attempts=0, next_try_at=now, sent_at=None, error=""
    )


def due(model: type[Outgoing], *, now: datetime) -> list[Any]:
    """Return the keys of what is to be sent now, the longest due first."""
    found = model._default_manager.filter(state=Outgoing.State.QUEUED, next_try_at__lte=now)
    return list(found.order_by("next_try_at", "pk").values_list("pk", flat=True)[:DUE_AT_ONCE])


def _end(row: Outgoing, **facts: Any) -> None:
    """Unless somebody else has tried meanwhile."""
    same = {"pk": row.pk, "state": Outgoing.State.QUEUED, "attempts": row.attempts}
    type(row)._default_manager.filter(**same).update(**facts)
