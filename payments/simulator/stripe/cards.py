"""The only cards there are: a few of Stripe's published test numbers (docs.stripe.com/testing).

What is kept of a card is which of these it was.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Card:
    """A test card and what its bank says. ``error`` is Stripe's last_payment_error; empty for a yes."""

    number: str
    method: str  # the PaymentMethod that stands for it in the API
    title: str  # what the page says it does
    error: dict[str, Any] = field(default_factory=dict)
    must_authenticate: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def grouped(self) -> str:
        """The number as it is printed: ``4242 4242 4242 4242``."""
        return " ".join(self.number[start : start + 4] for start in range(0, 16, 4))


def _declined(decline_code: str, message: str) -> dict[str, Any]:
    return {"type": "card_error", "code": "card_declined", "decline_code": decline_code, "message": message}


AUTHENTICATION_FAILED = {
    "type": "card_error",
    "code": "payment_intent_authentication_failure",
    "message": "The provided PaymentMethod has failed authentication. Provide payment_method_data or a new "
    "PaymentMethod to attempt to fulfill this PaymentIntent again.",
}

CARDS = (
    Card("4242424242424242", "pm_card_visa", "Thanh toán thành công"),
    Card(
        "4000002500003155",
        "pm_card_authenticationRequiredOnSetup",
        "Ngân hàng hỏi xác thực 3-D Secure",
        must_authenticate=True,
    ),
    Card(
        "4000000000009995",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "Bị từ chối: thẻ không đủ tiền",
        error=_declined("insufficient_funds", "Your card has insufficient funds."),
    ),
    Card(
        "4000000000000002",
        "pm_card_visa_chargeDeclined",
        "Bị từ chối: ngân hàng không đồng ý",
        error=_declined("generic_decline", "Your card was declined."),
    ),
)
BY_NUMBER = {card.number: card for card in CARDS}
BY_METHOD = {card.method: card for card in CARDS}
