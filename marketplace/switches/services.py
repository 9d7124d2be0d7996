"""Deciding what is on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.places.models import Commune

from . import published
from .models import Switch


def decide(
    *,
    switch_id: UUID,
    name: Switch.Name,
    is_on: bool,
    note: str,
    by: User | None,
    now: datetime,
    commune: Commune | None = None,
    from_at: datetime | None = None,
) -> Switch:
    """Switch ``name`` on or off from ``from_at`` (now) on, in ``commune`` or the whole market.

    Every process follows within two seconds. Calling again with the same ``switch_id`` changes nothing.
    What was decided is kept: to take it back is to decide again.
    """
    assert note, "a switch says why"
    assert commune is None or name not in Switch.EVERYWHERE_ONLY, name
    with transaction.atomic():
        switch, _is_new = Switch.objects.get_or_create(
            id=switch_id,
            defaults={
                "name": name,
                "commune": commune,
                "is_on": is_on,
                "from_at": max(from_at or now, now),
                "note": note,
                "by": by,
                "decided_at": now,
            },
        )
        transaction.on_commit(lambda: published.publish(now=now))
    return switch
