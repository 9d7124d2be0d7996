"""What the sandbox remembers, as Stripe's objects. ``expand`` holds the paths a caller wants in full."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from payments.simulator.stripe.cards import BY_METHOD
from payments.simulator.stripe.failures import StripeFailure
from payments.simulator.stripe.models import BalanceTransaction, PaymentIntent, Refund, Session

CURRENCY = "vnd"
API_VERSION = "2026-10-28.endive"
Shape = dict[str, Any]
NOTHING: Collection[str] = ()


def seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def session_object(session: Session, *, host: str, expand: Collection[str] = NOTHING) -> Shape:
    """Return a Checkout Session; ``host`` is the sandbox's own address, where its page is."""
    _check(expand, "payment_intent")
    intent = session.intent
    is_open = session.status == Session.Status.OPEN
    is_paid = intent is not None and intent.status == PaymentIntent.Status.SUCCEEDED
    return {
        "id": session.reference,
        "object": "checkout.session",
        "amount_subtotal": session.amount_vnd,
        "amount_total": session.amount_vnd,
        "cancel_url": session.cancel_url or None,
        "client_reference_id": session.client_reference_id or None,
        "created": seconds(session.created_at),
        "currency": CURRENCY,
        "customer": None,
        "customer_details": None,
        "expires_at": seconds(session.expires_at),
        "livemode": False,
        "locale": session.locale or None,
        "metadata": session.metadata,
        "mode": "payment",
        "payment_intent": _intent_of(intent, expand),
        "payment_method_types": ["card"],
        "payment_status": "paid" if is_paid else "unpaid",
        "status": session.status,
        "success_url": session.success_url,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted",
        "url": f"{host}/pay/{session.reference}/" if is_open else None,
    }


def intent_object(intent: PaymentIntent, *, host: str = "", expand: Collection[str] = NOTHING) -> Shape:
    _check(expand, "latest_charge")
    is_waiting = intent.status == PaymentIntent.Status.REQUIRES_CAPTURE
    charge: Any = intent.charge_reference
    if charge and "latest_charge" in _heads(expand):
        charge = charge_object(intent, expand=_below(expand, "latest_charge"))
    return {
        "id": intent.reference,
        "object": "payment_intent",
        "amount": intent.amount_vnd,
        "amount_capturable": intent.amount_vnd if is_waiting else 0,
        "amount_received": intent.received_vnd,
        "canceled_at": seconds(intent.canceled_at),
        "cancellation_reason": intent.cancellation_reason or None,
        "capture_method": "manual" if intent.is_manual else "automatic_async",
        "client_secret": f"{intent.reference}_secret_simulated",
        "confirmation_method": "automatic",
        "created": seconds(intent.created_at),
        "currency": CURRENCY,
        "customer": None,
        "description": intent.description or None,
        "last_payment_error": intent.last_error,
        "latest_charge": charge,
        "livemode": False,
        "metadata": intent.metadata,
        "next_action": _next_action(intent, host),
        "payment_method": intent.payment_method or None,
        "payment_method_types": ["card"],
        "processing": None,
        "status": intent.status,
    }


def charge_object(intent: PaymentIntent, *, expand: Collection[str] = NOTHING) -> Shape:
    """Return the charge of an intent the bank said yes to."""
    _check(expand, "payment_intent", "balance_transaction")
    card = BY_METHOD[intent.payment_method]
    movement = intent.movements.filter(refund=None).first()
    return {
        "id": intent.charge_reference,
        "object": "charge",
        "amount": intent.amount_vnd,
        "amount_captured": intent.received_vnd,
        "amount_refunded": intent.refunded_vnd + _released(intent),
        "balance_transaction": _movement_of(movement, expand),
        "captured": intent.received_vnd > 0,
        "created": seconds(intent.charged_at),
        "currency": CURRENCY,
        "description": intent.description or None,
        "disputed": False,
        "livemode": False,
        "metadata": intent.metadata,
        "outcome": {"network_status": "approved_by_network", "type": "authorized"},
        "paid": True,
        "payment_intent": _intent_of(intent, expand),
        "payment_method": intent.payment_method,
        "payment_method_details": {"card": {"brand": "visa", "last4": card.last4}, "type": "card"},
        "refunded": intent.received_vnd > 0 and intent.refunded_vnd == intent.received_vnd,
        "status": "succeeded",
    }


