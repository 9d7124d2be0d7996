"""The ladder of a dispute: the seller answers, else the co-operative or the commune, else the province.

Every step takes the lock of the part's money first, then that of the dispute, as a decision does.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace import sweeps
from marketplace.errors import Invalid
from marketplace.settlement.errors import DisputeOver, NotYourTurn, RefundTooLarge
from marketplace.settlement.models import Dispute, DisputeStep, PartClock

from . import booking
from .disputes import end, left_of_dispute
from .story import answer_by, tell

Kind, Level = DisputeStep.Kind, Dispute.Level
ABOVE = {Level.SELLER: Level.COMMUNE, Level.COMMUNE: Level.PROVINCE}
PER_RUN = 200


@transaction.atomic
def answer(*, dispute_id: int, offer_vnd: int, words: str, by: Any, now: datetime) -> Dispute:
    """Answer a complaint as its seller: give all that is wanted back, offer a part of it, or 0 to say no.

    All that is wanted ends it; an offer is the buyer's to agree to; a no hands it on. Whoever calls this has
    checked that ``by`` may act for the seller. Raises NotYourTurn, DisputeOver, RefundTooLarge, Invalid.
    """
    clock, dispute = _locked(dispute_id)
    if dispute.level != Level.SELLER or dispute.offer_vnd is not None:
        raise NotYourTurn(dispute.part.number)
    words = words.strip()
    if offer_vnd < dispute.wanted_vnd and not words:
        raise Invalid("words", _("Write why: the buyer reads it."))
    left_vnd = left_of_dispute(dispute)
    if not 0 <= offer_vnd <= min(dispute.wanted_vnd, left_vnd):
        raise RefundTooLarge(
            what=dispute.part.number, left_vnd=min(dispute.wanted_vnd, left_vnd), wanted_vnd=offer_vnd
        )
    if offer_vnd == dispute.wanted_vnd:
        note = words or _("The seller gives back all that was asked for.")
        end(clock, dispute, refund_vnd=offer_vnd, note=note, by=by, now=now)
    elif offer_vnd == 0:
        tell(dispute, Kind.REFUSED, by=by, words=words, now=now)
        _climb(dispute, now=now)
    else:
        dispute.offer_vnd = offer_vnd
        dispute.answer_by = answer_by(Level.SELLER, now=now)
        dispute.save(update_fields=["offer_vnd", "answer_by"])
        tell(dispute, Kind.OFFERED, by=by, amount_vnd=offer_vnd, words=words, now=now)
    return dispute


@transaction.atomic
def agree(*, dispute_id: int, agrees: bool, by: Any, now: datetime) -> Dispute:
    """Answer the seller's offer as the buyer: take it, or have the next step decide.

    Repeats of a yes change nothing. Raises NotYourTurn, DisputeOver.
    """
    clock, dispute = _locked(dispute_id)
    if dispute.offer_vnd is None:
        raise NotYourTurn(dispute.part.number)
    if agrees:
        end(
            clock,
            dispute,
            refund_vnd=dispute.offer_vnd,
            note=_("The buyer agreed to what the seller offered."),
            by=by,
            now=now,
            kind=Kind.AGREED,
        )
    else:
        tell(dispute, Kind.NOT_AGREED, by=by, now=now)
        _climb(dispute, now=now)
    return dispute


@transaction.atomic
def withdraw(*, dispute_id: int, by: Any, now: datetime) -> Dispute:
    """Take a complaint back as its buyer: the money is the seller's. Raises DisputeOver."""
    clock, dispute = _locked(dispute_id)
    end(
        clock,
        dispute,
        refund_vnd=0,
        note=_("The buyer took the complaint back."),
        by=by,
        now=now,
        kind=Kind.WITHDRAWN,
    )
    return dispute


def escalate_due(*, now: datetime) -> int:
    """Hand on every dispute whose time to answer is over; return how many.

    On the last step there is nobody above: it is written into the story, and its clock begins again.
    """
    due = Dispute.objects.filter(state=Dispute.State.OPEN, answer_by__lte=now).order_by("answer_by", "pk")
    return sweeps.each(
        due.values_list("pk", flat=True)[:PER_RUN],
        partial(_escalate, now=now),
        failure="Dispute %s could not be handed on",
    )


@transaction.atomic
def _escalate(dispute_id: int, *, now: datetime) -> bool:
    try:
        _clock, dispute = _locked(dispute_id)
    except DisputeOver:
        return False
    if dispute.answer_by > now:
        return False
    if dispute.level == Level.PROVINCE:
        dispute.answer_by = answer_by(Level.PROVINCE, now=now)
        dispute.save(update_fields=["answer_by"])
        tell(dispute, Kind.SILENT, by=None, now=now)
    else:
        _climb(dispute, now=now)
    return True


def _climb(dispute: Dispute, *, now: datetime) -> None:
    """Hand a locked dispute to the next step of the ladder."""
    dispute.level = ABOVE[Level(dispute.level)]
    dispute.offer_vnd = None
    dispute.answer_by = answer_by(dispute.level, now=now)
    dispute.save(update_fields=["level", "offer_vnd", "answer_by"])
    tell(dispute, Kind.CLIMBED, by=None, now=now)


def _locked(dispute_id: int) -> tuple[PartClock, Dispute]:
    part_id = Dispute.objects.values_list("part", flat=True).get(pk=dispute_id)
    clock = booking.lock_clock(part_id)
    disputes = Dispute.objects.select_for_update(of=("self",)).select_related("part__seller")
    dispute = disputes.get(pk=dispute_id)
    if dispute.state == Dispute.State.DECIDED:
        raise DisputeOver(dispute.part.number)
    return clock, dispute
