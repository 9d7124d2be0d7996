"""From a basket to an order that waits for its payment.

Two transactions, and between them nothing is lost: the first places the order and holds its goods
and nights, the second records the payment before the wallet operator hears of it. If the process
dies between them, the hold runs out and everything is free again.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.core.loading import get_model
from oscar.core.prices import Price

from marketplace.accounts.errors import InvalidPhone
from marketplace.accounts.phones import to_e164
from marketplace.delivery import services as delivery
from marketplace.delivery.models import Destination
from marketplace.delivery.promises import Promised
from marketplace.errors import (
    BasketClosed,
    BasketEmpty,
    Invalid,
    LinesUnavailable,
    NothingToPay,
    PriceChanged,
    ShopError,
)
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.models import Placement
from marketplace.fulfilment.services import orders
from marketplace.joining import levels
from marketplace.sellers.models import Seller, SubOrder
from marketplace.settlement import services as settlement
from marketplace.shop.basket import selectors, services, switched
from marketplace.shop.basket.closings import refuse_closed
from marketplace.shop.basket.models import Basket
from marketplace.shop.checkout import arrivals
from marketplace.shop.checkout.addresses import shipping_address
from marketplace.shop.checkout.nights import balance_due_on, due_later_vnd, take_nights
from marketplace.shop.checkout.seats import take_seats
from marketplace.shop.checkout.weights import margin_vnd, note_goods, weighed_by
from marketplace.shop.order.utils import OrderCreator, OrderNumberGenerator
from payments import providers
from payments.models import Intent
from payments.money import to_decimal
from payments.providers.base import Capability

Order = get_model("order", "Order")

# A parcel that is paid in cash is on its way, then waits at the post office for so long at most.
HANDED_OVER_WITHIN = timedelta(days=21)


@dataclass(frozen=True)
class Buyer:
    """Who orders. A guest is known by phone number and name alone."""

    phone: str
    name: str
    user: Any = None


@dataclass(frozen=True)
class Deposit:
    """What of a seller's goods and nights is due with the order, and when the rest is, if there is one."""

    due_now_vnd: int
    balance_due_on: date | None


@dataclass(frozen=True)
class Offer:
    """What the buyer agrees to: the basket as it stands, brought to the destination."""

    summary: selectors.Summary
    destination: Destination | None
    fees: dict[int, delivery.Fee]  # by seller
    deposits: dict[int, Deposit]  # by seller
    promised: dict[int, Promised] = field(default_factory=dict)  # by seller
    takes_cash: bool = False  # at the post office or the door

    @property
    def delivery_vnd(self) -> int:
        return sum(fee.amount_vnd for fee in self.fees.values())

    @property
    def total_vnd(self) -> int:
        return self.summary.lines_vnd + self.delivery_vnd

    @property
    def due_now_vnd(self) -> int:
        """What is paid with the order: all of it, but of stays that ask for a deposit only that."""
        return sum(deposit.due_now_vnd for deposit in self.deposits.values()) + self.delivery_vnd

    @property
    def balance_vnd(self) -> int:
        return self.total_vnd - self.due_now_vnd

    @property
    def rest_vnd(self) -> int:
        """What is paid later of stays that ask for a deposit; what goods weigh more comes on top."""
        return self.balance_vnd - self.summary.margin_vnd

    @property
    def balance_due_on(self) -> date | None:
        days = [deposit.balance_due_on for deposit in self.deposits.values() if deposit.balance_due_on]
        return min(days, default=None) if self.rest_vnd else None

    @property
    def ways_to_pay(self) -> list[tuple[str, str]]:
        """Code and label of the providers that take this amount, for such goods, at such a place."""
        # What is bought together counts only when it is paid for, and so do nights and seats.
        is_paid_first = any(line.room_type or line.departure or line.is_pooled for line in self.summary.lines)
        given = ["post_office"] if self.takes_cash and not is_paid_first else []
        ways = providers.available(amount_vnd=self.due_now_vnd, given=given)
        if self.destination is None or self.destination.method != Destination.Method.HOME:
            return ways
        at_the_door = _("Cash to the postman at the door")
        return [
            (code, at_the_door if providers.can(code, Capability.IN_HOUSE) else label) for code, label in ways
        ]

    @property
    def days(self) -> int:
        return max((fee.days for fee in self.fees.values()), default=0)

    @property
    def reaches_on(self) -> date | None:
        """The day on which the last of the goods reach the buyer, at the earliest."""
        return max((each.reaches_on for each in self.promised.values()), default=None)


@dataclass(frozen=True)
class Placed:
    order: Any
    intent: Intent


