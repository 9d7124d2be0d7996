"""Meals and add-ons: which a guest chose, what they cost, and writing them down with the booking.

A choice travels through the basket as text: ``12:1,15:3`` is add-on 12 once and three pieces of 15. What is
for guests is chosen for all of them, and so counts once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.errors import Invalid

from .models import AddOn, Booking, BookingExtra, RoomType

PIECES_MAX = 50


@dataclass(frozen=True)
class Party:
    """Who comes, and for how many nights. ``children`` are among the guests."""

    guests: int
    children: int
    nights: int


@dataclass(frozen=True)
class Chosen:
    """An add-on with what it costs a party: ``quantity`` portions or pieces in all."""

    add_on: AddOn
    pieces: int
    quantity: int
    amount_vnd: int

    @property
    def name(self) -> str:
        return name_of(self.add_on)


def name_of(add_on: AddOn) -> str:
    """Return its name in the language of the page."""
    return add_on.name_en if (get_language() or "vi").startswith("en") and add_on.name_en else add_on.name


def packed(pieces: Mapping[int, int]) -> str:
    """Return the choice as text, the same for the same choice."""
    return ",".join(f"{add_on_id}:{number}" for add_on_id, number in sorted(pieces.items()) if number)


def unpacked(text: str) -> dict[int, int]:
    """Return add-ons' ids with how many of each, as packed() wrote them."""
    pairs = (one.split(":") for one in text.split(",") if one)
    return {int(add_on_id): int(number) for add_on_id, number in pairs}


def offered_by(stay_id: int) -> list[AddOn]:
    """Return what a stay offers beside the bed, its meals in the order of the day first. One query."""
    kinds = list(AddOn.Kind.values)
    offered = AddOn.objects.filter(stay=stay_id, is_offered=True)
    return sorted(offered, key=lambda add_on: (kinds.index(add_on.kind), add_on.pk))


def check(room_type: RoomType, pieces: Mapping[int, int]) -> None:
    """Raise Invalid unless the stay offers all of it, in such numbers. One query, none without a choice."""
    if not pieces:
        return
    known = {add_on.pk: add_on for add_on in offered_by(room_type.stay_id)}
    for add_on_id, number in pieces.items():
        add_on = known.get(add_on_id)
        if add_on is None:
            raise Invalid("add_ons", _("The host does not offer this any more. Choose again."))
        most = PIECES_MAX if add_on.per == AddOn.Per.PIECE else 1
        if not 1 <= number <= most:
            raise Invalid(
                "add_ons",
                _("“%(name)s”: choose from 1 to %(max)d.") % {"name": name_of(add_on), "max": most},
            )


def priced(
    room_type: RoomType,
    pieces: Mapping[int, int],
    party: Party,
    *,
    child_percent: int,
    offered: Collection[AddOn] | None = None,
) -> list[Chosen]:
    """Return what of the choice is still offered, with its price.

    One query, none without a choice or with what the stay has ``offered``.
    """
    if not pieces:
        return []
    known = offered_by(room_type.stay_id) if offered is None else offered
    return [
        _price(add_on, pieces[add_on.pk], party, child_percent) for add_on in known if pieces.get(add_on.pk)
    ]


def _price(add_on: AddOn, pieces: int, party: Party, child_percent: int) -> Chosen:
    if add_on.per == AddOn.Per.PIECE:
        return Chosen(add_on, pieces, pieces, pieces * add_on.price_vnd)
    times = party.nights if add_on.per == AddOn.Per.GUEST_NIGHT else 1
    child_vnd = add_on.price_vnd * child_percent // 100
    adults = party.guests - party.children
    amount_vnd = times * (adults * add_on.price_vnd + party.children * child_vnd)
    return Chosen(add_on, pieces, times * party.guests, amount_vnd)


def write(bookings: Iterable[tuple[Booking, Collection[Chosen]]]) -> None:
    """Write what was chosen beside each saved booking, at the price that was agreed. One query."""
    BookingExtra.objects.bulk_create(
        BookingExtra(
            booking=booking,
            add_on=chosen.add_on,
            kind=chosen.add_on.kind,
            per=chosen.add_on.per,
            name=chosen.name,
            quantity=chosen.quantity,
            amount_vnd=chosen.amount_vnd,
        )
        for booking, own in bookings
        for chosen in own
    )


def chosen_again(booking: Booking) -> dict[int, int]:
    """Return what was chosen with a booking and is still offered, to book the same once more. One query."""
    rows = booking.extras.filter(add_on__is_offered=True).select_related("add_on")
    return {row.add_on.pk: row.quantity if row.per == AddOn.Per.PIECE else 1 for row in rows if row.add_on}
