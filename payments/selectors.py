"""Everything that reads payments."""

from uuid import UUID

from django.db.models import F, QuerySet

from payments.compiled import compiled
from payments.ledger import selectors as books
from payments.models import Claim, Intent, Operation, Share
from payments.services import booking


def newest_intent(reference: str) -> Intent | None:
    """Return the intent for ``reference`` that was started last, if any."""
    return Intent.objects.filter(reference=reference).order_by("-created_at", "-pk").first()


def intent_state(intent_id: UUID) -> str | None:
    """Return the state of one intent; None if there is none of this id."""
    return next(iter(_states(intent_id)), None)


def action_of(intent: Intent) -> dict:
    """Return what the payer must do next to pay ``intent``, in the provider's terms; empty if nothing."""
    return next(iter(_actions(intent.pk)), {})


def refusal_of(intent_id: UUID) -> str:
    """Return the provider's code for why the intent was not paid; empty if it was not refused."""
    refused = Operation.objects.filter(
        intent=intent_id, kind=Operation.Kind.AUTHORIZE, state=Operation.State.FAILED
    )
    return refused.order_by("-created_at").values_list("error_code", flat=True).first() or ""


def left_to_refund(intent_id: UUID) -> dict[str, int]:
    """Return for each part of a paid intent how many đồng may still be refunded; parts with 0 are absent."""
    shares = Share.objects.filter(
        intent=intent_id, intent__state__in=Intent.PAID_STATES, refunded_vnd__lt=F("captured_vnd")
    )
    rows = shares.order_by("reference").values_list("reference", "captured_vnd", "refunded_vnd")
    return {reference: captured_vnd - refunded_vnd for reference, captured_vnd, refunded_vnd in rows}


def revenue_vnd(*, reference_prefix: str = "") -> int:
    """Return captures minus refunds over all escrow accounts, in đồng.

    ``reference_prefix`` narrows to parts whose reference starts with it, such as those of one order.
    """
    totals = books.total_by_purpose(
        kind=booking.ESCROW, purposes=[booking.CAPTURE, booking.REFUND], reference_prefix=reference_prefix
    )
    return sum(totals.values())


def revenue_by_part() -> dict[str, int]:
    """Return captures minus refunds of every part that was ever paid, by its reference, in đồng."""
    totals = books.total_by_account(kind=booking.ESCROW, purposes=[booking.CAPTURE, booking.REFUND])
    return {booking.share_reference(code): total_vnd for code, total_vnd in totals.items()}


def operations_for(reference: str) -> QuerySet[Operation]:
    """Return every operation for ``reference``, oldest first, with its intent and its original."""
    operations = Operation.objects.filter(intent__reference=reference)
    return operations.select_related("intent", "original").order_by("created_at", "pk")


def claims_about(operation: Operation) -> QuerySet[Claim]:
    """Return what was said of one operation, in the order in which it arrived."""
    return Claim.objects.filter(operation=operation).order_by("pk")


def escrow_of(reference: str) -> dict[str, int]:
    """Return the balance in đồng of every escrow account opened for a part of ``reference``."""
    parts = Share.objects.filter(intent__reference=reference).values_list("reference", flat=True)
    codes = {booking.escrow_code(part) for part in parts}
    return books.balances_vnd(codes)


@compiled
def _states(intent_id: UUID) -> QuerySet[Intent, str]:
    return Intent.objects.filter(pk=intent_id).values_list("state", flat=True)


@compiled
def _actions(intent_id: UUID) -> QuerySet[Operation, dict]:
    actions = Operation.objects.filter(intent=intent_id, kind=Operation.Kind.AUTHORIZE)
    return actions.order_by("pk").values_list("action", flat=True)[:1]
