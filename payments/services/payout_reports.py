"""Believing what a provider claims of payouts: facts, ledger entries and event in one transaction each."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet

from payments import ledger
from payments.compiled import compiled
from payments.errors import PaymentError, PayoutMismatch, PayoutUnknown, WrongProvider
from payments.models import Claim, Event, Payout, PayoutBatch
from payments.providers.base import Outcome, Report
from payments.services import booking, settling
from payments.services.claims import keep
from payments.services.outbox import emit, run_later
from payments.states import EAGER_FOR, PATIENT_PAUSE, PAUSES

LATE = "payout-late"

logger = logging.getLogger(__name__)


def record_batch_report(
    *, provider: str, batch_id: UUID, reports: Sequence[Report], source: Claim.Source, now: datetime
) -> PayoutBatch:
    """Let what ``provider`` says of the payouts of one batch take effect, each in its own transaction.

    What does not fit is kept as a refused claim and changes nothing. Ends the batch if all its payouts have
    ended, else says when to ask again. Repeats change nothing.
    """
    is_heard = False
    for report in reports:
        try:
            record_payout_report(provider=provider, report=report, source=source, now=now)
        except PaymentError as error:
            logger.error(
                "What %s says of payout %s is not believed: %s", provider, report.operation_id, error
            )
        is_heard = is_heard or report.outcome is not Outcome.UNKNOWN
    with transaction.atomic():
        batch = PayoutBatch.objects.select_for_update(no_key=True).get(pk=batch_id)
        if batch.state == PayoutBatch.State.ENDED:
            return batch
        if not batch.payouts.filter(state=Payout.State.ON_THE_WAY).exists():
            batch.state, batch.ended_at, batch.next_ask_at = PayoutBatch.State.ENDED, now, None
        elif is_heard:
            batch.state, batch.next_ask_at = PayoutBatch.State.PENDING, ask_again_at(batch, now=now)
        batch.save(update_fields=["state", "ended_at", "next_ask_at"])
    return batch


def record_payout_report(*, provider: str, report: Report, source: Claim.Source, now: datetime) -> Payout:
    """Compare what ``provider`` claims of one payout with what was asked and book what follows from it.

    A success is booked once, also when the payout had come back: what the payee no longer has to be paid is
    then owed by them. Any other claim about a payout that ended changes nothing.

    Every claim is kept. Raises PayoutUnknown, WrongProvider or PayoutMismatch when it does not fit; then
    nothing but the claim was written.
    """
    refusal: PaymentError | None = None
    is_news = False
    with transaction.atomic():
        locked = Payout.objects.select_for_update(no_key=True, of=("self",)).select_related("batch")
        payout = locked.filter(pk=report.operation_id).first()
        try:
            checked = _fitting(payout, provider, report)
            with transaction.atomic():
                is_news = _apply(checked, report, now=now)
        except PaymentError as error:
            refusal = error
        # Being told that nothing has happened yet, or once more that it has, is not worth a row.
        if is_news or refusal is not None:
            keep(provider, report, source=source, refusal=refusal, now=now)
    if refusal is not None:
        raise refusal
    return checked


def hear(*, provider: str, report: Report, now: datetime) -> bool:
    """Take a callback that names a batch as the hint to ask about it. Returns False if it names none.

    How many payouts of a batch went through is told by asking, whatever the callback says of it. Raises
    WrongProvider, and keeps the claim, if the batch is another's.
    """
    named = _batches(report.operation_id)
    if not named:
        return False
    (batch,) = named
    refusal = None
    if batch.provider != provider:
        refusal = WrongProvider(reference=f"batch {batch.pk}", expected=batch.provider, received=provider)
    with transaction.atomic():
        keep(provider, report, source=Claim.Source.CALLBACK, refusal=refusal, now=now)
        if refusal is None:
            unended = PayoutBatch.objects.filter(pk=batch.pk).exclude(state=PayoutBatch.State.ENDED)
            if unended.update(next_ask_at=now):
                run_later("payments.tasks.ask_about_payouts")
    if refusal is not None:
        raise refusal
    return True


@compiled
def _batches(batch_id: UUID) -> QuerySet[PayoutBatch]:
    return PayoutBatch.objects.filter(pk=batch_id)


def ask_again_at(batch: PayoutBatch, *, now: datetime) -> datetime:
    """Return when to ask about a batch if ``now`` brought no end: always again, after growing pauses."""
    overdue = now - (batch.created_at + EAGER_FOR)
    if overdue.total_seconds() <= 0:
        return now + PAUSES[min(batch.tries, len(PAUSES) - 1)]
    return now + (PAUSES[-1] if overdue <= EAGER_FOR else PATIENT_PAUSE)


def _fitting(payout: Payout | None, provider: str, report: Report) -> Payout:
    """Return ``payout`` if the claim is about it and about what was asked; raise what does not fit."""
    if payout is None:
        raise PayoutUnknown(payout_id=report.operation_id)
    if payout.provider != provider:
        raise WrongProvider(reference=payout.payee, expected=payout.provider, received=provider)
    is_silent = report.amount_vnd is None and report.outcome is not Outcome.SUCCEEDED
    if report.amount_vnd != payout.amount_vnd and not is_silent:
        received = "no amount" if report.amount_vnd is None else f"{report.amount_vnd:,} VND"
        raise PayoutMismatch(
            payout_id=payout.pk, what="amount", expected=f"{payout.amount_vnd:,} VND", received=received
        )
    if report.reference not in ("", str(payout.pk)):
        raise PayoutMismatch(
            payout_id=payout.pk, what="reference", expected=str(payout.pk), received=report.reference
        )
    if report.provider_ref:
        if payout.provider_ref not in ("", report.provider_ref):
            raise PayoutMismatch(
                payout_id=payout.pk,
                what="transaction",
                expected=payout.provider_ref,
                received=report.provider_ref,
            )
        others = Payout.objects.filter(provider=provider, provider_ref=report.provider_ref)
        if other := others.exclude(pk=payout.pk).first():
            raise PayoutMismatch(
                payout_id=payout.pk,
                what="transaction",
                expected="one of its own",
                received=f"{report.provider_ref}, that of payout {other.pk}",
            )
    return payout


def _apply(payout: Payout, report: Report, *, now: datetime) -> bool:
    """Let a claim that fits take effect; whether it was news."""
    is_late = payout.state != Payout.State.ON_THE_WAY
    if report.outcome is Outcome.SUCCEEDED and payout.state != Payout.State.SUCCEEDED:
        if is_late:
            _post_late(payout)
        else:
            ledger.settle(transfer_id=payout.pk)
        _end(payout, Payout.State.SUCCEEDED, report, now=now)
        emit(payout, Event.Kind.PAYOUT_SUCCEEDED, _payload(payout) | {"late": is_late}, now=now)
        return True
    if report.outcome is Outcome.FAILED and not is_late:
        _free(payout)
        _end(payout, Payout.State.FAILED, report, now=now)
        payload = {"error_code": payout.error_code, "error_message": payout.error_message}
        emit(payout, Event.Kind.PAYOUT_FAILED, _payload(payout) | payload, now=now)
        return True
    return False


def _end(payout: Payout, state: Payout.State, report: Report, *, now: datetime) -> None:
    payout.state = state
    payout.ended_at = now
    payout.provider_ref = report.provider_ref or payout.provider_ref
    payout.error_code = report.error_code[:60]
    payout.error_message = report.error_message[:300]
    payout.save(update_fields=["state", "ended_at", "provider_ref", "error_code", "error_message"])


def _payload(payout: Payout) -> dict[str, str | int]:
    return {"payee": payout.payee, "amount_vnd": payout.amount_vnd, "run": str(payout.batch.run_id)}


def _free(payout: Payout) -> None:
    """Leave what was reserved to the payee, who repays with it what they owe meanwhile."""
    locked = _lock(payout)
    ledger.void(transfer_id=payout.pk)
    code = settling.payable_code(payout.payee)
    account, debt = locked[code], locked[settling.debt_code(payout.payee)]
    settling.repay(
        code,
        account.available_vnd + payout.amount_vnd,
        -debt.balance_vnd,
        repayment_id=payout.pk,
    )


def _post_late(payout: Payout) -> None:
    """Book a payout that came back, so that its hold is gone, and arrived after all."""
    account, debt = settling.payable_code(payout.payee), settling.debt_code(payout.payee)
    left_vnd = min(_lock(payout)[account].available_vnd, payout.amount_vnd)
    for source, amount_vnd in ((account, left_vnd), (debt, payout.amount_vnd - left_vnd)):
        if amount_vnd:
            ledger.post(
                transfer_id=uuid5(payout.pk, f"{LATE} {source}"),
                debit=source,
                credit=booking.clearing_code(payout.provider),
                amount_vnd=amount_vnd,
                purpose=LATE,
                reference=payout.payee,
                memo=str(payout.pk),
            )


def _lock(payout: Payout) -> dict[str, settling.Standing]:
    codes = [settling.payable_code(payout.payee), settling.debt_code(payout.payee)]
    return settling.lock([booking.clearing_code(payout.provider), *codes])
