"""Talking to providers about payouts. Nothing here runs inside a transaction: commit, call, record."""

import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from payments import providers
from payments.errors import (
    AlreadySubmitted,
    ProviderError,
    ProviderRefused,
    UnknownProvider,
    UnknownToProvider,
)
from payments.models import Claim, Payout, PayoutBatch
from payments.providers import base
from payments.providers.base import Credit, Outcome, Report
from payments.services.claims import keep
from payments.services.payout_reports import ask_again_at, record_batch_report
from payments.services.payouts import REFUSED_BATCH
from payments.states import ANSWER_WITHIN, LEASE

# So many per run at most: the next run, seconds later, takes the rest.
ASKED_PER_RUN = 20

logger = logging.getLogger(__name__)


def submit_batch(*, batch_id: UUID, now: datetime) -> bool:
    """Send a recorded batch to its provider. Returns False if it was already sent."""
    is_ours = PayoutBatch.objects.filter(pk=batch_id, state=PayoutBatch.State.CREATED).update(
        state=PayoutBatch.State.SUBMITTED, next_ask_at=now + ANSWER_WITHIN
    )
    if is_ours:
        _send(PayoutBatch.objects.get(pk=batch_id), now=now)
    return bool(is_ours)


def ask_due_batches(*, now: datetime) -> int:
    """Ask the providers about every batch whose time has come and return how many were asked about.

    What never arrived there is sent again with the same id, however long ago it was: it is owed. Several
    workers may do this at once. A provider that does not answer is left alone for the rest of the run.
    """
    asked = 0
    silent: set[str] = set()
    while asked < ASKED_PER_RUN and (batch_id := _claim_due(now=now, without=silent)):
        batch = PayoutBatch.objects.get(pk=batch_id)
        if not _ask(batch, now=now):
            silent.add(batch.provider)
        asked += 1
    return asked


def in_words(batch: PayoutBatch) -> base.PayoutBatch:
    """Return what a provider needs to know of ``batch``: those of its payouts that have not ended."""
    path = reverse("payments:callback", args=[batch.provider, batch.pk])
    open_ones = Payout.objects.filter(batch=batch, state=Payout.State.ON_THE_WAY).order_by("payee")
    return base.PayoutBatch(
        batch_id=batch.pk,
        credits=[
            Credit(payout_id=payout.pk, payee=payout.wallet, amount_vnd=payout.amount_vnd)
            for payout in open_ones
        ],
        requested_at=batch.created_at,
        callback_url=settings.PUBLIC_BASE_URL + path,
    )


def _send(batch: PayoutBatch, *, now: datetime) -> bool:
    """Send ``batch`` and record the answer, or that there was none; whether the provider answered."""
    wanted = in_words(batch)
    try:
        provider = providers.get(batch.provider)
        try:
            reports = provider.payout(wanted)
        except AlreadySubmitted:
            reports = provider.query_payout(wanted)  # an earlier attempt arrived, though its answer did not
    except ProviderRefused as error:
        reports = [_refused(credit.payout_id, error) for credit in wanted.credits]
    except (ProviderError, UnknownProvider) as error:
        _note_silence(batch, error, source=Claim.Source.ANSWER, now=now)
        return False
    _record(batch, reports, source=Claim.Source.ANSWER, now=now)
    return True


def _ask(batch: PayoutBatch, *, now: datetime) -> bool:
    """Ask about one batch; whether the provider answered."""
    if batch.state == PayoutBatch.State.CREATED:
        submit_batch(batch_id=batch.pk, now=now)
        return True
    try:
        reports = providers.get(batch.provider).query_payout(in_words(batch))
    except UnknownToProvider:
        return _send(batch, now=now)
    except (ProviderError, UnknownProvider) as error:
        _note_silence(batch, error, source=Claim.Source.QUERY, now=now)
        return False
    _record(batch, reports, source=Claim.Source.QUERY, now=now)
    return True


def _record(batch: PayoutBatch, reports: list[Report], *, source: Claim.Source, now: datetime) -> None:
    record_batch_report(provider=batch.provider, batch_id=batch.pk, reports=reports, source=source, now=now)


def _refused(payout_id: UUID, error: ProviderRefused) -> Report:
    """The provider took none of the batch: no money moved and none will."""
    return Report(
        payout_id,
        "",
        Outcome.FAILED,
        error_code=f"{REFUSED_BATCH}:{error.reason}",
        error_message=str(error),
        raw=error.raw,
    )


def _note_silence(batch: PayoutBatch, error: Exception, *, source: Claim.Source, now: datetime) -> None:
    """Note that nobody knows what became of ``batch``, and when to ask again."""
    logger.warning("Batch %s of payouts has no answer yet: %s", batch.pk, error)
    with transaction.atomic():
        locked = PayoutBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if locked.state == PayoutBatch.State.ENDED:
            return
        if locked.state != PayoutBatch.State.PENDING:  # what was accepted stays accepted
            locked.state = PayoutBatch.State.UNKNOWN
        locked.error_message = str(error)[:300]
        locked.next_ask_at = ask_again_at(locked, now=now)
        locked.save(update_fields=["state", "error_message", "next_ask_at"])
        if source == Claim.Source.ANSWER:
            silence = Report(batch.pk, "", Outcome.UNKNOWN, raw={"no answer": str(error)})
            keep(batch.provider, silence, source=source, now=now)


def _claim_due(*, now: datetime, without: set[str]) -> UUID | None:
    """Take one batch whose time has come, so that nobody else asks about it during the lease."""
    with transaction.atomic():
        due = PayoutBatch.objects.filter(next_ask_at__lte=now).exclude(provider__in=without)
        batch = due.order_by("next_ask_at", "pk").select_for_update(skip_locked=True, no_key=True).first()
        if batch is None:
            return None
        batch.tries += 1
        batch.next_ask_at = now + LEASE
        batch.save(update_fields=["tries", "next_ask_at"])
    return batch.pk
