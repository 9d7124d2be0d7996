"""What the waiting page shows of a payment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings

from marketplace.fulfilment.models import Placement
from marketplace.fulfilment.services.paying import AGAIN_WITHIN
from marketplace.shop.checkout.refusals import in_words
from payments import providers, selectors
from payments.models import Intent


@dataclass(frozen=True)
class Waiting:
    """A payment in the eyes of its buyer.

    ``state``: ``pending`` (with ``action``, the next step), ``handover`` (cash, when the goods are there),
    ``succeeded``, ``returning`` or ``returned`` (it goes back), ``failed``, ``expired``, ``cancelled``.
    """

    payment_id: UUID
    state: str
    amount_vnd: int
    provider: str
    payer: str
    ends_at: datetime
    is_asked: bool  # somebody was asked for the money
    is_balance: bool
    action: dict[str, Any] = field(default_factory=dict)
    refusal: str = ""
    ways: list[tuple[str, str]] = field(default_factory=list)  # to pay it now, if it can be
    handset: str = ""
    bank_app: str = ""

    @property
    def is_waiting(self) -> bool:
        return self.state == "pending"

    @property
    def hint(self) -> str:
        """What payment-status.js tells apart."""
        return {"handover": "succeeded", "returning": "refunded", "returned": "refunded"}.get(
            self.state, self.state
        )


def waiting_for(placement: Placement, payment_id: UUID, *, now: datetime) -> Waiting:
    """Return what to show of one of the order's payments. At most four queries."""
    is_balance = payment_id == placement.balance_payment_id
    intent = Intent.objects.filter(pk=payment_id).first()
    state = _balance_state(intent) if is_balance else _order_state(placement)
    amount_vnd = intent.amount_vnd if intent else _due_vnd(placement)
    provider = intent.provider if intent else placement.provider
    payer = intent.payer if intent else str(placement.payer)
    is_payable = state in ("failed", "expired") or (state == "pending" and not is_balance)
    if not is_balance and now > placement.order.date_placed + AGAIN_WITHIN:
        is_payable = False
    ends_at = intent.expires_at if intent else placement.hold_expires_at
    action = selectors.action_of(intent) if intent and state in ("pending", "handover") else {}
    return Waiting(
        payment_id=payment_id,
        state=state,
        amount_vnd=amount_vnd,
        provider=provider,
        payer=payer,
        ends_at=ends_at,
        is_asked=intent is not None,
        is_balance=is_balance,
        action=action,
        refusal=in_words(selectors.refusal_of(payment_id)) if state == "failed" else "",
        ways=providers.available(amount_vnd=amount_vnd, given=[]) if is_payable else [],
        bank_app=_bank_app(action, str(placement.phone)),
        handset=f"{settings.HANDSET_URL}/{payer}/" if settings.HANDSET_URL and payer else "",
    )


def _bank_app(action: dict[str, Any], phone: str) -> str:
    """Where the demonstration's banking app opens this code; "" where banks are real."""
    if action.get("type") != "qr" or not settings.BANK_APP_URL:
        return ""
    return f"{settings.BANK_APP_URL}/{phone}/?{urlencode({'qr': action['payload']})}"


def _order_state(placement: Placement) -> str:
    match placement.order.status:
        case "awaiting-payment":
            return "pending"
        case "on-handover":
            return "handover"
        case "paid":
            return "succeeded"
        case "refunded":
            return "returned"
    if placement.refund_reason:
        return "returned" if placement.refunded_at else "returning"
    reasons = {"refused": "failed", "cancelled": "cancelled"}
    return reasons.get(placement.release_reason, "expired")


def _balance_state(intent: Intent | None) -> str:
    if intent is None or intent.state in Intent.OPEN_STATES:
        return "pending"
    if intent.state in Intent.PAID_STATES:
        return "succeeded"
    return {"refunded": "returned", "failed": "failed"}.get(intent.state, "expired")


def _due_vnd(placement: Placement) -> int:
    parts = placement.order.suborders.values_list("due_now_vnd", "delivery_vnd")
    return sum(due_vnd + delivery_vnd for due_vnd, delivery_vnd in parts)
