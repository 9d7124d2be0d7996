"""The questions before something is listed: what, by which unit, how heavy, how many, for how much."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from agriculture.categories import CATEGORIES
from agriculture.crops import Crop, crop_of
from agriculture.prices import parse_price
from agriculture.units import FIXED_G, LITRE_G, QUANTITY_MAX, Unit, parse_number
from marketplace.keypad.facts import State
from marketplace.keypad.words import dong, short, unit_word
from marketplace.places.text import fold

from .screens import MORE, chosen, grams_typed, has_more, listing, node, page_of, screen

NAME_MOST = 40
UNITS = (
    Unit.KG, Unit.YEN, Unit.TA, Unit.BUNCH, Unit.HEAD, Unit.PIECE, Unit.BOTTLE, Unit.BAG,
)  # fmt: skip


@node("name", show=lambda state: screen(_("What do you sell? Type its name, for example GAO NEP")))
def _from_name(state: State, key: str) -> State | None:
    if len(fold(key)) < 2 or len(key) > NAME_MOST or not any(letter.isalpha() for letter in key):
        return None
    name = key.capitalize() if key.isupper() or key.islower() else key
    crop = crop_of(name)
    draft = replace(state.draft, name=name, category=crop.category if crop else "")
    return state.to("unit" if crop else "category", draft=draft)


def _category(state: State) -> str:
    keys = list(CATEGORIES)
    rows = [(str(CATEGORIES[key]), "") for key in page_of(keys, state.page)]
    return listing(_("What kind of thing?"), rows, more=has_more(keys, state.page))


@node("category", show=_category, parent="name")
def _from_category(state: State, key: str) -> State | None:
    keys = list(CATEGORIES)
    if key == MORE and has_more(keys, state.page):
        return replace(state, page=state.page + 1)
    category = chosen(keys, state, key)
    return state.to("unit", draft=replace(state.draft, category=category)) if category else None


def _unit(state: State) -> str:
    keys = [(str(number), unit_word(unit)) for number, unit in enumerate(UNITS, start=1)]
    return screen(_("Sold by what?"), keys)


@node("unit", show=_unit, parent="name")
def _from_unit(state: State, key: str) -> State | None:
    if not (key.isascii() and key.isdigit() and len(key) == 1 and 1 <= int(key) <= len(UNITS)):
        return None
    unit = UNITS[int(key) - 1]
    weight_g = _usual_weight(crop_of(state.draft.name), unit)
    draft = replace(state.draft, unit=unit.value, weight_g=weight_g)
    return state.to("quantity" if weight_g else "weight", draft=draft)


def _usual_weight(crop: Crop | None, unit: Unit) -> int:
    """Net grams of one unit where the unit or the crop says it, else 0: then the seller is asked."""
    if unit in FIXED_G:
        return FIXED_G[unit]
    if unit == Unit.LITRE:
        return LITRE_G
    return crop.weight_g if crop is not None and unit in crop.units else 0


def _weight(state: State) -> str:
    return screen(_("What does 1 %(unit)s weigh? Type 500G or 2KG") % {"unit": unit_word(state.draft.unit)})


@node("weight", show=_weight, parent="unit")
def _from_weight(state: State, key: str) -> State | None:
    weight_g = grams_typed(key)
    return state.to("quantity", draft=replace(state.draft, weight_g=weight_g)) if weight_g else None


def _quantity(state: State) -> str:
    return screen(
        _("%(name)s: how many %(unit)s do you have?")
        % {"name": short(state.draft.name, 30), "unit": unit_word(state.draft.unit)}
    )


@node("quantity", show=_quantity, parent="unit")
def _from_quantity(state: State, key: str) -> State | None:
    number = parse_number(key)
    if number is None or number != int(number) or not 0 < number <= QUANTITY_MAX:
        return None
    return state.to("asking", draft=replace(state.draft, number=int(number)))


def _asking(state: State) -> str:
    return screen(_("Price of 1 %(unit)s? Type 18000 or 18K") % {"unit": unit_word(state.draft.unit)})


@node("asking", show=_asking, parent="quantity")
def _from_asking(state: State, key: str) -> State | None:
    price_vnd = parse_price(key)
    return state.to("sure", draft=replace(state.draft, price_vnd=price_vnd)) if price_vnd else None


def _sure(state: State) -> str:
    draft = state.draft
    head = _("%(name)s: %(number)d %(unit)s, %(price)s each. Right?") % {
        "name": short(draft.name, 30),
        "number": draft.number,
        "unit": unit_word(draft.unit),
        "price": dong(draft.price_vnd),
    }
    return screen(head, [("1", _("Yes, sell it"))])


@node("sure", show=_sure, parent="asking")
def _from_sure(state: State, key: str) -> State | None:
    return replace(state, act=state.draft) if key == "1" else None
