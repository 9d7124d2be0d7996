"""What a buyer does with a basket. Pages and REST both come here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.core.loading import get_class, get_model

from marketplace.errors import Invalid, NightsTaken, SoldOut
from marketplace.fulfilment import services as fulfilment
from marketplace.shop.partner.strategy import Strategy
from tourism import bookings, wishes
from tourism import nights as room_nights
from tourism.models import RoomType
from tourism.wishes import Wish

from .closings import refuse_closed
from .models import Basket, Line
from .switched import refuse_goods

Product = get_model("catalogue", "Product")
Option = get_model("catalogue", "Option")
Applicator = get_class("offer.applicator", "Applicator")

QUANTITY_MAX = 1_000


def reckon(basket: Basket, *, request: Any = None, now: datetime | None = None) -> Basket:
    """Give the basket its prices and its offers. Every page or call that shows a total starts here.

    ``now`` is the moment of an order that is placed; what its nights may be booked for depends on it.
    """
    if not basket.has_strategy:
        basket.strategy = Strategy(request)
    basket.strategy.ordered_at = now
    if not basket.is_empty:
        Applicator().apply(basket, basket.owner, request)
    return basket


def add_goods(basket: Basket, *, product_id: int, quantity: int) -> Line:
    """Add ``quantity`` packs of a produce product.

    Raises Invalid for a product that is not sold by the pack or a senseless quantity, SoldOut when
    there is less in stock than the basket would then hold, ShopClosed while its seller sends nothing,
    SwitchedOff before a harvest where that is off, BasketClosed when it has been ordered.
    """
    if not 1 <= quantity <= QUANTITY_MAX:
        raise Invalid("quantity", _("Choose a quantity from 1 to %(max)d.") % {"max": QUANTITY_MAX})
    try:
        product = Product.objects.select_related("produce", "product_class", "origin__seller").get(
            pk=product_id, is_public=True
        )
        product.produce  # noqa: B018  (only produce is sold by the pack)
    except ObjectDoesNotExist as error:
        raise Invalid("product", _("There is no produce with number %(id)s.") % {"id": product_id}) from error
    if not basket.has_strategy:
        basket.strategy = Strategy()
    refuse_closed([product.origin.seller], today=timezone.localdate(basket.strategy.now))
    asked = {product.pk: (str(product.get_title()), product.origin.commune_id)}
    refuse_goods(asked, now=basket.strategy.now)
    info = basket.strategy.fetch_for_product(product)
    in_basket = basket.product_quantity(product)
    _check_stock(product, info.stockrecord, in_basket + quantity)
    line, _created = basket.add_product(product, quantity)
    return line


def add_nights(
    basket: Basket,
    *,
    room_type_id: int,
    first_night: date,
    nights: int,
    rooms: int,
    guests: int,
    now: datetime,
    children: int = 0,
    add_ons: Mapping[int, int] | None = None,
) -> Line:
    """Add ``rooms`` rooms for ``nights`` nights, with meals and ``add_ons`` (their ids -> how many).

    One line a stay: the same dates and party again change nothing but the children and the add-ons.

    Raises Invalid when the wish makes no sense or breaks a rule of the host, NightsTaken when a night is not
    free, BasketClosed.
    """
    try:
        room_type = RoomType.objects.select_related("product__parent", "stay").get(pk=room_type_id)
    except RoomType.DoesNotExist as error:
        raise Invalid(
            "room_type", _("There is no room with number %(id)s.") % {"id": room_type_id}
        ) from error
    wish = Wish(first_night, nights, rooms, guests, children, add_ons or {})
    wishes.check(room_type, wish, now=now)
    _check_on_sale(room_type, wish)
    _check_free(room_type, wish, now=now)
    if not basket.has_strategy:
        basket.strategy = Strategy()
    basket.strategy.ordered_at = now
    values = wish.options
    chosen = Option.objects.filter(code__in=values).order_by("pk")
    options = [{"option": option, "value": values[option.code]} for option in chosen]
    line, created = basket.add_product(room_type.product, 1, options)
    if not created:
        set_quantity(basket, line_id=line.pk, quantity=1)
    for other in _lines_like(basket, line, wish):
        set_quantity(basket, line_id=other, quantity=0)
    return line


def _check_free(room_type: RoomType, wish: Wish, *, now: datetime) -> None:
    asked: dict[str, Any] = {
        "room_type_id": room_type.pk,
        "first_night": wish.first_night,
        "nights": wish.nights,
        "rooms": wish.rooms,
    }
    quote = room_nights.quote(**asked)
    if not quote.free and free_ended_holds(now=now):
        quote = room_nights.quote(**asked)
    if not quote.free:
        first = quote.missing[0]
        title = str(room_type.product.get_title())
        raise NightsTaken(title=title, night_on=first.night_on, wanted=wish.rooms, left=first.left)


def free_ended_holds(*, now: datetime) -> int:
    """Free what is held in vain, should the worker be down; return how many holds had ended.

    For whoever is about to say that nights are not free.
    """
    return fulfilment.release_ended_holds(now=now) + bookings.end_holds(now)


def _lines_like(basket: Basket, line: Line, wish: Wish) -> list[int]:
    """Return the other lines of the same room, nights and party: the new choice takes their place."""
    rows = (
        basket.lines.filter(product=line.product_id)
        .exclude(pk=line.pk)
        .prefetch_related("attributes__option")
    )
    plain = replace(wish, children=0, pieces={})
    return [
        row.pk
        for row in rows
        if replace(
            Wish.of_options({each.option.code: each.value for each in row.attributes.all()}),
            children=0,
            pieces={},
        )
        == plain
    ]


def set_quantity(basket: Basket, *, line_id: int, quantity: int) -> None:
    """Set the packs of a line; 0 removes it. A line of nights is changed by its dates: 1 or 0 only.

    Raises Invalid, SoldOut or BasketClosed.
    """
    if not 0 <= quantity <= QUANTITY_MAX:
        raise Invalid("quantity", _("Choose a quantity from 0 to %(max)d.") % {"max": QUANTITY_MAX})
    if not basket.id:
        raise Invalid("line", _("This line is no longer in the basket."))
    with basket.locked():
        line = basket.lines.select_related("product", "stockrecord", "basket").filter(pk=line_id).first()
        if line is None:
            raise Invalid("line", _("This line is no longer in the basket."))
        if quantity == 0:
            line.delete()
        else:
            if line.product.is_child and quantity > 1:
                raise Invalid("quantity", _("Nights are changed by choosing other dates."))
            if quantity > 1 and not line.product.get_product_class().track_stock:
                raise Invalid("quantity", _("Seats are changed by choosing another party."))
            _check_stock(line.product, line.stockrecord, quantity)
            line.quantity = quantity
            line.save(update_fields=["quantity"])
    basket.reset_offer_applications()


def _check_stock(product: Any, stockrecord: Any, wanted: int) -> None:
    if product.get_product_class().track_stock and stockrecord.net_stock_level < wanted:
        raise SoldOut(title=str(product.get_title()), wanted=wanted, left=max(0, stockrecord.net_stock_level))


def _check_on_sale(room_type: RoomType, wish: Wish) -> None:
    last_night = wish.leaves_on - timedelta(days=1)
    if not room_type.nights.filter(night_on=last_night).exists():
        raise Invalid("first_night", _("These nights are not on sale yet. Choose earlier ones."))