def refund_object(refund: Refund, *, expand: Collection[str] = NOTHING) -> Shape:
    _check(expand, "payment_intent", "charge", "balance_transaction")
    intent = refund.intent
    charge: Any = intent.charge_reference
    if "charge" in _heads(expand):
        charge = charge_object(intent, expand=_below(expand, "charge"))
    movement = BalanceTransaction.objects.filter(refund=refund).first()
    return {
        "id": refund.reference,
        "object": "refund",
        "amount": refund.amount_vnd,
        "balance_transaction": _movement_of(movement, expand),
        "charge": charge,
        "created": seconds(refund.created_at),
        "currency": CURRENCY,
        "metadata": refund.metadata,
        "payment_intent": _intent_of(intent, expand),
        "reason": refund.reason or None,
        "status": "succeeded",
    }


def movement_object(movement: BalanceTransaction, *, expand: Collection[str] = NOTHING) -> Shape:
    """Return a balance transaction. The sandbox takes no fee."""
    _check(expand, "source")
    refund = movement.refund
    source: Any = refund.reference if refund else movement.intent.charge_reference
    if "source" in _heads(expand):
        below = _below(expand, "source")
        if refund:
            source = refund_object(refund, expand=below)
        else:
            source = charge_object(movement.intent, expand=below)
    return {
        "id": movement.reference,
        "object": "balance_transaction",
        "amount": movement.amount_vnd,
        "available_on": seconds(movement.created_at),
        "created": seconds(movement.created_at),
        "currency": CURRENCY,
        "description": movement.intent.description or None,
        "exchange_rate": None,
        "fee": 0,
        "fee_details": [],
        "net": movement.amount_vnd,
        "reporting_category": "refund" if refund else "charge",
        "source": source,
        "status": "available",
        "type": "refund" if refund else "charge",
    }


def _released(intent: PaymentIntent) -> int:
    """Return what a partial capture let go: Stripe counts it as refunded of the charge."""
    return intent.amount_vnd - intent.received_vnd if 0 < intent.received_vnd < intent.amount_vnd else 0


def _next_action(intent: PaymentIntent, host: str) -> Shape | None:
    if intent.status != PaymentIntent.Status.REQUIRES_ACTION:
        return None
    url = f"{host}/authenticate/{intent.reference}/"
    return {
        "type": "redirect_to_url",
        "redirect_to_url": {"url": url, "return_url": intent.return_url or None},
    }


def _intent_of(intent: PaymentIntent | None, expand: Collection[str]) -> Any:
    if intent is None or "payment_intent" not in _heads(expand):
        return intent and intent.reference
    return intent_object(intent, expand=_below(expand, "payment_intent"))


def _movement_of(movement: BalanceTransaction | None, expand: Collection[str]) -> Any:
    if movement is None or "balance_transaction" not in _heads(expand):
        return movement and movement.reference
    return movement_object(movement, expand=_below(expand, "balance_transaction"))


def _heads(expand: Collection[str]) -> set[str]:
    return {path.partition(".")[0] for path in expand}


def _below(expand: Collection[str], head: str) -> set[str]:
    return {path.removeprefix(f"{head}.") for path in expand if path.startswith(f"{head}.")}


def _check(expand: Collection[str], *expandable: str) -> None:
    for head in sorted(_heads(expand).difference(expandable)):
        raise StripeFailure(
            f"This property cannot be expanded ({head[:60]}).",
            code="property_cannot_be_expanded",
            param="expand",
        )
