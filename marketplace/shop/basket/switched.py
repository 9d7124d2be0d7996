"""What cannot be ordered because it is switched off, everywhere or where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from agriculture.harvests import selectors as harvests
from marketplace.delivery.models import Destination
from marketplace.switches.errors import SwitchedOff
from marketplace.switches.selectors import Name, communes_off, is_on

from .selectors import SummaryLine


def refuse_tour(title: str, *, commune_id: int, now: datetime) -> None:
    """Raise SwitchedOff where tours cannot be booked."""
    if not is_on(Name.TOURS, now=now, commune_id=commune_id):
        raise SwitchedOff.tour(title)


def refuse_goods(goods: Mapping[int, tuple[str, int]], *, now: datetime) -> None:
    """Raise SwitchedOff for what can only be ordered before its harvest, where that is off.

    ``goods`` are title and commune by product. No query where it is on everywhere, else one.
    """
    off = communes_off(Name.PRE_ORDERS, [commune_id for _title, commune_id in goods.values()], now=now)
    asked = {pk for pk, (_title, commune_id) in goods.items() if commune_id in off}
    if asked:
        for pk in sorted(harvests.growing(asked, today=timezone.localdate(now))):
            raise SwitchedOff.pre_order(goods[pk][0])


def refuse_lines(lines: Sequence[SummaryLine], *, now: datetime) -> None:
    """Raise SwitchedOff for the first line of a basket that is switched off."""
    goods = {}
    for line in lines:
        if line.departure is not None:
            refuse_tour(str(line.product.get_title()), commune_id=line.origin.commune_id, now=now)
        elif line.room_type is None:
            goods[line.line.product_id] = (str(line.product.get_title()), line.origin.commune_id)
    refuse_goods(goods, now=now)


def takes_cash(destination: Destination, *, now: datetime) -> bool:
    """Return whether the post takes cash for what goes to ``destination``."""
    office = destination.cash_office
    return office is not None and is_on(Name.CASH, now=now, commune_id=office.commune_id)
