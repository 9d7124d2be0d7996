"""Asking for an order's money: first, again through another provider, and for the rest of a deposit."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.delivery.models import Destination, Promise
from marketplace.delivery.services.rules import handling_rule
from marketplace.fulfilment.errors import CannotPay
from marketplace.fulfilment.models import Placement
from marketplace.sellers.models import SubOrder
from payments import providers
from payments import services as payments
from payments.models import Intent
from payments.providers.base import Capability

from . import orders
from .estimates import to_weigh

BALANCE = "-B"  # after the order's number: the reference of the payment of its balance
# So long after it was placed, an order whose payment came to nothing may be paid at its old prices.
AGAIN_WITHIN = timedelta(hours=24)


def start_payment(*, order: Any, now: datetime) -> Intent:
    """Ask for what is due with the order, once: the payment's id is made before, so a repeat finds it.

    Calls the provider, so never inside a transaction.
    """
    placement = order.placement
    shares = orders.due_shares(order)
    return payments.start_payment(
        intent_id=placement.payment_id,
        reference=order.number,
        amount_vnd=sum(shares.values()),
        provider=placement.provider,
        payer=str(placement.payer),
        shares=shares,
        description=_("Order %(number)s at Mường Then") % {"number": order.number},
        expires_at=placement.hold_expires_at,
        now=now,
    )


def pay_again(*, number: str, provider: str, payer: str, now: datetime) -> Intent:
    """Ask for the money of an unpaid order through ``provider``, instead of what was tried before.

    What an ended hold had freed is taken again first. ``payer`` is E.164, "" where the provider needs none.
    Repeats ask once. While the money of an earlier try is here, which the order will hear of or is giving
    back, nobody is asked: that payment is returned. Raises CannotPay if the order is paid, was cancelled by
    its buyer, is too old, or some of it was sold meanwhile; then nothing has changed.
    """
    with transaction.atomic():
        order = orders.locked(number)
        if order is None:
            raise orders.Order.DoesNotExist
        placement = order.placement
        if order.status not in (orders.CANCELLED, orders.AWAITING):
            raise CannotPay(number, _("It is paid already, or will be on hand-over."))
        if paid := _paid(number):
            return paid
        if order.status == orders.CANCELLED:
            _take_up_again(order, now=now)
        payment_id = _next_payment(placement.payment_id, provider=provider, payer=payer, now=now)
        Placement.objects.filter(pk=placement.pk).update(
            payment_id=payment_id, provider=provider, payer=payer
        )
        orders.tell(order)
    order.placement.refresh_from_db()
    return start_payment(order=order, now=now)


def pay_balance(*, number: str, provider: str, payer: str, now: datetime) -> Intent:
    """Ask for what is still to be paid of an order whose deposit has come. Repeats ask once, as pay_again().

    In cash it is counted when the parcel is handed over, and is due until the parcel would go back. Raises
    CannotPay if there is no such rest.
    """
    with transaction.atomic():
        order = orders.locked(number)
        if order is None:
            raise orders.Order.DoesNotExist
        # Of what nobody has weighed yet, nobody knows the rest.
        parts = order.suborders.filter(status=SubOrder.Status.PAID).exclude(pk__in=to_weigh(order))
        parts = parts.order_by("pk")
        shares = {part.escrow_account: part.balance_vnd for part in parts if part.balance_vnd}
        if not shares:
            raise CannotPay(number, _("Nothing is left to pay of it."))
        if paid := _paid(f"{number}{BALANCE}"):
            return paid
        expires_at = now + timedelta(minutes=settings.ORDER_HOLD_MINUTES)
        if providers.can(provider, Capability.IN_HOUSE) and (
            due_on := _handed_over_by(order, today=timezone.localdate(now))
        ):
            owing = [part.pk for part in parts if part.balance_vnd]
            SubOrder.objects.filter(pk__in=owing).update(balance_due_on=due_on)
            expires_at = timezone.make_aware(datetime.combine(due_on + timedelta(days=1), time()))
        placement = order.placement
        payment_id = _next_payment(
            placement.balance_payment_id or uuid4(), provider=provider, payer=payer, now=now
        )
        Placement.objects.filter(pk=placement.pk).update(balance_payment_id=payment_id)
    return payments.start_payment(
        intent_id=payment_id,
        reference=f"{number}{BALANCE}",
        provider=provider,
        payer=payer,
        shares=shares,
        description=_("Rest of order %(number)s at Mường Then") % {"number": number},
        expires_at=expires_at,
        now=now,
    )


def order_number(reference: str) -> str:
    """Return the number of the order a payment of ``reference`` is for."""
    return reference.removesuffix(BALANCE)


def _handed_over_by(order: Any, *, today: date) -> date | None:
    """Return the last day on which a parcel of ``order`` waits where cash is taken for it; None elsewhere."""
    destination = Destination.objects.filter(order=order).first()
    if destination is None or destination.cash_office is None:
        return None
    last = Promise.objects.filter(part__order=order).aggregate(last=Max("reaches_on"))["last"]
    return max(last or today, today) + timedelta(days=handling_rule(today).return_after_days)


def _paid(reference: str) -> Intent | None:
    """Return the payment of ``reference`` whose money is here, if any."""
    return Intent.objects.filter(reference=reference, state__in=Intent.PAID_STATES).first()


def _take_up_again(order: Any, *, now: datetime) -> None:
    """Have a released order await its payment once more."""
    placement = order.placement
    if placement.release_reason in Placement.ENDED_FOR_GOOD or placement.refund_reason:
        raise CannotPay(order.number, _("It was cancelled. Put everything back into the basket instead."))
    if now > order.date_placed + AGAIN_WITHIN:
        raise CannotPay(order.number, _("It is too old. Put everything back into the basket instead."))
    if not orders.take_again(order, now=now):
        raise CannotPay(order.number, _("Something of it was sold meanwhile. Put the rest into the basket."))
    orders.set_status(order, orders.AWAITING)
    order.suborders.update(status=SubOrder.Status.AWAITING_PAYMENT)
    Placement.objects.filter(pk=placement.pk).update(
        released_at=None,
        release_reason="",
        hold_expires_at=now + timedelta(minutes=settings.ORDER_HOLD_MINUTES),
    )


def _next_payment(current_id: UUID, *, provider: str, payer: str, now: datetime) -> UUID:
    """Return the id to pay under: the present payment's while that is what is wanted, else a new one.

    What was given back whole is over: paying once more is another payment.
    """
    intent = Intent.objects.filter(pk=current_id).first()
    if intent is None or intent.state in Intent.PAID_STATES:
        return current_id
    if intent.state in Intent.OPEN_STATES:
        if (intent.provider, intent.payer) == (provider, payer):
            return current_id
        payments.expire(intent_id=current_id, now=now)
    return uuid4()
