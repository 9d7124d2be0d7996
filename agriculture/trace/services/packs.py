"""Codes on packs, and whether those who read them learn of the hamlet."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop
from oscar.core.loading import get_model

from agriculture.trace.codes import new_code
from agriculture.trace.models import Consent, Pack
from marketplace.accounts.models import User
from marketplace.messaging.acts import note_act
from marketplace.sellers.models import Seller, SubOrder

Line = get_model("order", "Line")
TRIES = 5


def codes_of_part(*, part: SubOrder, now: datetime) -> dict[int, str]:
    """Return the code of the pack of each goods line of ``part``, by the line's id; makes those that miss.

    Lines that were cancelled have none. Again: the same codes, so that a label printed twice is one label.
    """
    lines = Line.objects.filter(
        order=part.order_id, partner=part.seller.partner_id, product__produce__isnull=False
    ).exclude(allocation_cancelled=True)
    ids = list(lines.order_by("pk").values_list("pk", flat=True))
    made = dict(Pack.objects.filter(line__in=ids).values_list("line_id", "code"))
    for line_id in ids:
        if line_id not in made:
            made[line_id] = _pack(line_id, now=now).code
    return {line_id: made[line_id] for line_id in ids}


def _pack(line_id: int, *, now: datetime) -> Pack:
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return Pack.objects.get_or_create(
                    line_id=line_id, defaults={"code": new_code(), "made_at": now}
                )[0]
        except IntegrityError:  # the code is taken: nearly never
            if not left:
                raise
    raise AssertionError(line_id)


@transaction.atomic
def show_hamlet(*, seller: Seller, shows: bool, by: User, now: datetime) -> bool:
    """Let readers of a code of ``seller`` know its hamlet, or no longer. False if it was so already."""
    Seller.objects.select_for_update().get(pk=seller.pk)
    newest = Consent.objects.filter(seller=seller).order_by("-at", "-pk").first()
    if (newest is not None and newest.shows_hamlet) == shows:
        return False
    Consent.objects.create(seller=seller, shows_hamlet=shows, by=by, at=now)
    what = gettext_noop("Showed the hamlet on packs") if shows else gettext_noop("Hid the hamlet on packs")
    note_act(seller=seller, by=by, what=what, now=now)
    return True