def make_offer(*, basket: Basket, wish: delivery.Wish | None, now: datetime) -> Offer:
    """Price the basket with its delivery. Raises BasketEmpty, or Invalid for an unusable destination."""
    services.reckon(basket, now=now)
    summary = selectors.summary(basket)
    if summary.is_empty:
        raise BasketEmpty
    if not summary.needs_delivery:
        return Offer(summary, None, {}, _deposits(summary, now))
    if wish is None:
        raise Invalid("delivery", _("Say where the goods should go."))
    today = timezone.localdate(now)
    destination = delivery.resolve(wish, on=today)
    sending = [part for part in summary.parts if part.weight_g]
    parcels = [
        delivery.Parcel(part.lines[0].origin.commune_id, part.weight_g, part.goods_vnd) for part in sending
    ]
    asked = delivery.fees(parcels=parcels, destination=destination, on=today)
    fees = {part.seller.pk: fee for part, fee in zip(sending, asked, strict=True)}
    promised = arrivals.arrivals(sending, destination=destination, fees=fees, now=now)
    takes_cash = switched.takes_cash(destination, now=now)
    return Offer(summary, destination, fees, _deposits(summary, now), promised, takes_cash)


def check_out(
    *,
    basket: Basket,
    buyer: Buyer,
    wish: delivery.Wish | None,
    provider: str,
    payer: str,
    agreed_total_vnd: int | None,
    now: datetime,
) -> Placed:
    """Place the order, then ask the payer's wallet for the money.

    Calling again with the same basket leads to the same order and the same payment, however often
    the button is pressed. ``agreed_total_vnd`` is the total the buyer saw; None trusts the present one.

    Raises LinesUnavailable (or one SoldOut or NightsTaken when a race was lost), PriceChanged,
    NothingToPay, BasketEmpty, Invalid. Nothing is placed, held or charged then.
    """
    buyer = Buyer(phone=_phone("phone", buyer.phone), name=buyer.name.strip(), user=buyer.user)
    if not buyer.name:
        raise Invalid("name", _("Write the name of the person who orders."))
    payer = payer_of(provider, payer)
    try:
        order = place_order(
            basket=basket,
            buyer=buyer,
            wish=wish,
            provider=provider,
            payer=payer,
            agreed_total_vnd=agreed_total_vnd,
            now=now,
        )
    except BasketClosed:
        order = _order_of(basket)
    except ShopError:
        basket.status = basket.OPEN  # as the roll-back left it
        raise
    return Placed(order, fulfilment.start_payment(order=order, now=now))


@transaction.atomic
def place_order(
    *,
    basket: Basket,
    buyer: Buyer,
    wish: delivery.Wish | None,
    provider: str,
    payer: str,
    agreed_total_vnd: int | None,
    now: datetime,
    is_past: bool = False,
) -> Any:
    """Transaction 1: the basket is closed, stock and nights are taken, the order and its parts exist.

    For a buyer, come by check_out(), which checks what was typed. ``buyer.phone`` and ``payer`` are E.164.
    ``is_past`` is for sample orders of long ago: they may have been paid in any way.
    Raises BasketClosed for a basket that has been ordered, else as check_out().
    """
    basket.freeze()  # whoever closes it orders it; anyone else waits here and then hears BasketClosed
    basket.reset_offer_applications()
    offer = make_offer(basket=basket, wish=wish, now=now)
    if agreed_total_vnd is not None and agreed_total_vnd != offer.total_vnd:
        raise PriceChanged(agreed_vnd=agreed_total_vnd, now_vnd=offer.total_vnd)
    _refuse_unavailable(offer)
    if not offer.total_vnd:
        raise NothingToPay
    if not is_past:
        _refuse_today(offer, provider=provider, now=now)
    is_counted = providers.can(provider, Capability.IN_HOUSE)
    hold = HANDED_OVER_WITHIN if is_counted else timedelta(minutes=settings.ORDER_HOLD_MINUTES)
    order = _create_order(basket, buyer, offer, now)
    _create_parts(order, offer, now)
    take_nights(order, offer.summary.lines, now=now)
    take_seats(order, offer.summary.lines, now=now)
    note_goods(order, offer.summary.lines, now=now)
    arrivals.keep(order, offer.promised, now=now)
    basket.submit()
    Placement.objects.create(
        order=order,
        phone=buyer.phone,
        name=buyer.name,
        secret=secrets.token_urlsafe(24),
        hold_expires_at=now + hold,
        provider=provider,
        payer=payer,
    )
    settlement.freeze(order=order, now=now)
    if is_counted:
        orders.set_status(order, orders.ON_HANDOVER)
        order.suborders.update(status=SubOrder.Status.ON_HANDOVER)
    return order


