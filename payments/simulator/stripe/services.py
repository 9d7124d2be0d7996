"""Everything that writes: sessions, card payments, captures, cancellations, refunds.

Every function must run inside a transaction, with the rows it is given locked by it.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from payments.simulator.faults import Draw
from payments.simulator.stripe import webhooks
from payments.simulator.stripe.cards import AUTHENTICATION_FAILED, Card
from payments.simulator.stripe.failures import CardDeclined, Refused
from payments.simulator.stripe.models import (
    Account,
    BalanceTransaction,
    PaymentIntent,
    Refund,
    Session,
    new_reference,
)
from payments.simulator.stripe.objects import charge_object, intent_object, refund_object, session_object

Status = PaymentIntent.Status
# Cards may be asked again, or confirmed for the first time, in these.
PAYABLE = (Status.REQUIRES_PAYMENT_METHOD, Status.REQUIRES_CONFIRMATION, Status.REQUIRES_ACTION)
CANCELABLE = (*PAYABLE, Status.REQUIRES_CAPTURE)
# docs.stripe.com/payments/place-a-hold-on-a-payment-method: an online card authorisation holds 7 days.
AUTHORISATION_HOLDS = timedelta(days=7)
MINIMUM_VND = 13_000  # about 0.50 USD, the least Stripe takes: docs.stripe.com/currencies
MAXIMUM_VND = 99_999_999  # eight digits: docs.stripe.com/currencies


def check_amount(amount_vnd: int, *, param: str) -> None:
    """Raise what Stripe says of an amount below the least it charges."""
    if amount_vnd < MINIMUM_VND:
        raise Refused("Amount must convert to at least 50 cents.", code="amount_too_small", param=param)


def pay(intent: PaymentIntent, card: Card, *, host: str, draw: Draw, now: datetime) -> PaymentIntent:
    """Charge ``card``, or ask its bank's question first. Raises CardDeclined, remembered by the intent."""
    require(intent, PAYABLE, verb="confirm")
    intent.payment_method, intent.last_error = card.method, None
    if card.error:
        _decline(intent, card.error, host=host, draw=draw, now=now)
    if card.must_authenticate:
        intent.status = Status.REQUIRES_ACTION
        intent.save()
        webhooks.tell(
            intent.account,
            "payment_intent.requires_action",
            intent_object(intent, host=host),
            draw=draw,
            now=now,
        )
        return intent
    return _authorise(intent, host=host, draw=draw, now=now)


def authenticate(
    intent: PaymentIntent, *, is_passed: bool, host: str, draw: Draw, now: datetime
) -> PaymentIntent:
    """Take the payer's answer to the bank's question. Raises CardDeclined for a no."""
    require(intent, [Status.REQUIRES_ACTION], verb="authenticate")
    if not is_passed:
        _decline(intent, AUTHENTICATION_FAILED, host=host, draw=draw, now=now)
    return _authorise(intent, host=host, draw=draw, now=now)


def capture(intent: PaymentIntent, *, amount_vnd: int | None, draw: Draw, now: datetime) -> PaymentIntent:
    """Take an authorisation, or a part of it; the rest is released."""
    require(intent, [Status.REQUIRES_CAPTURE], verb="capture")
    wanted_vnd = intent.amount_vnd if amount_vnd is None else amount_vnd
    if wanted_vnd > intent.amount_vnd:
        raise Refused(
            f"The amount to capture must be less than or equal to the amount authorised "
            f"({intent.amount_vnd}).",
            code="amount_too_large",
            param="amount_to_capture",
        )
    _take(intent, wanted_vnd, now=now)
    webhooks.tell(intent.account, "charge.captured", charge_object(intent), draw=draw, now=now)
    webhooks.tell(intent.account, "payment_intent.succeeded", intent_object(intent), draw=draw, now=now)
    return intent


def cancel(intent: PaymentIntent, *, reason: str, draw: Draw, now: datetime) -> PaymentIntent:
    """Give up a payment that was not captured; what was authorised is released."""
    require(intent, CANCELABLE, verb="cancel")
    intent.status, intent.canceled_at, intent.cancellation_reason = Status.CANCELED, now, reason
    intent.save()
    webhooks.tell(intent.account, "payment_intent.canceled", intent_object(intent), draw=draw, now=now)
    return intent


def expire(session: Session, *, host: str, draw: Draw, now: datetime) -> Session:
    """Close the page of an open session."""
    if session.status != Session.Status.OPEN:
        raise Refused(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a '
            f"status of {session.status}."
        )
    session.status = Session.Status.EXPIRED
    session.save(update_fields=["status"])
    if session.intent and session.intent.status in CANCELABLE:
        cancel(session.intent, reason="automatic", draw=draw, now=now)
    shape = session_object(session, host=host)
    webhooks.tell(session.account, "checkout.session.expired", shape, draw=draw, now=now)
    return session


