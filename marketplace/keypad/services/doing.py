"""One act from a phone with keys, by the same services as the pages call, and what is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agriculture.crops import crop_of
from agriculture.harvests import services as harvests
from marketplace.delivery import services as delivery
from marketplace.delivery.models import HandOver
from marketplace.errors import ShopError
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.models import CatchWeight
from marketplace.joining.errors import JoiningError
from marketplace.joining.services import NotAllowed
from marketplace.keypad import selectors
from marketplace.keypad.errors import NotYours
from marketplace.keypad.facts import Act
from marketplace.keypad.selectors import Person
from marketplace.keypad.words import dong, short, unit_word
from marketplace.listing import services as listing
from marketplace.listing.models import Listing
from marketplace.packing import services as packing
from marketplace.packing.models import PackingAct
from marketplace.packing.services import pausing
from marketplace.places.text import fold
from marketplace.sellers.models import SubOrder

from . import wallets
from .joining import join


def do(act: Act, *, person: Person, key: UUID, now: datetime) -> str:
    """Carry out one act and return what to answer. ``key`` makes what it creates be created once.

    What the services refuse is answered in their words, and nothing of it has happened.
    """
    try:
        with transaction.atomic():
            return _DEEDS[act.kind](act, person, key, now)
    except (ShopError, JoiningError, NotAllowed) as refusal:
        return str(refusal)


def _sell(act: Act, person: Person, key: UUID, now: datetime) -> str:
    seller = person.sellers[0]
    known = _same_good(act, person)
    if known is not None:
        listing.change_stock(product=known, quantity=act.number, by=person.actor, now=now)
        listing.change_price(product=known, price_vnd=act.price_vnd, by=person.actor, now=now)
        words = _("You sold this already. Now: %(goods)s.")
        return words % {"goods": _goods_words(known.title, act.number, act.unit, act.price_vnd)}
    product = listing.list_produce(
        seller=seller,
        name=proper_name(act.name),
        category=act.category,
        unit=act.unit,
        quantity=act.number,
        price_vnd=act.price_vnd,
        weight_g=act.weight_g or None,
        by=person.actor,
        now=now,
        listing_id=key,
    )
    goods = _goods_words(product.title, act.number, act.unit, act.price_vnd)
    if product.listing.state == Listing.State.WAITING:
        return _("Received: %(goods)s. Somebody looks at it first, then it is for sale.") % {"goods": goods}
    return _("For sale: %(goods)s. We text you when somebody buys.") % {"goods": goods}


def proper_name(name: str) -> str:
    """Return a name as it is written with its accents, if it is just what a crop is called here."""
    crop = crop_of(name)
    if crop is None:
        return name
    folded = fold(name)
    return crop.name if folded == fold(crop.name) or folded in crop.words else name


def _same_good(act: Act, person: Person) -> Any:
    """Return the product of the seller with this name and unit, None if there is none."""
    names = {fold(act.name), fold(proper_name(act.name))}
    stocks = selectors.products_of(person.sellers[:1])
    return next(
        (
            stock.product
            for stock in stocks
            if fold(stock.product.title) in names
            and stock.product.produce.unit == act.unit
            and act.weight_g in (0, stock.product.produce.weight_g)
        ),
        None,
    )


def _goods_words(title: str, number: int, unit: str, price_vnd: int) -> str:
    return f"{short(title, 24)}, {number} {unit_word(unit)}, {dong(price_vnd)}/{unit_word(unit)}"


def _price(act: Act, person: Person, key: UUID, now: datetime) -> str:
    stock = _stock_of(act, person)
    listing.change_price(product=stock.product, price_vnd=act.price_vnd, by=person.actor, now=now)
    return _("%(title)s: the new price is %(price)s/%(unit)s.") % {
        "title": short(stock.product.title, 24),
        "price": dong(act.price_vnd),
        "unit": unit_word(stock.product.produce.unit),
    }


def _stock(act: Act, person: Person, key: UUID, now: datetime) -> str:
    stock = _stock_of(act, person)
    listing.change_stock(product=stock.product, quantity=act.number, by=person.actor, now=now)
    title = short(stock.product.title, 24)
    if act.number == 0:
        return _("%(title)s: sold out now. When there is more: CON %(title)s 20") % {"title": title}
    words = {"title": title, "number": act.number, "unit": unit_word(stock.product.produce.unit)}
    return _("%(title)s: %(number)d %(unit)s for sale now.") % words


def _pause(act: Act, person: Person, key: UUID, now: datetime) -> str:
    stock = _stock_of(act, person)
    listing.pause(product=stock.product, by=person.actor, now=now)
    return _("%(title)s is hidden now.") % {"title": short(stock.product.title, 24)}


def _resume(act: Act, person: Person, key: UUID, now: datetime) -> str:
    stock = _stock_of(act, person)
    listing.resume(product=stock.product, by=person.actor, now=now)
    return _("%(title)s is shown again.") % {"title": short(stock.product.title, 24)}


def _by_weight(act: Act, person: Person, key: UUID, now: datetime) -> str:
    title = _handle(act, person, is_weighed=True, now=now)
    return _("%(title)s is sold by weight now. Weigh each order before you pack it.") % {"title": title}


def _as_packed(act: Act, person: Person, key: UUID, now: datetime) -> str:
    title = _handle(act, person, is_weighed=False, now=now)
    return _("%(title)s is sold as it is packed now, without weighing.") % {"title": title}


def _handle(act: Act, person: Person, *, is_weighed: bool, now: datetime) -> str:
    """Say whether a product is paid by what it weighs, and return its title."""
    produce = _stock_of(act, person).product.produce
    days = produce.shelf_life_days
    harvests.set_handling(
        produce=produce, is_weighed=is_weighed, shelf_life_days=days, by=person.actor, now=now
    )
    return short(produce.product.title, 24)


def _accept(act: Act, person: Person, key: UUID, now: datetime) -> str:
    part = _part_of(act, person)
    packing.accept(part=part, by=person.actor, now=now)
    today = timezone.localdate(now)
    order = next((o for o in selectors.orders_of([part.seller], today=today) if o.part_id == part.pk), None)
    if order is None:
        return _("Order %(number)d is accepted.") % {"number": act.number}
    return _("Order %(number)d is accepted: %(lines)s. Bring it to the post by %(day)s.") % {
        "number": act.number,
        "lines": short(order.lines, 60),
        "day": order.send_on,
    }


def _decline(act: Act, person: Person, key: UUID, now: datetime) -> str:
    part = _part_of(act, person)
    packing.decline(part=part, reason=_("I do not have it any more."), by=person.actor, now=now)
    return _("You said no to order %(number)d. The buyer gets the money back.") % {"number": act.number}


def _ready(act: Act, person: Person, key: UUID, now: datetime) -> str:
    part = _part_of(act, person)
    packing.ready(part=part, by=person.actor, now=now)
    words = {"number": act.number, "code": delivery.code_for(part)}
    return _("Order %(number)d is packed. Bring it to the post and say %(code)s.") % words


def _weigh(act: Act, person: Person, key: UUID, now: datetime) -> str:
    """Note what line ``act.number`` of part ``act.item`` weighs."""
    part = _part_of(act, person)
    weighing = packing.Act(
        id=key, kind=PackingAct.Kind.WEIGH, happened_at=now, line_id=act.number, weight_g=act.weight_g
    )
    noted = packing.note(weighing, part=part, by=person.actor, now=now)
    weight = CatchWeight.objects.select_related("line").get(line=noted.act.line_id)
    words = {"title": short(weight.line.title, 24), "weight": weight.weight_g}
    return _("%(title)s: %(weight)d g noted, %(price)s.") % (words | {"price": dong(weight.price_vnd or 0)})


def _hand(act: Act, person: Person, key: UUID, now: datetime) -> str:
    """Note that part ``act.item`` was given to its buyer, who said the digits ``act.name``."""
    part = _part_of(act, person)
    given = delivery.Act(id=key, part_id=part.pk, kind=HandOver.Kind.TO_BUYER, happened_at=now, code=act.name)
    fulfilment.hand_over(given, by=person.actor, now=now)
    return _("Order %(number)d is with its buyer. Your money comes after the days to complain.") % {
        "number": act.number
    }


def _wallet(act: Act, person: Person, key: UUID, now: datetime) -> str:
    return wallets.ask(act, person=person, key=key, now=now)


def _close(act: Act, person: Person, key: UUID, now: datetime) -> str:
    today = timezone.localdate(now)
    last_day = today + timedelta(days=act.number - 1) if act.number else None
    for seller in person.sellers:
        pausing.pause(seller=seller, first_day=today, last_day=last_day, by=person.actor, now=now)
    closed = selectors.closed_in_words(person.sellers, today=today)
    return _("%(closed)s To open sooner: MO") % {"closed": closed}


def _open(act: Act, person: Person, key: UUID, now: datetime) -> str:
    for seller in person.sellers:
        pausing.resume(seller=seller, by=person.actor, now=now)
    return _("You are open again.")


def _stock_of(act: Act, person: Person) -> Any:
    """Return the stock record of a product of theirs. Raises NotYours for anybody else's."""
    found = next((s for s in selectors.products_of(person.sellers) if s.product_id == act.item), None)
    if found is None:
        raise NotYours(_("This is no longer among your goods."))
    return found


def _part_of(act: Act, person: Person) -> SubOrder:
    part = (
        SubOrder.objects.select_related("seller", "order")
        .filter(pk=act.item, seller__in=person.sellers)
        .first()
    )
    if part is None:
        raise NotYours(_("This is not among your orders."))
    return part


def _join(act: Act, person: Person, key: UUID, now: datetime) -> str:
    return join(act, person, now)


_DEEDS: dict[str, Callable[[Act, Person, UUID, datetime], str]] = {
    "join": _join,
    "sell": _sell,
    "price": _price,
    "stock": _stock,
    "pause": _pause,
    "resume": _resume,
    "by-weight": _by_weight,
    "as-packed": _as_packed,
    "accept": _accept,
    "decline": _decline,
    "ready": _ready,
    "weigh": _weigh,
    "hand": _hand,
    "wallet": _wallet,
    "close": _close,
    "open": _open,
}
