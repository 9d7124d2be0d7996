"""What buyers hear by SMS of goods that were weighed, and of harvests that gave too little."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from agriculture.harvests.models import PreOrder
from marketplace.fulfilment.models import Placement, Weighing
from marketplace.messaging import services as messaging

TITLE_LETTERS = 30  # of a product, so that all of it is one SMS


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
    with translation.override(settings.LANGUAGE_CODE):
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
    with translation.override(settings.LANGUAGE_CODE):
        text = (
            _("%(order)s: the harvest of %(title)s gave too little. We pay back %(missing)d of %(quantity)d.")
            % said
        )
    _send(text, placement, key=f"missing/{preorder.pk}", now=now)


def _send(text: str, placement: Placement, *, key: str, now: datetime) -> None:
    messaging.send(to=str(placement.phone), text=text, purpose="order", key=key, now=now)
