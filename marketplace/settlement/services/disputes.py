"""What buyers complain of: it freezes the money of a part until it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.errors import Invalid
from marketplace.sellers.models import SubOrder
from marketplace.settlement.errors import AlreadyDisputed, NotPaid, RefundTooLarge, TooLateToComplain
from marketplace.settlement.models import Dispute, DisputePhoto, DisputeStep, PartClock

from . import booking, refunds
from .story import answer_by, tell


def may_open(clock: PartClock, *, now: datetime) -> bool:
    """Whether a buyer may still complain about a paid part: it is not delivered, or was so lately."""
    return (
        clock.released_at is None
        and clock.frozen_by_id is None
        and (clock.release_at is None or now < clock.release_at)
    )


@transaction.atomic
def open_dispute(
    *,
    part: SubOrder,
    reason: str,
    now: datetime,
    line_id: int | None = None,
    wanted_vnd: int | None = None,
    user: Any = None,
    phone: str = "",
    photos: Sequence[bytes] = (),
) -> Dispute:
    """Record a buyer's complaint about a paid part, or one line of it, and stop the release of its money.

    ``wanted_vnd`` None means all that is left of it; ``photos`` are small WebP pictures. The seller is asked
    to answer first. Whoever calls this has checked that it is the buyer.
    Raises NotPaid, TooLateToComplain, AlreadyDisputed, RefundTooLarge, Invalid.
    """
    clock = booking.lock_clock(part.pk)
    if clock.part.status != SubOrder.Status.PAID:
        raise NotPaid(part.number)
    if clock.frozen_by_id is not None:
        raise AlreadyDisputed(part.number)
    if not may_open(clock, now=now):
        raise TooLateToComplain(part.number)
    if not reason.strip():
        raise Invalid("reason", _("Write what is wrong, in a few words."))
    left_vnd = _left_vnd(clock.part, line_id)
    wanted_vnd = left_vnd if wanted_vnd is None else wanted_vnd
    if not 0 < wanted_vnd <= left_vnd:
        raise RefundTooLarge(what=part.number, left_vnd=left_vnd, wanted_vnd=wanted_vnd)
    dispute = Dispute.objects.create(
        part=part,
        line_id=line_id,
        opened_by=user,
        phone=phone,
        reason=reason.strip()[:2_000],
        wanted_vnd=wanted_vnd,
        level=Dispute.Level.SELLER,
        answer_by=answer_by(Dispute.Level.SELLER, now=now),
        opened_at=now,
    )
    DisputePhoto.objects.bulk_create(
        DisputePhoto(dispute=dispute, webp=photo, added_at=now) for photo in photos
    )
    clock.frozen_by = dispute
    clock.save(update_fields=["frozen_by"])
    tell(dispute, DisputeStep.Kind.OPENED, by=user, amount_vnd=wanted_vnd, now=now)
    return dispute


@transaction.atomic
def decide_dispute(*, dispute_id: int, refund_vnd: int, note: str, by: Any, now: datetime) -> Dispute:
    """Give the buyer ``refund_vnd`` back and the seller the rest; 0 gives the seller everything.

    What is left is due at once, for the next release. Deciding again changes nothing and returns what was
    decided first. Raises RefundTooLarge, NotPaid, Invalid.
    """
    part_id = Dispute.objects.values_list("part", flat=True).get(pk=dispute_id)
    clock = booking.lock_clock(part_id)
    dispute = Dispute.objects.select_for_update().get(pk=dispute_id)
    if dispute.state == Dispute.State.DECIDED:
        return dispute
    if not note.strip():
        raise Invalid("note", _("Write why it is decided so: the buyer and the seller will ask."))
    end(clock, dispute, refund_vnd=refund_vnd, note=note, by=by, now=now)
    return dispute


def end(
    clock: PartClock,
    dispute: Dispute,
    *,
    refund_vnd: int,
    note: str,
    by: Any,
    now: datetime,
    kind: DisputeStep.Kind = DisputeStep.Kind.DECIDED,
) -> None:
    """Close a locked dispute of a locked part; its money goes where it belongs. Raises RefundTooLarge."""
    clock.frozen_by = None
    clock.delivered_at = clock.delivered_at or now
    clock.release_at = max(clock.delivered_at, min(clock.release_at or now, now))
    clock.save(update_fields=["frozen_by", "delivered_at", "release_at"])
    if refund_vnd:
        _refund(dispute, clock, refund_vnd, now=now)
    dispute.state = Dispute.State.DECIDED
    dispute.decision = Dispute.Decision.REFUND if refund_vnd else Dispute.Decision.RELEASE
    dispute.refund_vnd, dispute.note = refund_vnd, note.strip()[:500]
    dispute.decided_by, dispute.decided_at, dispute.offer_vnd = by, now, None
    dispute.save(
        update_fields=[
            "state", "decision", "refund_vnd", "note", "decided_by", "decided_at", "offer_vnd",
        ]
    )  # fmt: skip
    tell(dispute, kind, by=by, amount_vnd=refund_vnd, words=dispute.note, now=now)


def left_of_dispute(dispute: Dispute) -> int:
    """Return how many đồng of what the dispute is about can still be given back."""
    return _left_vnd(dispute.part, dispute.line_id)


def _left_vnd(part: SubOrder, line_id: int | None) -> int:
    left = refunds.left_to_refund(part)
    return left.total_vnd if line_id is None else left.lines.get(line_id, 0)


def _refund(dispute: Dispute, clock: PartClock, refund_vnd: int, *, now: datetime) -> None:
    left_vnd = left_of_dispute(dispute)
    if not 0 < refund_vnd <= left_vnd:
        raise RefundTooLarge(what=clock.part.number, left_vnd=left_vnd, wanted_vnd=refund_vnd)
    facts: dict[str, Any] = {
        "reason": f"dispute {dispute.pk}",
        "refund_id": dispute.refund_id,
        "now": now,
        "amount_vnd": refund_vnd,
    }
    if dispute.line_id is None:
        refunds.refund_part(part=clock.part, **facts)
    else:
        refunds.refund_line(line_id=dispute.line_id, **facts)
