"""A seller's statement as a paper: what it had, every line, what it has, and who got what of each order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from frontend import spoken
from frontend.pdf import Column, Paper, Value
from frontend.templatetags.money import vnd
from frontend.templatetags.people import phone, provider_label
from marketplace.sellers.models import Seller

from . import dividing
from .months import Month
from .selectors import PartSplit
from .statements import Statement


def statement_paper(found: Statement, splits: Sequence[PartSplit], *, month: Month, now: datetime) -> Paper:
    """Return the statement of ``month``; ``splits`` are those of the orders that stand in its lines."""
    seller = found.seller
    title = _("Statement %(month)s") % {"month": date_format(month.first_day, "m/Y")}
    made = date_format(timezone.localtime(now), "H:i d/m/Y")
    paper = Paper(
        title=f"{title} {seller.name}",
        made_at=now,
        footer=_("Mường Then, the market of Điện Biên · made %(when)s") % {"when": made},
    )
    paper.heading(title)
    paper.facts([(_("Seller"), f"{seller.name}, {seller.unit.full_name}"), *_wallet(found)])
    paper.space(2)
    paper.facts(
        [
            (_("You had"), vnd(found.opening_vnd)),
            (_("Came in"), vnd(found.came_vnd)),
            (_("Went out"), vnd(found.left_vnd)),
            (_("You have"), f"{vnd(found.closing_vnd)} ({spoken.dong(found.closing_vnd)})"),
        ]
    )
    paper.heading(_("Every line"), level=2)
    _lines(paper, found)
    if splits:
        paper.heading(_("What is yours of each order"), level=2)
        _orders(paper, splits)
    if seller.kind == Seller.Kind.COOPERATIVE and (division := dividing.division(found)):
        paper.heading(_("How it divides"), level=2)
        unwritten = _("Before shares were written down")
        paper.facts([(name or unwritten, vnd(amount_vnd)) for name, amount_vnd in division])
    return paper


def _wallet(found: Statement) -> list[tuple[str, str]]:
    seller = found.seller
    if not seller.wallet_msisdn:
        return []
    return [(_("Wallet"), f"{provider_label(seller.wallet_provider)}, {phone(seller.wallet_msisdn)}")]


def _lines(paper: Paper, found: Statement) -> None:
    if not found.lines:
        paper.text(_("Nothing came and nothing left in this month."))
        return
    columns = [
        Column(_("Date"), 3),
        Column(_("What for"), 6),
        Column(_("Order"), 4),
        Column(_("How much"), 3, "right"),
        Column(_("Then you had"), 3, "right"),
    ]
    rows: list[list[Value]] = [
        [
            date_format(timezone.localtime(line.posted_at), "H:i d/m/Y"),
            str(line.words),
            line.order,
            line.amount_vnd,
            line.balance_vnd,
        ]
        for line in found.lines
    ]
    paper.table(columns, rows, total=["", _("Closing balance"), "", None, found.closing_vnd])


def _shares() -> list[str]:
    """Who gets a part of what a buyer paid, in the order of the columns."""
    return [
        pgettext("statement", "Paid"),
        pgettext("statement", "Given back"),
        pgettext("statement", "Post"),
        pgettext("statement", "Market"),
        pgettext("statement", "Tax"),
        pgettext("statement", "Fund"),
        pgettext("statement", "You"),
    ]


def _orders(paper: Paper, splits: Sequence[PartSplit]) -> None:
    columns = [
        Column(_("Order"), 4),
        *(Column(name, 3, "right") for name in _shares()),
    ]
    shares = [
        (
            each.paid_vnd,
            each.refunded_vnd,
            each.carrier_vnd,
            each.commission_vnd,
            each.tax_vnd,
            each.fund_vnd,
            each.seller_vnd,
        )
        for each in splits
    ]
    rows: list[list[Value]] = [
        [each.part.number, *amounts] for each, amounts in zip(splits, shares, strict=True)
    ]
    sums = [sum(column) for column in zip(*shares, strict=True)]
    paper.table(columns, rows, total=[_("Together"), *sums])
