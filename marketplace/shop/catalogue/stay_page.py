"""What stands on the page of one stay: its rooms, their nights, and what the nights asked about cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from marketplace.sellers.models import Origin, Seller
from tourism.add_ons import Party
from tourism.models import RoomType, Stay
from tourism.nights import Quote
from tourism.selectors import Night, nights_of, quote_from, rooms_of

from .cards import NIGHT_UNITS, description_of, name_of, speaks_english
from .month_grid import (
    MONTHS_AHEAD,
    Choice,
    Month,
    first_month_shown,
    last_day_shown,
    month_after,
    months,
)
from .stay_terms import StayTerms, stay_terms

GUESTS_USUALLY = 2
# Choosing something leads back to the booking card.
BOOKING_ANCHOR = "#booking"


@dataclass(frozen=True)
class RoomOffer:
    """One room type, and what it costs on the nights asked about (no quote while none are)."""

    room_type: RoomType
    name: str
    per: str
    rooms: int
    quote: Quote | None
    chosen: bool
    href: str

    @property
    def free(self) -> bool:
        return self.quote is not None and self.quote.free


@dataclass(frozen=True)
class StayPage:
    product: Any
    stay: Stay
    origin: Origin
    seller: Seller
    name: str
    other_name: str
    images: list[Any]
    from_vnd: int | None
    rooms: list[RoomOffer]
    chosen: RoomOffer | None
    choice: Choice
    leaves_on: date | None  # the day after the first night while none is chosen
    guests: int
    children: int
    terms: StayTerms
    months: list[Month]
    prices_vary: bool
    earlier: str
    later: str

    @property
    def words(self) -> str:
        """What its seller says of it, in the reader's language where there is such a text."""
        return description_of(self.product)

    @property
    def nights(self) -> int:
        if self.choice.first_night is None or self.leaves_on is None:
            return 0
        return (self.leaves_on - self.choice.first_night).days


def stay_page(product: Any, *, now: datetime, wishes: dict[str, Any], fields: Mapping[str, str]) -> StayPage:
    """Gather the page of a stay from ``pages.product_of``. ``wishes`` is what BookingFilter made sense of.

    ``fields`` are those of its form as they came, for meals and add-ons. Six queries: the rooms, all nights
    the page needs, the pictures, and three for the terms.
    """
    today = timezone.localdate(now)
    choice = Choice(wishes.get("first_night"), wishes.get("leaves_on") if wishes.get("first_night") else None)
    guests = wishes.get("guests") or GUESTS_USUALLY
    first_month = first_month_shown(wanted=wishes.get("month") or choice.first_night, today=today)
    leaves_on = choice.leaves_on or (choice.first_night and choice.first_night + timedelta(days=1))
    room_types = rooms_of(product.stay.pk)
    ranges = [(first_month, last_day_shown(first_month))]
    if choice.first_night and leaves_on:
        ranges.append((choice.first_night, leaves_on))
    nights = nights_of(product.stay.pk, *ranges)
    link = _linker(wishes, guests=guests, first_month=first_month)
    offers = _offers(room_types, nights, choice, leaves_on, guests, wishes, link)
    chosen = next((offer for offer in offers if offer.chosen), None)
    children = wishes.get("children") or 0
    terms = _terms(product.stay, chosen, choice, leaves_on, Party(guests, children, 0), fields, now)
    grid = _grid(chosen, nights, choice, first_month, today, link) if chosen else []
    return StayPage(
        product=product,
        stay=product.stay,
        origin=product.origin,
        seller=product.origin.seller,
        name=name_of(product.title, product.origin.name_en),
        other_name="" if name_of(product.title, product.origin.name_en) == product.title else product.title,
        images=list(product.images.order_by("display_order", "pk")),
        from_vnd=min((room.price_vnd for room in room_types), default=None),
        rooms=offers,
        chosen=chosen,
        choice=choice,
        leaves_on=leaves_on,
        guests=guests,
        children=children,
        terms=terms,
        months=grid,
        prices_vary=len({night.price_vnd for night in nights if _is_of(night, chosen)}) > 1,
        earlier=link(month=month_after(first_month, -1)) if first_month > today else "",
        later=link(month=month_after(first_month, 1))
        if first_month < month_after(today.replace(day=1), MONTHS_AHEAD)
        else "",
    )


