"""What a stay asks and offers, for its page: policy with real dates, the host's rules, meals and add-ons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language

from marketplace.errors import Invalid
from marketplace.shop.basket import choices
from tourism import add_ons, policies, pricing, rules
from tourism.add_ons import Chosen, Party
from tourism.models import AddOn, RoomType, Stay
from tourism.nights import Quote
from tourism.policies import DatedStep, Frozen
from tourism.rules import Terms
from tourism.wishes import Price


@dataclass(frozen=True)
class AddOnField:
    """One add-on in the booking card, with how many are chosen."""

    add_on: AddOn
    name: str
    pieces: int

    @property
    def field(self) -> str:
        return f"{choices.PREFIX}{self.add_on.pk}"

    @property
    def is_by_piece(self) -> bool:
        return self.add_on.per == AddOn.Per.PIECE


@dataclass(frozen=True)
class StayTerms:
    """``problem`` says why the nights asked about may not be booked; ``price`` is of what was chosen.

    ``steps`` are the policy's, for the nights asked about, that are still to come.
    """

    policy: Frozen
    steps: list[DatedStep]
    begins_at: datetime | None
    terms: Terms | None
    add_ons: list[AddOnField]
    price: Price | None
    problem: str


def stay_terms(
    stay: Stay,
    room_type: RoomType | None,
    *,
    first_night: date | None,
    party: Party,
    rooms: int,
    quote: Quote | None,
    fields: Mapping[str, str],
    now: datetime,
) -> StayTerms:
    """Gather the terms for ``party`` in ``rooms`` rooms of a type. ``fields`` are those of the form.

    Three queries: the policy, the rules, the add-ons.
    """
    today = timezone.localdate(now)
    policy = policies.frozen(policies.policy_on(stay.policy, on=today), language=get_language() or "vi")
    begins_at = policies.begins_at(stay, first_night) if first_night else None
    offered = add_ons.offered_by(stay.pk)
    pieces, problem = _pieces(fields)
    known = list(stay.booking_rules.all())
    terms = price = None
    if room_type is not None:
        terms = rules.terms_of(room_type, first_night=first_night or today, rules=known)
        if first_night is not None and quote is not None:
            price = _price(stay, room_type, party, rooms, quote, offered, pieces)
            try:
                rules.check_guests(room_type, rooms=rooms, guests=party.guests, children=party.children)
                rules.check(room_type, first_night=first_night, nights=party.nights, now=now, rules=known)
            except Invalid as error:
                problem = problem or str(error)
    return StayTerms(
        policy=policy,
        steps=policies.steps_with_dates(policy, starts_at=begins_at, after=now) if begins_at else [],
        begins_at=begins_at,
        terms=terms,
        add_ons=[AddOnField(each, add_ons.name_of(each), pieces.get(each.pk, 0)) for each in offered],
        price=price,
        problem=problem,
    )


def _pieces(fields: Mapping[str, str]) -> tuple[dict[int, int], str]:
    try:
        return choices.pieces_of(fields), ""
    except Invalid as error:
        return {}, str(error)


def _price(
    stay: Stay,
    room_type: RoomType,
    party: Party,
    rooms: int,
    quote: Quote,
    offered: list[AddOn],
    pieces: Mapping[int, int],
) -> Price:
    off_vnd = pricing.children_off_vnd(
        room_type,
        nights_vnd=quote.total_vnd,
        rooms=rooms,
        children=party.children,
        child_percent=stay.child_percent,
    )
    chosen: list[Chosen] = add_ons.priced(
        room_type, pieces, party, child_percent=stay.child_percent, offered=offered
    )
    return Price(quote, off_vnd, chosen)
