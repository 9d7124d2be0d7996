"""What buyers hear of their payments, of goods that were weighed, and of harvests that gave too little."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat
from django.utils import translation
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from agriculture.harvests.models import PreOrder
from frontend.templatetags.money import vnd
from marketplace.fulfilment.models import Placement, Weighing
from marketplace.messaging import notices, readers
from marketplace.messaging import services as messaging
from marketplace.messaging.events import EVENTS
from marketplace.messaging.models import Channel, Notice
from marketplace.messaging.readers import speaking_to

Order = get_model("order", "Order")

TITLE_LETTERS = 30  # of a product, so that all of it is one SMS
PAID_WITHIN = timedelta(minutes=40)  # of being placed: longer than anything is held for a payment
TOLD_AT_ONCE = 500


def tell_paid(*, now: datetime) -> int:
    """Tell buyers with an account that their money came; return how many orders. Repeats tell nothing twice.

    Meant for every few seconds: together it costs each payment next to nothing.
    """
    key = Concat(Value("paid/"), OuterRef("number"))
    untold = (
        Order.objects.filter(date_placed__gt=now - PAID_WITHIN, status="paid", user__is_active=True)
        .exclude(Exists(Notice.objects.filter(key=key)))
        .select_related("user")
        .order_by("pk")[:TOLD_AT_ONCE]
    )
    orders = list(untold)
    wanted = readers.channels_of_all({order.user for order in orders}, EVENTS["paid"])
    languages = readers.languages_of({str(order.user.phone) for order in orders})
    told = []
    for order in orders:
        with translation.override(languages[str(order.user.phone)]):
            text = _("Your payment of %(amount)s for order %(number)s has arrived.") % {
                "amount": vnd(order.total_incl_tax),
                "number": order.number,
            }
        told.append(
            Notice(
                user=order.user,
                event="paid",
                text=text,
                link=f"/orders/{order.number}/",
                key=f"paid/{order.number}",
                at=now,
                # The row stands for "told" also where the person wants none on the site.
                read_at=None if Channel.PAGE in wanted[order.user] else now,
            )
        )
    with transaction.atomic():
        new = notices.write(told)
        messaging.by_web(new, wanted, purpose="paid", now=now)
    return len(new)


def weighed(weighing: Weighing, *, placement: Placement, now: datetime) -> None:
    """Tell the buyer what goes back, or is still to be paid, because of what a line weighs.

    Once for each weighing; what weighs as estimated is not told, nor what is paid on hand-over.
    """
    if not weighing.refunded_vnd and not weighing.top_up_vnd:
        return
    said = {
        "order": placement.order.number,
        "title": weighing.weight.line.title[:TITLE_LETTERS],
        "weight": f"{weighing.weight_g / 1000:g}".replace(".", ","),
        "amount": f"{weighing.refunded_vnd or weighing.top_up_vnd:,}".replace(",", "."),
    }
    with speaking_to(placement.phone):
        if weighing.refunded_vnd:
            text = _("%(order)s: %(title)s weighs %(weight)s kg. %(amount)s d goes back to you.") % said
        else:
            text = _("%(order)s: %(title)s weighs %(weight)s kg. Please pay %(amount)s d more.") % said
    _send(text, placement, key=f"weighed/{weighing.pk}", now=now)


def missing(preorder: PreOrder, *, placement: Placement, now: datetime) -> None:
    """Tell the buyer that a harvest gave too little for a line. Once."""
    said = {
        "order": placement.order.number,
        "title": preorder.line.title[:TITLE_LETTERS],
        "missing": preorder.missing,
        "quantity": preorder.quantity,
    }
    with speaking_to(placement.phone):
        text = (
            _("%(order)s: the harvest of %(title)s gave too little. We pay back %(missing)d of %(quantity)d.")
            % said
        )
    _send(text, placement, key=f"missing/{preorder.pk}", now=now)


def _send(text: str, placement: Placement, *, key: str, now: datetime) -> None:
    link = f"/orders/{placement.order.number}/"
    messaging.send(to=str(placement.phone), text=text, purpose="order", key=key, link=link, now=now)