def _refuse_today(offer: Offer, *, provider: str, now: datetime) -> None:
    """Raise ShopClosed, NotFresh, SwitchedOff or Invalid for what cannot be ordered, or paid so, now."""
    refuse_closed(
        [part.seller for part in offer.summary.parts if part.weight_g], today=timezone.localdate(now)
    )
    refuse_stale(offer, now=now)
    switched.refuse_lines(offer.summary.lines, now=now)
    if provider not in dict(offer.ways_to_pay):
        raise Invalid("provider", _("This order cannot be paid that way. Choose another."))


def refuse_stale(offer: Offer, *, now: datetime) -> None:
    """Raise NotFresh if something would not be fresh any more when it reaches its buyer."""
    if offer.destination is not None:
        arrivals.refuse_stale(
            offer.summary.parts, destination=offer.destination, promised=offer.promised, now=now
        )


def payer_of(provider: str, msisdn: str) -> str:
    """Return the number a provider asks, E.164; "" if it asks nobody. Raises Invalid."""
    if provider not in dict(providers.available()):
        raise Invalid("provider", _("Choose how to pay."))
    return _phone("msisdn", msisdn) if providers.can(provider, Capability.PUSH) else ""


def _phone(field: str, text: str) -> str:
    try:
        return to_e164(text)
    except InvalidPhone as error:
        raise Invalid(field, str(error)) from error


def _order_of(basket: Basket) -> Any:
    """The order this basket became: what a second click wants to see."""
    order = Order.objects.select_related("placement").filter(basket_id=basket.pk).first()
    if order is None:
        raise BasketClosed
    return order


def _refuse_unavailable(offer: Offer) -> None:
    """Explain line by line what cannot be had, before any lock is taken."""
    errors = [
        ShopError(
            _("“%(title)s”: %(problem)s") % {"title": line.product.get_title(), "problem": line.problem},
            line=line.line.pk,
        )
        for line in offer.summary.lines
        if line.problem
    ]
    if errors:
        raise LinesUnavailable(errors)


def _create_order(basket: Basket, buyer: Buyer, offer: Offer, now: datetime) -> Any:
    total, fee = to_decimal(offer.total_vnd), to_decimal(offer.delivery_vnd)
    order = OrderCreator().place_order(
        basket=basket,
        total=Price(currency="VND", excl_tax=total, incl_tax=total),
        shipping_method=_PostalDelivery,
        shipping_charge=Price(currency="VND", excl_tax=fee, incl_tax=fee),
        user=buyer.user,
        shipping_address=shipping_address(buyer.name, buyer.phone, offer.destination),
        order_number=OrderNumberGenerator().order_number(placed_on=timezone.localdate(now)),
        date_placed=now,
    )
    if offer.destination is not None:
        offer.destination.order = order
        offer.destination.save()
    return order


class _PostalDelivery:
    """What Oscar's order wants to know of its delivery."""

    code = "post"
    name = "Post"

    @staticmethod
    def discount(basket: Basket) -> Decimal:
        return Decimal(0)


def _create_parts(order: Any, offer: Offer, now: datetime) -> Sequence[SubOrder]:
    """One sub-order per seller: the order's number and 1, 2, 3 in the order of the basket.

    Raises LimitReached for a seller who may sell no more this month, because nobody has seen its papers.
    """
    for part in sorted(offer.summary.parts, key=lambda part: part.seller.pk):
        if part.seller.level < Seller.Level.PAPERS:
            levels.check_limit(part.seller, what="sold", amount_vnd=part.lines_vnd, now=now)
    return SubOrder.objects.bulk_create(
        SubOrder(
            order=order,
            seller=part.seller,
            number=f"{order.number}-{index}",
            lines_vnd=part.lines_vnd,
            due_now_vnd=offer.deposits[part.seller.pk].due_now_vnd,
            balance_due_on=offer.deposits[part.seller.pk].balance_due_on,
            delivery_vnd=offer.fees[part.seller.pk].amount_vnd if part.seller.pk in offer.fees else 0,
            placed_at=now,
        )
        for index, part in enumerate(offer.summary.parts, start=1)
    )


def _deposits(summary: selectors.Summary, now: datetime) -> dict[int, Deposit]:
    """What is due with the order by seller. Who arrives soon pays everything at once."""
    today = timezone.localdate(now)
    deposits = {}
    for part in summary.parts:
        later = {id(line): due_later_vnd(line, today=today) + margin_vnd(line) for line in part.lines}
        due_on = [
            weighed_by(today) if line.weighed else balance_due_on(line)
            for line in part.lines
            if later[id(line)]
        ]
        deposits[part.seller.pk] = Deposit(part.lines_vnd - sum(later.values()), min(due_on, default=None))
    return deposits
