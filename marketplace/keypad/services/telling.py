"""Telling sellers of new orders and of payouts by SMS, and forgetting what phones wrote."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.keypad import selectors
from marketplace.keypad.facts import Order
from marketplace.keypad.models import Inbound, Session
from marketplace.keypad.words import SCREEN, as_dialled, dong, fit, short
from marketplace.messaging import services as messaging
from marketplace.messaging.readers import speaking_to
from marketplace.packing.selectors import work
from marketplace.sellers.models import Seller, SubOrder
from payments.models import Event

from .numbering import number_parts

# What is older was seen long ago, or was loaded with the demonstration.
NEW_FOR = timedelta(days=2)
TEXTS_KEPT = timedelta(days=180)
SESSIONS_KEPT = timedelta(days=7)


def tell_new_orders(*, now: datetime) -> int:
    """Write an SMS to each seller about each order that came; return how many. Repeats tell nothing twice.

    To the seller's own number, else to its members' numbers. Meant for every few seconds.
    """
    recent = Q(placed_at__gt=now - NEW_FOR) | Q(paid_at__gt=now - NEW_FOR)
    unknown = SubOrder.objects.filter(recent, part_number=None, status__in=work.WORKABLE)
    sellers = list(Seller.objects.filter(pk__in=unknown.values("seller")).order_by("pk"))
    with_goods = set(work.parts_to_prepare(sellers).filter(part_number=None).values_list("seller", flat=True))
    return sum(_tell(seller, now=now) for seller in sellers if seller.pk in with_goods)


@transaction.atomic
def _tell(seller: Seller, *, now: datetime) -> int:
    numbered = [row.part for row in number_parts([seller])]
    new = [part.pk for part in numbered if part.placed_at > now - NEW_FOR]
    if not new:
        return 0
    told = 0
    for phone in _phones(seller):
        with speaking_to(phone):
            orders = selectors.orders_of([seller], today=timezone.localdate(now), part_ids=new)
            texts = {order.part_id: _new_order(order) for order in orders}
        for part_id, text in texts.items():
            key = f"new-order/{part_id}/{phone}"
            messaging.send(to=phone, text=text, purpose="new-order", key=key, now=now)
            told += 1
    return told


def _new_order(order: Order) -> str:
    tail = _(" Send by %(day)s. Accept: NHAN %(number)d") % {"day": order.send_on, "number": order.number}
    head = _("New order %(number)d, %(total)s: %(lines)s.") % {
        "number": order.number,
        "total": dong(order.total_vnd),
        "lines": order.lines,
    }
    return fit(head, SCREEN - len(fit(tail)) - 1) + " " + fit(tail)


def tell_payout(*, event: Event, now: datetime) -> int:
    """Write an SMS to a seller whose payout arrived, or came back; return how many. Repeats tell once.

    To the numbers that new orders are told to. Payouts to anybody else than a seller are told to nobody.
    """
    payout = event.payout
    number = (payout.payee if payout else "").removeprefix("seller-")
    seller = Seller.objects.filter(pk=int(number)).first() if number.isdigit() else None
    if payout is None or seller is None:
        return 0
    words = {
        "amount": dong(payout.amount_vnd),
        "wallet": as_dialled(payout.wallet),
        "seller": short(seller.name, 30),
    }
    phones = _phones(seller)
    for phone in phones:
        with speaking_to(phone):
            if event.kind == Event.Kind.PAYOUT_SUCCEEDED:
                text = _("Paid: %(amount)s for %(seller)s is in the wallet %(wallet)s. All your money: TIEN")
            else:
                text = _("%(amount)s for %(seller)s came back from the wallet %(wallet)s. Name it again: VI")
        key = f"{event.kind}/{payout.pk}/{phone}"
        messaging.send(to=phone, text=fit(text % words), purpose="payout", key=key, now=now)
    return len(phones)


def _phones(seller: Seller) -> list[str]:
    if seller.phone:
        return [str(seller.phone)]
    return [str(user.phone) for user in seller.members.filter(is_active=True).order_by("pk")]


def forget(*, now: datetime) -> int:
    """Empty old messages and drop old sessions: a market keeps no diary. Returns how many messages."""
    Session.objects.filter(began_at__lt=now - SESSIONS_KEPT).delete()
    old = Inbound.objects.filter(received_at__lt=now - TEXTS_KEPT)
    return old.exclude(text="", answer="").update(text="", answer="")
