"""Asking for money, and giving up on it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from payments import providers
from payments.compiled import compiled
from payments.errors import HoldEnded, IntentConflict, NotSupported, OpenIntentExists
from payments.models import Event, Intent, Operation, Share
from payments.money import AMOUNT_VND_MAX
from payments.providers.base import Capability
from payments.services import asking
from payments.services.locking import derive_state, lock_intent
from payments.services.outbox import emit, run_later
from payments.states import ANSWER_WITHIN


def start_payment(
    *,
    reference: str,
    provider: str,
    payer: str,
    shares: Mapping[str, int],
    description: str,
    expires_at: datetime,
    now: datetime,
    amount_vnd: int | None = None,
    intent_id: UUID | None = None,
    is_sale: bool = True,
    language: str = "",
) -> Intent:
    """Ask ``payer`` (E.164) through ``provider`` for the sum of ``shares`` and return the intent.

    ``shares`` maps the references of the parts of ``reference`` to what each gets, in đồng; ``amount_vnd``,
    if given, must be their sum. Intent and operation are committed before the provider is called, so this
    must not run inside a transaction, unless the provider is IN_HOUSE and nobody is called. No answer
    leaves the intent pending, to be settled by a callback or by asking again; a refusal leaves it failed;
    neither raises. ``is_sale`` False only reserves the money, until capture() or void(). A provider's page
    speaks ``language``, by default that of whoever is being served.

    With an ``intent_id`` made beforehand, repeats return that intent whatever became of it, or raise
    IntentConflict if they ask for something else. Without one, repeats with the same provider and payer
    return the same intent while it is open. A reference that is already paid for is never charged again:
    its intent is returned. Raises OpenIntentExists if the reference is being paid in another way,
    HoldEnded if ``expires_at`` has passed, UnknownProvider, NotSupported if the provider cannot reserve.
    """
    amount_vnd = _sum_of(shares, amount_vnd)
    capabilities = providers.get(provider).capabilities  # of an unknown one nothing is written
    if not is_sale and Capability.AUTHORIZE not in capabilities:
        raise NotSupported(provider=provider, verb="reserve money")
    wanted = Intent(
        id=intent_id or uuid4(),
        reference=reference,
        amount_vnd=amount_vnd,
        provider=provider,
        payer=payer,
        description=str(description),  # may be translated as late as here
        language=language or get_language() or settings.LANGUAGE_CODE,
        expires_at=expires_at,
        created_at=now,
    )
    with transaction.atomic(durable=Capability.IN_HOUSE not in capabilities):
        intent, operation = _open(wanted, shares, is_sale=is_sale)
    if operation is not None:
        asking.call(operation, now=now)
        (intent,) = _itself(intent.pk)
    return intent


def _sum_of(shares: Mapping[str, int], amount_vnd: int | None) -> int:
    total_vnd = sum(shares.values())
    assert all(isinstance(share_vnd, int) and share_vnd > 0 for share_vnd in shares.values()), shares
    assert 0 < total_vnd <= AMOUNT_VND_MAX, total_vnd
    assert amount_vnd in (None, total_vnd), (amount_vnd, shares)
    return total_vnd


def expire(*, intent_id: UUID, now: datetime) -> Intent:
    """Give up waiting for an intent: its hold has ended or its order was cancelled.

    Changes nothing unless the intent is open. Money that comes all the same is recorded when it comes. A
    provider that can is asked, later, to close what waits for the payer, or to release what is reserved.
    """
    with transaction.atomic():
        intent = lock_intent(intent_id)
        awaited = Operation.objects.select_for_update(no_key=True).filter(
            intent=intent,
            kind__in=[Operation.Kind.AUTHORIZE, Operation.Kind.CAPTURE],
            state__in=Operation.OPEN_STATES,
        )
        for operation in awaited.order_by("created_at", "pk"):
            operation.intent = intent
            _expire(operation, now=now)
        if intent.state == Intent.State.AUTHORIZED:
            _release(intent, now=now)
        if intent.state in Intent.OPEN_STATES:
            derive_state(intent)
    return intent


def _open(wanted: Intent, shares: Mapping[str, int], *, is_sale: bool) -> tuple[Intent, Operation | None]:
    """Insert the intent with its shares and its operation, or return the one that already stands for it."""
    standing = _standing(wanted)
    if standing is None:
        if wanted.expires_at <= wanted.created_at:
            raise HoldEnded(reference=wanted.reference, expires_at=wanted.expires_at)
        try:
            with transaction.atomic():
                wanted.state = Intent.State.PENDING
                wanted.save(force_insert=True)
        except IntegrityError:
            standing = _standing(wanted)  # somebody was faster by a moment
            if standing is None:
                raise
    if standing is not None:
        return standing, None

    Share.objects.bulk_create(
        Share(intent=wanted, reference=reference, amount_vnd=share_vnd)
        for reference, share_vnd in sorted(shares.items())
    )
    operation = Operation.objects.create(
        intent=wanted,
        kind=Operation.Kind.AUTHORIZE,
        is_capturing=is_sale,
        amount_vnd=wanted.amount_vnd,
        provider=wanted.provider,
        state=Operation.State.SUBMITTED,
        next_ask_at=wanted.created_at + ANSWER_WITHIN,
        created_at=wanted.created_at,
    )
    return wanted, operation


def _standing(wanted: Intent) -> Intent | None:
    """Return the intent that already stands for what is wanted, if any.

    That is the one of the same id, else a paid one, else an open one of the same reference. Raises
    IntentConflict or OpenIntentExists if that one asks for something else.
    """
    rows = {intent.pk: intent for intent in _candidates(wanted.pk, wanted.reference)}
    itself = rows.get(wanted.pk)
    if itself is not None:
        if not _is_same(itself, wanted):
            raise IntentConflict(intent_id=itself.pk, recorded=_in_words(itself), asked=_in_words(wanted))
        return itself
    intents = sorted(
        rows.values(), key=lambda intent: (intent.state in Intent.OPEN_STATES, intent.created_at)
    )
    if not intents:
        return None
    standing = intents[0]
    if standing.state in Intent.OPEN_STATES and not _is_same(standing, wanted):
        raise OpenIntentExists(reference=wanted.reference, intent_id=standing.pk, provider=standing.provider)
    return standing


@compiled
def _candidates(intent_id: UUID, reference: str) -> QuerySet[Intent]:
    """The intent of that id, and those that still stand for ``reference``."""
    standing = Q(reference=reference, state__in=[*Intent.PAID_STATES, *Intent.OPEN_STATES])
    return Intent.objects.filter(Q(pk=intent_id) | standing)


@compiled
def _itself(intent_id: UUID) -> QuerySet[Intent]:
    return Intent.objects.filter(pk=intent_id)


def _is_same(one: Intent, other: Intent) -> bool:
    return (one.reference, one.provider, one.payer, one.amount_vnd) == (
        other.reference,
        other.provider,
        other.payer,
        other.amount_vnd,
    )


def _in_words(intent: Intent) -> str:
    return f"{intent.amount_vnd:,} VND for {intent.reference} from {intent.payer} through {intent.provider}"


def _expire(operation: Operation, *, now: datetime) -> None:
    operation.state = Operation.State.EXPIRED
    operation.ended_at = now
    operation.next_ask_at = now  # one more look: the money may have moved while nobody told us
    operation.save(update_fields=["state", "ended_at", "next_ask_at"])
    emit(operation, Event.Kind.PAYMENT_EXPIRED, {}, now=now)
    _void(operation, now=now)


def _release(intent: Intent, *, now: datetime) -> None:
    """Let go of what a locked intent has reserved, unless somebody is capturing or releasing it."""
    followers = Operation.objects.filter(
        intent=intent, kind__in=[Operation.Kind.CAPTURE, Operation.Kind.VOID]
    ).exclude(state=Operation.State.FAILED)
    if not followers.exists():
        authorised = Operation.objects.get(
            intent=intent, kind=Operation.Kind.AUTHORIZE, state=Operation.State.SUCCEEDED
        )
        authorised.intent = intent
        _void(authorised, now=now)


def _void(operation: Operation, *, now: datetime) -> None:
    """Have the provider close or release ``operation``, if it can."""
    if not providers.can(operation.provider, Capability.VOID):
        return
    release = Operation.objects.create(
        intent=operation.intent,
        original=operation,
        kind=Operation.Kind.VOID,
        amount_vnd=operation.amount_vnd,
        provider=operation.provider,
        next_ask_at=now + ANSWER_WITHIN,
        created_at=now,
    )
    run_later("payments.tasks.submit_operation", operation_id=str(release.pk))
