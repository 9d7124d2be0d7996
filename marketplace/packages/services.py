"""What the parts of a package cost together, and putting all of them into a basket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from marketplace.errors import Invalid, LinesUnavailable, ShopError
from marketplace.shop.basket import services as baskets
from marketplace.shop.basket.models import Basket
from marketplace.shop.basket.seats import add_seats
from payments.money import to_vnd
from tourism import wishes
from tourism.tours import seats
from tourism.tours.models import Departure
from tourism.wishes import Wish

from .models import Package

StockRecord = get_model("partner", "StockRecord")


@dataclass(frozen=True)
class Party:
    adults: int
    children: int

    @property
    def persons(self) -> int:
        return self.adults + self.children


@dataclass(frozen=True)
class Part:
    """One part of a package as it can be had now. ``problem`` says why it cannot; empty when it can."""

    title: str
    total_vnd: int
    problem: str = ""
    departure: Departure | None = None
    wish: Wish | None = None
    quantity: int = 0
    pack: str = ""


def parts_of(package: Package, *, departure: Departure, party: Party, now: datetime) -> list[Part]:
    """Price the parts of a package for a party on one departure; nothing is held.

    ``package`` comes from ``selectors.package``. Some queries a part, whatever the number of buyers.
    """
    return [
        _tour(package, departure, party, now),
        _nights(package, departure, party, now),
        *_goods(package),
    ]


def put_into_basket(
    basket: Basket, package: Package, *, departure_id: int, party: Party, now: datetime
) -> None:
    """Put every part of a package into the basket.

    Raises Invalid for a departure of another tour, LinesUnavailable with one error a part when some of it
    cannot be had: then the basket is as it was, but for what was lost in a race a moment ago.
    """
    seats.check_party(adults=party.adults, children=party.children)
    departure = Departure.objects.filter(pk=departure_id, tour=package.tour_id).first()
    if departure is None:
        raise Invalid("departure", _("Choose one of the departures shown."))
    parts = parts_of(package, departure=departure, party=party, now=now)
    missing = [_refusal(part) for part in parts if part.problem]
    if missing:
        raise LinesUnavailable(missing)
    add_seats(basket, departure_id=departure_id, adults=party.adults, children=party.children, now=now)
    wish = _wish(package, departure, party)
    baskets.add_nights(
        basket,
        room_type_id=package.room_type_id,
        first_night=wish.first_night,
        nights=wish.nights,
        rooms=wish.rooms,
        guests=wish.guests,
        children=wish.children,
        now=now,
    )
    for each in package.goods.all():
        baskets.add_goods(basket, product_id=each.product_id, quantity=each.quantity)


def _refusal(part: Part) -> ShopError:
    return ShopError(_("“%(title)s”: %(problem)s") % {"title": part.title, "problem": part.problem})


def _tour(package: Package, departure: Departure, party: Party, now: datetime) -> Part:
    quote = seats.quote(departure_id=departure.pk, adults=party.adults, children=party.children, now=now)
    problem = ""
    if not quote.is_open:
        problem = _("This departure can no longer be booked.")
    elif not quote.free:
        problem = _("There are not enough seats on this departure.")
    title = str(package.tour.product.get_title())
    return Part(title, quote.total_vnd, problem, departure=departure)


def _wish(package: Package, departure: Departure, party: Party) -> Wish:
    first_night = timezone.localdate(departure.starts_at) - timedelta(days=package.nights_before)
    rooms = -(-party.persons // package.room_type.sleeps)
    return Wish(first_night, package.nights, rooms, party.persons, party.children, {})


def _nights(package: Package, departure: Departure, party: Party, now: datetime) -> Part:
    room_type, wish = package.room_type, _wish(package, departure, party)
    title = f"{room_type.product.parent.get_title()} · {room_type.product.get_title()}"
    try:
        wishes.check(room_type, wish, now=now)
    except Invalid as error:
        return Part(title, 0, str(error), wish=wish)
    price = wishes.price(room_type, wish)
    problem = "" if price.quote.free else _("Some of these nights are no longer free.")
    return Part(title, price.total_vnd, problem, wish=wish)


def _goods(package: Package) -> list[Part]:
    return [_goods_part(each.product, each.quantity) for each in package.goods.all()]


def _goods_part(product: Any, quantity: int) -> Part:
    title = str(product.get_title())
    try:
        stock = next(iter(product.stockrecords.all()))
        pack = product.produce.pack
    except (StopIteration, ObjectDoesNotExist):
        return Part(title, 0, _("It is not for sale, or no longer."), quantity=quantity)
    left = max(0, stock.net_stock_level or 0)
    problem = "" if left >= quantity and product.is_public else _("Not enough of it is left.")
    return Part(title, to_vnd(stock.price) * quantity, problem, quantity=quantity, pack=pack)
