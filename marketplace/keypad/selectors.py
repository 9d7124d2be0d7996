"""What phones with keys are told: who writes, what they sell and have to prepare, and their money."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from marketplace.accounts.models import User
from marketplace.delivery import services as delivery
from marketplace.packing.selectors import pauses, work
from marketplace.places.selectors import communes_at
from marketplace.sellers.models import Origin, Seller
from marketplace.settlement import selectors as settlement
from payments.money import to_vnd

from .facts import Facts, Good, Order
from .models import Inbound, PartNumber
from .words import dong

StockRecord = get_model("partner", "StockRecord")


@dataclass(frozen=True)
class Person:
    """Whose phone it is. Somebody who only buys, or whom nobody knows, has no ``sellers``."""

    phone: str
    user: User | None
    sellers: Sequence[Seller]

    @property
    def actor(self) -> User:
        """The person; whoever sells has an account."""
        assert self.user is not None, self.phone
        return self.user


def person_of(phone: str) -> Person:
    """Return who has the number ``phone``, E.164, and the sellers they are a member of. Two queries.

    Not the farmers an agent acts for: a number can be forged, and an agent has a screen.
    """
    user = User.objects.filter(phone=phone, is_active=True).first()
    sellers = Seller.objects.filter(members=user).select_related("unit", "partner").order_by("pk")
    return Person(phone, user, list(sellers) if user else [])


def products_of(sellers: Sequence[Seller]) -> list[Any]:
    """Return the produce of sellers in the order it was listed, which numbers it. One query.

    What is hidden is among them: nothing that comes back may change the numbers of the rest.
    """
    stocks = (
        StockRecord.objects.filter(
            product__origin__seller__in=sellers,
            product__origin__kind=Origin.Kind.GOODS,
            product__produce__isnull=False,
        )
        .select_related("product__produce", "product__origin__seller", "product__listing")
        .order_by("product__origin__pk")
    )
    return list(stocks)


def goods_of(sellers: Sequence[Seller]) -> tuple[Good, ...]:
    """Return what the sellers list, numbered from 1. One query."""
    return tuple(_good(stock, number) for number, stock in enumerate(products_of(sellers), start=1))


def _good(stock: Any, number: int) -> Good:
    product = stock.product
    listing = getattr(product, "listing", None)
    return Good(
        product_id=product.pk,
        number=number,
        title=product.title,
        unit=product.produce.unit,
        price_vnd=to_vnd(stock.price),
        stock=max(0, stock.net_stock_level),
        is_paused=listing is not None and listing.paused_at is not None,
        is_weighed=product.produce.is_weighed,
    )


def works_of(
    sellers: Sequence[Seller], *, today: date, part_ids: Collection[int] | None = None
) -> list[work.Work]:
    """Return what is to be prepared and has a number on phones, what is due first coming first."""
    works = work.to_prepare(sellers, today=today, part_ids=part_ids)
    return [item for item in works if item.is_workable]


def orders_of(
    sellers: Sequence[Seller], *, today: date, part_ids: Collection[int] | None = None
) -> tuple[Order, ...]:
    """Return the parts to prepare, or those of ``part_ids``, that have a number on phones. Five queries."""
    works = works_of(sellers, today=today, part_ids=part_ids)
    numbers = dict(
        PartNumber.objects.filter(part__in=[item.part.pk for item in works]).values_list("part_id", "number")
    )
    return tuple(_order(item, numbers[item.part.pk]) for item in works if item.part.pk in numbers)


def _order(item: work.Work, number: int) -> Order:
    to_weigh = next((line for line in item.lines if line.waits_for_scales), None)
    return Order(
        part_id=item.part.pk,
        number=number,
        lines=lines_in_words(item),
        total_vnd=item.price_vnd,
        send_on=date_format(item.send_on, "d/m"),
        state=item.state,
        code=delivery.code_for(item.part),
        weigh_line=to_weigh.line.pk if to_weigh else 0,
        weigh_title=to_weigh.line.title if to_weigh else "",
    )


def lines_in_words(item: work.Work) -> str:
    """Return the goods of a part as they are said: "2 bag 5 kg Gạo tẻ, 1 kg Gừng"."""
    return ", ".join(
        f"{line.line.quantity} {line.unit} {line.line.title}".replace("  ", " ") for line in item.lines
    )


def lines_to_weigh(sellers: Sequence[Seller], order: Order, *, today: date) -> list[work.WorkLine]:
    """Return the lines of a part of these sellers that are sold by weight, weighed or not. Five queries."""
    works = (item for item in works_of(sellers, today=today) if item.part.pk == order.part_id)
    return [line for item in works for line in item.lines if line.is_weighed]


def money_in_words(sellers: Sequence[Seller], *, now: datetime) -> str:
    """Return how the money of the sellers stands, as settlement knows it. Six queries for each."""
    each = [settlement.money_of(seller, now=now) for seller in sellers]
    next_at = timezone.localtime(min(money.next_payout_at for money in each))
    coming_vnd = sum(money.payable_vnd + money.on_the_way_vnd for money in each)
    words = _("Money: held %(held)s; coming %(coming)s, next payout %(when)s; paid %(paid)s.") % {
        "held": dong(sum(money.held_vnd for money in each)),
        "coming": dong(coming_vnd),
        "when": next_at.strftime("%H:%M %d/%m"),
        "paid": dong(sum(money.paid_vnd for money in each)),
    }
    debt_vnd = sum(money.debt_vnd for money in each)
    return words + " " + _("You owe %(debt)s.") % {"debt": dong(debt_vnd)} if debt_vnd else words


def closed_in_words(sellers: Sequence[Seller], *, today: date) -> str:
    """Return until when the sellers take no orders, "" if one of them is open. One query."""
    closed = pauses.closed([seller.pk for seller in sellers], today=today)
    if not closed or len(closed) < len(sellers):
        return ""
    days = [each.opens_on for each in closed.values()]
    known = [day for day in days if day is not None]
    if len(known) < len(days):
        return _("You are closed until you open again.")
    return _("You are closed. You open on %(day)s.") % {"day": date_format(min(known), "d/m/Y")}


def facts_of(person: Person, *, now: datetime) -> Facts:
    """Return all that the menu may show of a person. Some twenty queries for a seller, one for a stranger."""
    today = timezone.localdate(now)
    if not person.sellers:
        places = tuple((commune.pk, commune.name) for commune in communes_at(today))
        return Facts(name=str(person.user or ""), places=places)
    return Facts(
        name=person.sellers[0].name,
        is_seller=True,
        goods=goods_of(person.sellers),
        orders=orders_of(person.sellers, today=today),
        money=money_in_words(person.sellers, now=now),
        closed=closed_in_words(person.sellers, today=today),
        has_wallet=bool(person.sellers[0].wallet_msisdn),
    )


def texts_with(phone: str, *, most: int) -> list[Inbound]:
    """Return the newest messages from a phone. One query."""
    return list(Inbound.objects.filter(phone=phone).order_by("-received_at", "-pk")[:most])
