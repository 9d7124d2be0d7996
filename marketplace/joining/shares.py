"""How a co-operative agrees to divide its money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from marketplace.accounts.models import User
from marketplace.messaging.acts import note_act
from marketplace.sellers.identity import WHOLE, Share, ShareTable
from marketplace.sellers.models import Member, Seller

from .errors import DayTaken, NotAsked, SharesNotWhole


def write_shares(
    *,
    seller: Seller,
    by: User,
    valid_from: date,
    shares: Sequence[tuple[str, Decimal]],
    now: datetime,
) -> ShareTable:
    """Write down how the money of a co-operative divides from a day on: names and percents.

    What held before stands for the days before. Raises SharesNotWhole unless they add up to 100 %, DayTaken
    where that day has shares already, NotAsked for whoever is no member.
    """
    parts = [(name.strip(), int(percent * 100)) for name, percent in shares]
    total = sum(points for _name, points in parts)
    if total != WHOLE:
        raise SharesNotWhole(total=f"{Decimal(total) / 100:f}".replace(".", ","))
    if not Member.objects.filter(seller=seller, user=by).exists():
        raise NotAsked
    members = {user.name: user for user in User.objects.filter(memberships__seller=seller)}
    try:
        with transaction.atomic():
            table = ShareTable.objects.create(seller=seller, valid_from=valid_from, by=by, written_at=now)
            Share.objects.bulk_create(
                Share(table=table, name=name, user=members.get(name), basis_points=points)
                for name, points in parts
            )
            what = gettext_noop("Wrote down who gets which share")
            note_act(seller=seller, by=by, what=what, detail=valid_from.strftime("%d/%m/%Y"), now=now)
    except IntegrityError as error:
        if "one_share_table_per_day" in str(error):
            raise DayTaken from error
        raise
    return table
