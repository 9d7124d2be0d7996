"""Seats of a tour in a basket."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from marketplace.errors import DepartureClosed, Invalid, SeatsTaken
from marketplace.fulfilment import services as fulfilment
from marketplace.shop.partner.strategy import Strategy
from tourism.tours import seats
from tourism.tours.models import Departure

from .models import Basket, Line
from .services import set_quantity
from .switched import refuse_tour

Option = get_model("catalogue", "Option")


def add_seats(
    basket: Basket, *, departure_id: int, adults: int, children: int, now: datetime, offered: str = ""
) -> Line:
    """Add seats of a departure. One line a departure: another party takes the place of the one before.

    ``offered`` is the secret of a place in the waiting list: its party may have the seats held for it.
    Raises Invalid for an unknown departure or a senseless party, SeatsTaken when there are not so many seats
    or it is too late, SwitchedOff, BasketClosed.
    """
    seats.check_party(adults=adults, children=children)
    departure = (
        Departure.objects.select_related("tour__product__origin")
        .filter(pk=departure_id, tour__product__is_public=True)
        .first()
    )
    if departure is None:
        raise Invalid("departure", _("There is no departure with number %(id)s.") % {"id": departure_id})
    product = departure.tour.product
    refuse_tour(str(product.get_title()), commune_id=product.origin.commune_id, now=now)
    party = {"adults": adults, "children": children}
    quote = seats.quote(departure_id=departure_id, **party, now=now, offered=offered)
    if not quote.free and quote.is_open and free_ended_holds(departure_id, now=now):
        quote = seats.quote(departure_id=departure_id, **party, now=now, offered=offered)
    if not quote.free:
        raise _refusal(departure, quote, adults + children)
    values = {"departure": departure_id, **party} | ({"waiting": offered} if offered else {})
    options = [
        {"option": option, "value": values[option.code]}
        for option in Option.objects.filter(code__in=values).order_by("pk")
    ]
    if not basket.has_strategy:
        basket.strategy = Strategy()
    line, created = basket.add_product(product, 1, options)
    if not created:
        set_quantity(basket, line_id=line.pk, quantity=1)
    for other in _lines_of(basket, departure_id):
        if other != line.pk:
            set_quantity(basket, line_id=other, quantity=0)
    return line


def free_ended_holds(departure_id: int, *, now: datetime) -> bool:
    """Free what is held in vain, should the worker be down. True if anything was."""
    freed = seats.end_holds(now=now, departure_ids=[departure_id])
    return bool(fulfilment.release_ended_holds(now=now) + freed)


def _lines_of(basket: Basket, departure_id: int) -> list[int]:
    """Return the ids of the basket's lines about this departure. One query."""
    lines = basket.lines.filter(attributes__option__code="departure", attributes__value=departure_id)
    return list(lines.order_by("pk").values_list("pk", flat=True))


def _refusal(departure: Any, quote: seats.Quote, persons: int) -> SeatsTaken:
    title = str(departure.tour.product.get_title())
    starts_at = timezone.localtime(departure.starts_at)
    if not quote.is_open:
        return DepartureClosed(title=title, starts_at=starts_at)
    return SeatsTaken(title=title, starts_at=starts_at, wanted=persons, left=quote.left)
