"""What a guest wants of a room: nights, party, meals and add-ons; whether it may be had, and its price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.errors import Invalid

from . import add_ons, nights, pricing, rules
from .add_ons import Chosen, Party
from .models import BookingRule, RoomType
from .nights import Quote

# The codes under which a basket keeps a wish.
FIRST_NIGHT, CHILDREN, ADD_ONS = "first-night", "children", "add-ons"


@dataclass(frozen=True)
class Wish:
    """``children`` are among the ``guests``; ``pieces`` says which add-ons, and how many of each."""

    first_night: date
    nights: int
    rooms: int
    guests: int
    children: int = 0
    pieces: Mapping[int, int] = field(default_factory=dict)

    @property
    def leaves_on(self) -> date:
        return self.first_night + timedelta(days=self.nights)

    @property
    def options(self) -> dict[str, Any]:
        """The wish as a basket keeps it. Nothing is kept of what was not chosen."""
        kept = {
            FIRST_NIGHT: self.first_night.isoformat(),
            "nights": self.nights,
            "rooms": self.rooms,
            "guests": self.guests,
            CHILDREN: self.children,
            ADD_ONS: add_ons.packed(self.pieces),
        }
        return {code: value for code, value in kept.items() if value or code not in (CHILDREN, ADD_ONS)}

    @classmethod
    def of_options(cls, options: Mapping[str, Any]) -> Wish:
        return cls(
            first_night=date.fromisoformat(options[FIRST_NIGHT]),
            nights=int(options["nights"]),
            rooms=int(options["rooms"]),
            guests=int(options["guests"]),
            children=int(options.get(CHILDREN, 0)),
            pieces=add_ons.unpacked(str(options.get(ADD_ONS, ""))),
        )


@dataclass(frozen=True)
class Price:
    """What a wish costs: the nights, less what children pay less, and what was chosen besides."""

    quote: Quote
    children_off_vnd: int
    chosen: list[Chosen]

    @property
    def total_vnd(self) -> int:
        return self.quote.total_vnd - self.children_off_vnd + sum(each.amount_vnd for each in self.chosen)


def price(room_type: RoomType, wish: Wish) -> Price:
    """Price the wish, whether it can be had or not. ``room_type`` comes with its stay.

    One query, and one more with add-ons.
    """
    quote = nights.quote(
        room_type_id=room_type.pk, first_night=wish.first_night, nights=wish.nights, rooms=wish.rooms
    )
    child_percent = room_type.stay.child_percent
    return Price(
        quote=quote,
        children_off_vnd=pricing.children_off_vnd(
            room_type,
            nights_vnd=quote.total_vnd,
            rooms=wish.rooms,
            children=wish.children,
            child_percent=child_percent,
        ),
        chosen=add_ons.priced(
            room_type,
            wish.pieces,
            Party(wish.guests, wish.children, wish.nights),
            child_percent=child_percent,
        ),
    )


def check(
    room_type: RoomType, wish: Wish, *, now: datetime, known: Iterable[BookingRule] | None = None
) -> None:
    """Raise Invalid, naming the field, where the wish makes no sense or breaks a rule of the host.

    ``room_type`` comes with its stay, ``known`` are the stay's rules if they were read before. Says nothing
    of what is free. At most two queries.
    """
    if room_type.stay.asks_first:
        raise Invalid("room_type", _("This host wants to be asked before you book. Send a request."))
    rules.check_dates(first_night=wish.first_night, nights=wish.nights, today=timezone.localdate(now))
    rules.check_guests(room_type, rooms=wish.rooms, guests=wish.guests, children=wish.children)
    rules.check(room_type, first_night=wish.first_night, nights=wish.nights, now=now, rules=known)
    add_ons.check(room_type, wish.pieces)