def refund(
    intent: PaymentIntent, *, amount_vnd: int | None, reason: str, metadata: Mapping[str, str], draw: Draw,
    now: datetime,
) -> Refund:  # fmt: skip
    """Give (a part of) a captured payment back: at most what was captured and not given back yet."""
    if intent.status != Status.SUCCEEDED:
        raise Refused(
            f"This PaymentIntent ({intent.reference}) does not have a successful charge to refund.",
            code="charge_not_refundable" if intent.charge_reference else "",
            param="payment_intent",
        )
    left_vnd = intent.received_vnd - intent.refunded_vnd
    if left_vnd == 0:
        raise Refused(
            f"Charge {intent.charge_reference} has already been refunded.", code="charge_already_refunded"
        )
    wanted_vnd = left_vnd if amount_vnd is None else amount_vnd
    if wanted_vnd > left_vnd:
        raise Refused(
            f"Refund amount (₫{wanted_vnd:,}) is greater than unrefunded amount on charge (₫{left_vnd:,})",
            param="amount",
        )
    made = Refund.objects.create(
        reference=new_reference("re_"),
        intent=intent,
        amount_vnd=wanted_vnd,
        reason=reason,
        metadata=dict(metadata),
        created_at=now,
    )
    intent.refunded_vnd += wanted_vnd
    intent.save(update_fields=["refunded_vnd"])
    _move(intent, -wanted_vnd, now=now, refund=made)
    for type, shape in (("refund.created", refund_object(made)), ("charge.refunded", charge_object(intent))):
        webhooks.tell(intent.account, type, shape, draw=draw, now=now)
    return made


def expire_due(*, now: datetime) -> None:
    """End the sessions whose time is over, and release the authorisations nobody captured in time."""
    with transaction.atomic():
        over = Session.objects.filter(status=Session.Status.OPEN, expires_at__lte=now)
        for session in over.select_for_update(skip_locked=True, of=("self",)).select_related("account"):
            expire(session, host="", draw=Draw(), now=now)
        held = PaymentIntent.objects.filter(
            status=Status.REQUIRES_CAPTURE, charged_at__lte=now - AUTHORISATION_HOLDS
        )
        for intent in held.select_for_update(skip_locked=True, of=("self",)).select_related("account"):
            cancel(intent, reason="automatic", draw=Draw(), now=now)


def intent_of(session: Session, *, now: datetime) -> PaymentIntent:
    """Return the PaymentIntent of a session; the first card that is sent makes it."""
    if session.intent is None:
        data = session.intent_data
        session.intent = PaymentIntent.objects.create(
            reference=new_reference("pi_"),
            account=session.account,
            amount_vnd=session.amount_vnd,
            is_manual=data.get("capture_method") == "manual",
            description=data.get("description", ""),
            metadata=data.get("metadata", {}),
            created_at=now,
        )
        session.save(update_fields=["intent"])
    return session.intent


def require(intent: PaymentIntent, allowed: Any, *, verb: str) -> None:
    """Raise what Stripe says of a verb that does not fit the state of ``intent``."""
    if intent.status not in allowed:
        raise Refused(
            f"You cannot {verb} this PaymentIntent because it has a status of {intent.status}. Only a "
            f"PaymentIntent with one of the following statuses may be used: {', '.join(allowed)}.",
            code="payment_intent_unexpected_state",
            payment_intent=intent_object(intent),
        )


def _authorise(intent: PaymentIntent, *, host: str, draw: Draw, now: datetime) -> PaymentIntent:
    intent.charge_reference, intent.charged_at = new_reference("ch_"), now
    if intent.is_manual:
        intent.status = Status.REQUIRES_CAPTURE
        intent.save()
        type = "payment_intent.amount_capturable_updated"
    else:
        _take(intent, intent.amount_vnd, now=now)
        type = "payment_intent.succeeded"
    webhooks.tell(intent.account, type, intent_object(intent), draw=draw, now=now)
    webhooks.tell(intent.account, "charge.succeeded", charge_object(intent), draw=draw, now=now)
    session = Session.objects.filter(intent=intent).select_related("account", "intent").first()
    if session is not None:
        session.status = Session.Status.COMPLETE
        session.save(update_fields=["status"])
        shape = session_object(session, host=host)
        webhooks.tell(session.account, "checkout.session.completed", shape, draw=draw, now=now)
    return intent


def _decline(intent: PaymentIntent, error: dict[str, Any], *, host: str, draw: Draw, now: datetime) -> None:
    """Remember a no and raise it. The payer may try another card."""
    intent.status, intent.last_error = Status.REQUIRES_PAYMENT_METHOD, error
    intent.save()
    shape = intent_object(intent, host=host)
    webhooks.tell(intent.account, "payment_intent.payment_failed", shape, draw=draw, now=now)
    raise CardDeclined(error, intent=shape)


def _take(intent: PaymentIntent, amount_vnd: int, *, now: datetime) -> None:
    intent.status, intent.received_vnd = Status.SUCCEEDED, amount_vnd
    intent.save()
    _move(intent, amount_vnd, now=now)


def _move(intent: PaymentIntent, amount_vnd: int, *, now: datetime, refund: Refund | None = None) -> None:
    BalanceTransaction.objects.create(
        reference=new_reference("txn_"),
        account=intent.account,
        intent=intent,
        refund=refund,
        amount_vnd=amount_vnd,
        created_at=now,
    )


def open_account(*, key: str, name: str, webhook_url: str, webhook_secret: str) -> Account:
    """Open a merchant's account, or change where it hears of events."""
    heard = {"name": name, "webhook_url": webhook_url, "webhook_secret": webhook_secret}
    account, _ = Account.objects.update_or_create(
        key_hash=hash_of(key),
        defaults=heard,
        create_defaults=heard | {"reference": new_reference("acct_", 16)},
    )
    return account


def hash_of(key: str) -> str:
    """Return what is kept of a secret key."""
    return hashlib.sha256(key.encode()).hexdigest()