def _terms(
    stay: Stay,
    chosen: RoomOffer | None,
    choice: Choice,
    leaves_on: date | None,
    party: Party,
    fields: Mapping[str, str],
    now: datetime,
) -> StayTerms:
    first_night = choice.first_night
    return stay_terms(
        stay,
        chosen.room_type if chosen else None,
        first_night=first_night,
        party=replace(party, nights=(leaves_on - first_night).days if first_night and leaves_on else 0),
        rooms=chosen.rooms if chosen else 1,
        quote=chosen.quote if chosen else None,
        fields=fields,
        now=now,
    )


def _is_of(night: Night, offer: RoomOffer | None) -> bool:
    return offer is not None and night.room_type_id == offer.room_type.pk


def _linker(wishes: dict[str, Any], *, guests: int, first_month: date) -> Callable[..., str]:
    """Return what makes an address of this page with something in its state changed."""
    state = {
        "room": wishes.get("room"),
        "first_night": wishes.get("first_night"),
        "leaves_on": wishes.get("leaves_on") if wishes.get("first_night") else None,
        "guests": guests,
        "children": wishes.get("children") or None,
        "rooms": wishes.get("rooms"),
        "month": first_month,
    }

    def link(**changes: Any) -> str:
        merged = state | changes
        words = {name: value for name, value in merged.items() if value is not None}
        words["month"] = f"{merged['month']:%Y-%m}"
        return f"?{urlencode(words)}{BOOKING_ANCHOR}"

    return link


def _offers(
    room_types: list[RoomType],
    nights: list[Night],
    choice: Choice,
    leaves_on: date | None,
    guests: int,
    wishes: dict[str, Any],
    link: Callable[..., str],
) -> list[RoomOffer]:
    """Return the room types with their quotes; one of them is chosen: by the visitor, else by us."""

    def rooms_for(room: RoomType) -> int:
        needed = -(-guests // room.sleeps)
        return max(needed, wishes.get("rooms") or 0) if room.pk == wishes.get("room") else needed

    def quote(room: RoomType) -> Quote | None:
        if choice.first_night is None or leaves_on is None:
            return None
        return quote_from(
            nights,
            room_type_id=room.pk,
            first_night=choice.first_night,
            leaves_on=leaves_on,
            rooms=rooms_for(room),
        )

    quotes = {room.pk: quote(room) for room in room_types}
    chosen = _chosen(room_types, quotes, guests, wishes.get("room"))
    return [
        RoomOffer(
            room_type=room,
            name=str(room.get_kind_display()).capitalize()
            if speaks_english() or not room.product.title
            else room.product.title,
            per=str(NIGHT_UNITS[RoomType.Kind(room.kind)]),
            rooms=rooms_for(room),
            quote=quotes[room.pk],
            chosen=room.pk == chosen,
            href=link(room=room.pk, rooms=None),
        )
        for room in room_types
    ]


def _chosen(
    room_types: list[RoomType], quotes: dict[int, Quote | None], guests: int, wanted: int | None
) -> int | None:
    """Return the room type to show: the wanted one, else the cheapest that is free, or fits, or is there."""
    if any(room.pk == wanted for room in room_types):
        return wanted
    fitting = [room for room in room_types if room.sleeps * room.rooms >= guests]
    free = [room for room in fitting if (quote := quotes[room.pk]) is not None and quote.free]
    free.sort(key=lambda room: quotes[room.pk].total_vnd)  # type: ignore[union-attr]
    fitting.sort(key=lambda room: (-(-guests // room.sleeps) * room.price_vnd, room.pk))
    return next((room.pk for room in [*free, *fitting, *room_types]), None)


def _grid(
    chosen: RoomOffer,
    nights: list[Night],
    choice: Choice,
    first_month: date,
    today: date,
    link: Callable[..., str],
) -> list[Month]:
    def choose(after: Choice) -> str:
        return link(room=chosen.room_type.pk, first_night=after.first_night, leaves_on=after.leaves_on)

    return months(
        first_month=first_month,
        today=today,
        nights={night.night_on: night for night in nights if _is_of(night, chosen)},
        rooms=min(chosen.rooms, chosen.room_type.rooms),
        few=max(chosen.rooms, chosen.room_type.rooms // 4),
        choice=choice,
        link=choose,
    )
