"""Talking to providers. Nothing here runs inside a transaction: commit, call, record the answer."""

import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from payments import providers
from payments.errors import (
    AlreadySubmitted,
    PaymentError,
    ProviderError,
    ProviderRefused,
    UnknownProvider,
    UnknownToProvider,
)
from payments.models import Claim, Operation
from payments.providers.base import Charge, Outcome, Report
from payments.services.reports import record_report
from payments.states import ANSWER_WITHIN, LEASE, is_owed, next_ask_at

# So many per run at most: the next run, seconds later, takes the rest.
ASKED_PER_RUN = 100

logger = logging.getLogger(__name__)


def submit(*, operation_id: UUID, now: datetime) -> bool:
    """Send a recorded operation to its provider. Returns False if it was already sent."""
    is_ours = Operation.objects.filter(pk=operation_id, state=Operation.State.CREATED).update(
        state=Operation.State.SUBMITTED, next_ask_at=now + ANSWER_WITHIN
    )
    if is_ours:
        call(_with_relations(operation_id), now=now)
    return bool(is_ours)


def ask_due(*, now: datetime) -> int:
    """Ask the providers about every operation whose time has come and return how many were asked about.

    What never arrived there is sent again with the same id, while the intent has not expired. Several
    workers may do this at once: none asks about what another is asking about. A provider that does not
    answer is left alone for the rest of the run.
    """
    asked = 0
    silent: set[str] = set()
    while asked < ASKED_PER_RUN and (operation_id := _claim_due(now=now, without=silent)):
        operation = _with_relations(operation_id)
        if not _ask(operation, now=now):
            silent.add(operation.provider)
        asked += 1
    return asked


def call(operation: Operation, *, now: datetime) -> None:
    """Send ``operation`` to its provider and record the answer, or that there was none.

    Never raises for what the provider says or does not say.
    """
    try:
        report = _send(operation)
    except ProviderRefused as error:
        report = Report(
            operation.pk,
            "",
            Outcome.FAILED,
            error_code=error.reason,
            error_message=str(error),
            raw=error.raw,
        )
    except (ProviderError, UnknownProvider) as error:
        logger.warning("Operation %s has no answer yet: %s", operation.pk, error)
        report = Report(
            operation.pk, "", Outcome.UNKNOWN, error_message=str(error), raw={"no answer": str(error)}
        )
    _record(operation, report, source=Claim.Source.ANSWER, now=now)


def charge_of(operation: Operation) -> Charge:
    """Return what a provider needs to know of ``operation``. Needs its intent and its original."""
    intent, original = operation.intent, operation.original
    base = settings.PUBLIC_BASE_URL
    path = reverse("payments:callback", args=[operation.provider, operation.pk])
    return Charge(
        operation_id=operation.pk,
        reference=intent.reference,
        amount_vnd=operation.amount_vnd,
        requested_at=operation.created_at,
        expires_at=intent.expires_at,
        payer=intent.payer,
        description=intent.description,
        is_sale=operation.is_capturing,
        callback_url=base + path,
        notice_url=base + reverse("payments:notice", args=[operation.provider]),
        return_url=base + settings.PAYMENT_PAGE.format(intent_id=intent.pk),
        language=intent.language,
        provider_ref=operation.provider_ref,
        original_id=original.pk if original else None,
        original_ref=original.provider_ref if original else "",
        original_requested_at=original.created_at if original else None,
        original_amount_vnd=original.amount_vnd if original else None,
    )


def _send(operation: Operation) -> Report:
    provider = providers.get(operation.provider)
    charge = charge_of(operation)
    verb = {
        Operation.Kind.AUTHORIZE: provider.authorize,
        Operation.Kind.CAPTURE: provider.capture,
        Operation.Kind.VOID: provider.void,
        Operation.Kind.REFUND: provider.refund,
    }[Operation.Kind(operation.kind)]
    try:
        return verb(charge)
    except AlreadySubmitted:
        return provider.query(charge)  # an earlier attempt arrived, though its answer did not


def _ask(operation: Operation, *, now: datetime) -> bool:
    """Ask about one operation; whether the provider answered."""
    if operation.state == Operation.State.CREATED:
        submit(operation_id=operation.pk, now=now)
        return True
    report = Report(operation.pk, "", Outcome.UNKNOWN)
    is_answered = True
    try:
        report = providers.get(operation.provider).query(charge_of(operation))
    except UnknownToProvider as error:
        if operation.is_open and (is_owed(operation) or now < operation.intent.expires_at):
            call(operation, now=now)
            return True
        if now >= operation.intent.expires_at + LEASE:
            # It never arrived, and whatever was still under way has been given up by now.
            report = Report(
                operation.pk, "", Outcome.FAILED, error_code="never_arrived", error_message=str(error)
            )
    except (ProviderError, UnknownProvider) as error:
        logger.warning("Cannot ask about operation %s: %s", operation.pk, error)
        is_answered = False
    _record(operation, report, source=Claim.Source.QUERY, now=now)
    return is_answered


def _record(operation: Operation, report: Report, *, source: Claim.Source, now: datetime) -> None:
    try:
        record_report(provider=operation.provider, report=report, source=source, now=now)
    except PaymentError:
        # The claim is kept and the operation stays as it was: somebody has to look at it. Until then it is
        # asked about as seldom as any other, and as long.
        pending = Operation.objects.filter(pk=operation.pk, next_ask_at__isnull=False)
        pending.update(next_ask_at=next_ask_at(operation, now=now))
        logger.exception("What %s says of operation %s is not believed", operation.provider, operation.pk)


def _claim_due(*, now: datetime, without: set[str]) -> UUID | None:
    """Take one operation whose time has come, so that nobody else asks about it during the lease."""
    with transaction.atomic():
        due = Operation.objects.filter(next_ask_at__lte=now).exclude(provider__in=without)
        operation = due.order_by("next_ask_at", "pk").select_for_update(skip_locked=True, no_key=True).first()
        if operation is None:
            return None
        operation.tries += 1
        operation.next_ask_at = now + LEASE
        operation.save(update_fields=["tries", "next_ask_at"])
    return operation.pk


def _with_relations(operation_id: UUID) -> Operation:
    return Operation.objects.select_related("intent", "original").get(pk=operation_id)
