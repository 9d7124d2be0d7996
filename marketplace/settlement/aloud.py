"""A seller's money in sentences, to be read aloud by the phone, and read by whoever helps."""

from __future__ import annotations

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from frontend.spoken import dong

from .selectors import Money, PartSplit


def of_money(money: Money) -> str:
    """Say how the money stands: what was earned, what waits, when the next payout comes, what was paid."""
    said = [
        _("You have earned %(amount)s.") % {"amount": dong(money.earned_vnd)},
        _("%(amount)s are kept safe until you have delivered.") % {"amount": dong(money.held_vnd)},
        next_payout(money),
    ]
    if money.on_the_way_vnd:
        said.append(_("%(amount)s are on the way to your wallet.") % {"amount": dong(money.on_the_way_vnd)})
    said.append(_("%(amount)s have been paid to you.") % {"amount": dong(money.paid_vnd)})
    if money.debt_vnd:
        said.append(
            _("You owe %(amount)s; that is taken off your next sales.") % {"amount": dong(money.debt_vnd)}
        )
    return " ".join(said)


def next_payout(money: Money) -> str:
    """Say what comes next, and when."""
    if not money.payable_vnd:
        return _("Nothing is due at the next payout.")
    amount = dong(money.payable_vnd)
    if not money.is_enough:
        return _("%(amount)s are yours; they are paid once they are at least %(least)s.") % {
            "amount": amount,
            "least": dong(money.minimum_vnd),
        }
    when = timezone.localtime(money.next_payout_at)
    return _("%(amount)s are paid to you on %(day)s at %(hour)s.") % {
        "amount": amount,
        "day": date_format(when, "j/n/Y"),
        "hour": date_format(when, "H:i"),
    }


def of_part(split: PartSplit) -> str:
    """Say who gets what of one part of an order."""
    titles = ", ".join(map(str, split.titles))
    said = [
        _("%(what)s: the buyer paid %(amount)s.") % {"what": titles, "amount": dong(split.paid_vnd)},
    ]
    takes = [
        (_("%(amount)s went back to the buyer."), split.refunded_vnd),
        (_("The post gets %(amount)s."), split.carrier_vnd),
        (_("The market gets %(amount)s."), split.commission_vnd),
        (_("Tax is %(amount)s, paid for you."), split.tax_vnd),
        (_("The village's fund gets %(amount)s."), split.fund_vnd),
    ]
    said += [words % {"amount": dong(amount_vnd)} for words, amount_vnd in takes if amount_vnd]
    said.append(_("You get %(amount)s.") % {"amount": dong(split.seller_vnd)})
    return " ".join(said)
