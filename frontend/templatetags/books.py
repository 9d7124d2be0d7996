"""The ledger's and the providers' own words, said plainly."""

from django import template
from django.template import Context
from django.utils.translation import gettext_lazy as _

from payments.models import Operation
from payments.services import booking, by_hand, payout_reports, payouts, settling, treasury

register = template.Library()

PURPOSES = {
    booking.CAPTURE: _("taken from the payer"),
    booking.REFUND: _("refund"),
    booking.TILL: _("cash counted at a post point"),
    booking.BANKING: _("cash carried to the bank"),
    settling.RELEASE: _("released from escrow"),
    settling.TAKE_BACK: _("taken back into escrow"),
    settling.REPAYMENT: _("debt paid off"),
    payouts.PAYOUT: _("payout"),
    payouts.BY_HAND: _("paid in another way"),
    payout_reports.LATE: _("payout that arrived after all"),
    by_hand.REMITTANCE: _("paid to the State"),
    treasury.OWN_MONEY: _("our own money, moved"),
}
OUTCOMES = dict(Operation.State.choices)


@register.filter
def purpose_words(purpose: str) -> str:
    """``{{ "capture"|purpose_words }}``: ``taken from the payer``; the ledger's own word if it is another."""
    return str(PURPOSES.get(purpose, purpose))


@register.inclusion_tag("staff/_account_link.html", takes_context=True)
def account_link(context: Context, code: str) -> dict[str, str]:
    """``{% account_link transfer.debit.code %}``: the account, with its owner from ``names`` of the page."""
    return {"code": code, "name": (context.get("names") or {}).get(code, "")}


@register.filter
def outcome_words(outcome: str) -> str:
    """``{{ "pending"|outcome_words }}``: ``accepted by the provider``; nothing for an unreadable claim."""
    return str(OUTCOMES.get(outcome, outcome))
