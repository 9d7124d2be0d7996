"""The story of a dispute: each step is written down, and told by SMS to whom it concerns."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from marketplace.messaging import services as messaging
from marketplace.messaging.readers import speaking_to
from marketplace.settlement.models import Dispute, DisputeStep
from marketplace.settlement.rules import ladder_rule

Kind, Level = DisputeStep.Kind, Dispute.Level
# Nothing is told by a step that only explains the one after it.
_OF_BUYER = {Kind.OFFERED, Kind.CLIMBED, Kind.SILENT, Kind.DECIDED}
_OF_SELLER = {Kind.OPENED, Kind.AGREED, Kind.CLIMBED, Kind.WITHDRAWN, Kind.DECIDED}


def answer_by(level: str, *, now: datetime) -> datetime:
    """Return until when a step that begins ``now`` has to answer, by the rule of the day."""
    rule = ladder_rule(timezone.localdate(now))
    hours = {
        Level.SELLER: rule.seller_hours,
        Level.COMMUNE: rule.commune_hours,
        Level.PROVINCE: rule.province_hours,
    }[Level(level)]
    return now + timedelta(hours=hours)


def tell(
    dispute: Dispute,
    kind: DisputeStep.Kind,
    *,
    by: Any,
    now: datetime,
    amount_vnd: int | None = None,
    words: str = "",
) -> DisputeStep:
    """Write a step into the story, as the dispute stands after it, and tell those who do not know yet."""
    step = DisputeStep.objects.create(
        dispute=dispute,
        kind=kind,
        level=dispute.level,
        amount_vnd=amount_vnd,
        words=words[:500],
        by=by,
        at=now,
    )
    if kind in _OF_BUYER and dispute.phone:
        _send(dispute, step, to=str(dispute.phone), side="buyer")
    if kind in _OF_SELLER and dispute.part.seller.phone:
        _send(dispute, step, to=str(dispute.part.seller.phone), side="seller")
    return step


def _send(dispute: Dispute, step: DisputeStep, *, to: str, side: str) -> None:
    with speaking_to(to):
        text = _text(dispute, step)
    link = "/sell/disputes/" if side == "seller" else f"/orders/{dispute.part.order.number}/"
    key = f"dispute/{step.pk}/{side}"
    messaging.send(to=to, text=text, purpose="dispute", key=key, link=link, now=step.at)


def _text(dispute: Dispute, step: DisputeStep) -> str:
    facts = {
        "number": dispute.part.number,
        "amount": f"{step.amount_vnd or 0:,}".replace(",", "."),
        "until": date_format(timezone.localtime(dispute.answer_by), "H:i d/m"),
        "who": dispute.get_level_display(),
    }
    match step.kind:
        case Kind.OPENED:
            words = _("Order %(number)s: the buyer complains. Answer by %(until)s under sell/disputes/.")
        case Kind.OFFERED:
            words = _(
                "Order %(number)s: the seller offers %(amount)s d back. Answer by %(until)s on the order."
            )
        case Kind.AGREED:
            words = _("Order %(number)s: the buyer agrees. %(amount)s d go back, the rest is yours.")
        case Kind.WITHDRAWN:
            words = _("Order %(number)s: the buyer took the complaint back. The money is yours.")
        case Kind.DECIDED:
            words = _("Order %(number)s: the complaint is decided. %(amount)s d go back to the buyer.")
        case _kind:
            words = _("Order %(number)s: the complaint is now with %(who)s, until %(until)s.")
    return words % facts
