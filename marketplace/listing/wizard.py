"""The questions before something is for sale, one a screen: what each asks for, and what follows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from agriculture.categories import CATEGORIES
from agriculture.crops import crops
from agriculture.prices import parse_price
from agriculture.units import FIXED_G, Unit, grams_of, parse_number, parse_quantity
from marketplace.accounts.models import User
from marketplace.errors import Invalid

from . import services
from .errors import PhotoRefused
from .models import Draft, Photo

STEPS = ("crop", "name", "quantity", "unit", "price", "check")
OTHER = "other"  # a crop that is in no picture
QUANTITIES = (5, 10, 20, 30, 50, 100)


def answer(draft: Draft, step: str, said: Mapping[str, str]) -> None:
    """Write what was said to the question ``step`` into the draft, unsaved. Raises Invalid in plain words."""
    _ANSWERS[step](draft, said)


def next_step(draft: Draft) -> str:
    """Return the first question without an answer; "check" when there is none."""
    if not draft.crop:
        return "crop"
    if not draft.name or not draft.category:
        return "name"
    if draft.quantity is None:
        return "quantity"
    if not draft.unit or draft.weight_g is None:
        return "unit"
    return "price" if draft.price_vnd is None else "check"


def before(draft: Draft, step: str) -> str:
    """Return the question before ``step``; "" before the first."""
    steps = [each for each in STEPS if each != "name" or draft.crop == OTHER]
    position = steps.index(step) if step in steps else 0
    return steps[position - 1] if position else ""


def _crop(draft: Draft, said: Mapping[str, str]) -> None:
    key = said.get("crop", "")
    if key == OTHER:
        if draft.crop != OTHER:
            draft.name = draft.category = draft.unit = ""
        draft.crop = OTHER
        return
    crop = crops().get(key)
    if crop is None:
        raise Invalid("crop", _("Tap on the picture of what you sell."))
    if draft.crop != key:
        draft.unit, draft.weight_g, draft.price_vnd = "", None, None
    draft.crop, draft.name, draft.category = key, crop.name, crop.category


def _name(draft: Draft, said: Mapping[str, str]) -> None:
    draft.name = services.checked_name(said.get("name", ""))
    category = said.get("category", draft.category)
    services.checked_category(category)
    draft.category = category


def _quantity(draft: Draft, said: Mapping[str, str]) -> None:
    text = said.get("quantity", "")
    number = parse_number(text)
    if number is None:  # "50 kg" answers two questions at once
        quantity = parse_quantity(text)
        if quantity is None:
            raise Invalid("quantity", _("Write a number, for example 50."))
        draft.quantity = quantity.number
        weight_g = quantity.weight_g or _usual_g(draft, quantity.unit)
        draft.unit, draft.weight_g = (quantity.unit, weight_g) if weight_g else ("", None)
        return
    if number != int(number):
        raise Invalid("quantity", _("Write a whole number; choose a smaller unit if you need parts."))
    services.check_quantity(int(number), least=1)
    draft.quantity = int(number)


def _usual_g(draft: Draft, unit: Unit) -> int | None:
    crop = crops().get(draft.crop)
    return FIXED_G.get(unit) or (crop.grams_of(unit) if crop else None)


def _unit(draft: Draft, said: Mapping[str, str]) -> None:
    unit = said.get("unit") or said.get("unit_other", "")
    if unit not in Unit.values:
        raise Invalid("unit", _("Choose the unit it is sold by."))
    weight = said.get("weight", "").strip()
    weight_g = grams_of(weight, said.get("weight_in", "kg")) if weight else _usual_g(draft, Unit(unit))
    if weight and weight_g is None:
        raise Invalid("weight_g", _("Write what one weighs, for example 2,5 kg."))
    draft.weight_g = services.checked_weight(unit, weight_g)
    draft.unit = unit


def _price(draft: Draft, said: Mapping[str, str]) -> None:
    price_vnd = parse_price(said.get("price", ""))
    if price_vnd is None:
        raise Invalid("price", _("Write the price in đồng, for example 18000 or 18k."))
    services.check_price(price_vnd)
    draft.price_vnd = price_vnd


_ANSWERS = {"crop": _crop, "name": _name, "quantity": _quantity, "unit": _unit, "price": _price}


def finish(draft: Draft, *, by: User, now: datetime) -> Any:
    """List what the draft says and forget the draft; return the product. Once, however often it is tapped.

    A photo that turned out to be unusable is left out: the seller is told on the page of products. Raises
    Invalid.
    """
    unanswered = next_step(draft)
    if unanswered != "check":
        raise Invalid(unanswered, _("Answer this question first."))
    product = publish(
        listing_id=draft.pk,
        seller=draft.seller,
        said={name: getattr(draft, name) for name in _FACTS},
        photo_id=draft.photo_id,
        by=by,
        now=now,
    )
    Draft.objects.filter(pk=draft.pk).delete()
    return product


_FACTS = ("name", "category", "quantity", "unit", "weight_g", "price_vnd")


def publish(
    *, listing_id: UUID, seller: Any, said: dict[str, Any], photo_id: UUID | None, by: User, now: datetime
) -> Any:
    """List produce with a photo that may still be refused."""
    facts = {"seller": seller, "listing_id": listing_id, "by": by, "now": now, **said}
    usable = Photo.objects.filter(seller=seller).exclude(state=Photo.State.REFUSED)
    try:
        return services.list_produce(
            **facts, photo_id=photo_id if photo_id and usable.filter(pk=photo_id).exists() else None
        )
    except (PhotoRefused, IntegrityError):  # refused, or listed by another tap, in this very moment
        return services.list_produce(**facts)


def of_form(said: Mapping[str, str]) -> dict[str, Any]:
    """Read all answers at once, as a phone without a signal kept them. Raises Invalid."""
    draft = Draft(crop="")
    for step in STEPS[:-1]:
        if step == "name" and draft.crop != OTHER and not said.get("name"):
            continue
        if step == "unit" and draft.unit and not said.get("unit"):
            continue
        answer(draft, step, said)
    return {name: getattr(draft, name) for name in _FACTS}


def category_choices() -> list[tuple[str, str]]:
    return [(key, str(label)) for key, label in CATEGORIES.items()]
