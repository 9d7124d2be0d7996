"""The words of Stripe's API: what its objects and events say, as Reports and statement lines.

Shapes as in docs.stripe.com/api. What is ours travels in ``metadata``: ``operation`` (the operation's id),
``reference`` (the order's number), ``kind``; on what was captured or released ``capture`` and ``void``.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from payments.errors import UnreadableReport
from payments.money import AMOUNT_VND_MAX
from payments.providers.base import Outcome, Report, StatementLine
from payments.providers.reading import text_in

CURRENCY = "vnd"
SALE, AUTHORIZATION = "sale", "authorization"
Shape = Mapping[str, Any]

REFUND_OUTCOMES = {
    "succeeded": Outcome.SUCCEEDED,
    "failed": Outcome.FAILED,
    "canceled": Outcome.FAILED,
    "pending": Outcome.PENDING,
    "requires_action": Outcome.PENDING,
}
# What a page's end or a card's refusal is called: docs.stripe.com/declines/codes, and a few error codes.
REFUSALS = frozenset({
    "amount_too_large", "amount_too_small", "approve_with_id", "authentication_required", "call_issuer",
    "card_declined", "card_not_supported", "card_velocity_exceeded", "currency_not_supported",
    "do_not_honor", "do_not_try_again", "duplicate_transaction", "expired_card", "fraudulent",
    "generic_decline", "incorrect_address", "incorrect_cvc", "incorrect_number", "incorrect_pin",
    "incorrect_zip", "insufficient_funds", "invalid_account", "invalid_amount", "invalid_cvc",
    "invalid_expiry_month", "invalid_expiry_year", "invalid_number", "invalid_pin", "invalid_request",
    "issuer_not_available", "live_mode_test_card", "lost_card", "merchant_blacklist",
    "new_account_information_available", "no_action_taken", "not_permitted", "payment_canceled",
    "payment_intent_authentication_failure", "pickup_card", "pin_try_exceeded", "processing_error",
    "reenter_transaction", "restricted_card", "revocation_of_all_authorizations",
    "revocation_of_authorization", "security_violation", "service_not_allowed", "session_expired",
    "stolen_card", "stop_payment_order", "testmode_decline", "transaction_not_allowed", "try_again_later",
    "withdrawal_count_limit_exceeded",
})  # fmt: skip
CHARGES = ("charge", "payment")
REFUNDS = ("refund", "payment_refund")
# What is kept of an object: enough to look into a dispute, and nothing about the card's holder.
KEPT = (
    "id", "object", "status", "payment_status", "amount", "amount_total", "amount_received", "currency",
    "created", "metadata", "failure_reason", "cancellation_reason",
)  # fmt: skip


def read_session(operation_id: UUID, session: Shape) -> Report:
    """Read a Checkout Session, its PaymentIntent expanded or not. Raises UnreadableReport.

    A session whose page is open waits for the payer, also after a card was declined: they may try another.
    """
    found = session.get("payment_intent")
    intent: Shape = found if isinstance(found, Mapping) else {}
    amount_vnd = _amount_vnd(operation_id, session, "amount_total")
    is_sale = _metadata(session).get("kind") != AUTHORIZATION
    status, outcome, error = session.get("status"), Outcome.PENDING, ("", "")
    action: dict[str, Any] = {}
    if status == "open":
        outcome, action = Outcome.REQUIRES_ACTION, {"type": "redirect", "url": text_in(session, "url")}
    elif status == "expired":
        outcome, error = Outcome.FAILED, _error(intent, "session_expired")
    elif status == "complete" and intent.get("status") == "canceled":
        outcome, error = Outcome.FAILED, _error(intent, "payment_canceled")
    elif status == "complete" and (session.get("payment_status") == "paid" or not is_sale):
        outcome = Outcome.SUCCEEDED
        if intent and is_sale:
            amount_vnd = _amount_vnd(operation_id, intent, "amount_received")
    return Report(
        operation_id,
        text_in(session, "id"),
        outcome,
        amount_vnd=amount_vnd,
        reference=_metadata(session).get("reference", ""),
        action=action,
        error_code=error[0],
        error_message=error[1],
        raw=kept(session) | ({"payment_intent": kept(intent)} if intent else {}),
    )


def read_capture(operation_id: UUID, intent: Shape) -> Report:
    """Read the PaymentIntent that was captured by ``operation_id``. Raises UnreadableReport."""
    is_taken = intent.get("status") == "succeeded"
    return Report(
        operation_id,
        text_in(intent, "id"),
        Outcome.SUCCEEDED if is_taken else Outcome.PENDING,
        amount_vnd=_amount_vnd(operation_id, intent, "amount_received") if is_taken else None,
        reference=_metadata(intent).get("reference", ""),
        raw=kept(intent),
    )


def read_refund(operation_id: UUID, refund: Shape) -> Report:
    """Read a Refund object. Raises UnreadableReport."""
    outcome = REFUND_OUTCOMES.get(text_in(refund, "status"), Outcome.PENDING)
    why = text_in(refund, "failure_reason") or text_in(refund, "status")
    return Report(
        operation_id,
        text_in(refund, "id"),
        outcome,
        amount_vnd=_amount_vnd(operation_id, refund, "amount"),
        reference=_metadata(refund).get("reference", ""),
        error_code=why if outcome is Outcome.FAILED else "",
        raw=kept(refund),
    )


def read_event(event: Shape) -> Report | None:
    """Read what an event tells of one of our operations; None if it is nothing to us.

    That a card was declined is no news: the payer's page stays open. Raises UnreadableReport.
    """
    data = event.get("data")
    thing = data.get("object") if isinstance(data, Mapping) else None
    if not isinstance(thing, Mapping):
        raise UnreadableReport("Stripe event: there is no object in data.object.")
    kind = text_in(event, "type")
    if kind == "payment_intent.succeeded":
        captured_by = _operation_id(thing, "capture")
        return read_capture(captured_by, thing) if captured_by else None
    operation_id = _operation_id(thing, "operation")
    if operation_id is None:
        return None
    if kind.startswith("checkout.session."):
        return read_session(operation_id, thing)
    if kind in ("refund.created", "refund.updated", "refund.failed"):
        return read_refund(operation_id, thing)
    return None


def read_movement(movement: Shape, *, sessions: Mapping[str, str]) -> StatementLine | None:
    """Read a balance transaction with its source and the source's PaymentIntent expanded.

    Amounts are those of the payment, in đồng: Stripe settles in another currency. ``sessions`` leads from
    PaymentIntents to the Checkout Sessions they belong to. None for what is no payment or refund.
    """
    source, kind = movement.get("source"), movement.get("type")
    if not isinstance(source, Mapping) or kind not in CHARGES + REFUNDS:
        return None
    found = source.get("payment_intent")
    intent: Shape = found if isinstance(found, Mapping) else {}
    told, provider_ref = _metadata(intent), text_in(source, "id")
    if kind in REFUNDS:
        operation_id = _operation_id(source, "operation")
        amount_vnd = -_amount_vnd(None, source, "amount")
    else:
        operation_id = _operation_id(intent, "capture") or _operation_id(intent, "operation")
        amount_vnd = _amount_vnd(None, source, "amount_captured")
        if operation_id is not None:
            reference = text_in(intent, "id")
            provider_ref = reference if "capture" in told else sessions.get(reference, provider_ref)
    return StatementLine(
        provider_ref=provider_ref,
        reference=told.get("reference", ""),
        amount_vnd=amount_vnd,
        moved_at=datetime.fromtimestamp(int(movement["created"]), UTC),
        operation_id=operation_id,
        raw=kept(movement) | {"source": kept(source), "fee": movement.get("fee"), "net": movement.get("net")},
    )


def kept(shape: Shape) -> dict[str, Any]:
    """Return what is kept of an object, word for word."""
    return {name: shape[name] for name in KEPT if shape.get(name) is not None}


def _amount_vnd(operation_id: UUID | None, shape: Shape, name: str) -> int:
    """Return an amount of đồng: VND has no decimals at Stripe, the integer is the amount."""
    amount, currency = shape.get(name), shape.get("currency")
    if currency != CURRENCY:
        raise UnreadableReport(
            f"Operation {operation_id}: the currency is {currency!r}, {CURRENCY!r} was asked for."
        )
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 <= amount <= AMOUNT_VND_MAX:
        raise UnreadableReport(
            f"Operation {operation_id}: {name} is {amount!r}, a whole number of đồng was due."
        )
    return amount


def _operation_id(shape: Shape, name: str) -> UUID | None:
    """Return the operation ``metadata`` names; None if it names none, as what others did at the account."""
    named = _metadata(shape).get(name)
    if named is None:
        return None
    try:
        return UUID(named)
    except ValueError as error:
        raise UnreadableReport(
            f"Stripe: metadata[{name}] is {named[:64]!r}, an operation's id was due."
        ) from error


def _metadata(shape: Shape) -> dict[str, str]:
    metadata = shape.get("metadata")
    if not isinstance(metadata, Mapping):
        return {}
    return {key: value for key, value in metadata.items() if isinstance(value, str)}


def _error(intent: Shape, otherwise: str) -> tuple[str, str]:
    """Return the code and the message of the last card that was declined, if there was one."""
    error = intent.get("last_payment_error")
    if not isinstance(error, Mapping):
        return otherwise, ""
    return text_in(error, "decline_code") or text_in(error, "code") or otherwise, text_in(error, "message")
