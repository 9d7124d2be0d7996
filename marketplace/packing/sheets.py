"""The packing sheet on paper: every order to prepare, with boxes to tick by pen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from frontend import pdf
from marketplace.accounts.phones import to_national
from marketplace.sellers.models import Seller

from .selectors.work import Day, Work, pick_list

BOX = "[   ]"


def packing_sheet(days: Sequence[Day], *, sellers: Sequence[Seller], now: datetime) -> HttpResponse:
    """Return the sheet as a PDF to print: first what to fetch, then order by order."""
    moment = date_format(timezone.localtime(now), "H:i d/m/Y")
    names = ", ".join(seller.name for seller in sellers)
    title = _("Packing sheet")
    paper = pdf.Paper(title=title, made_at=now, footer=f"{names} · {moment}")
    paper.heading(title)
    paper.text(names, bold=True)
    if not days:
        paper.text(_("There is nothing to prepare."))
    for day in days:
        works = [work for hub in day.hubs for work in hub.works]
        paper.heading(_("At the post on %(day)s") % {"day": date_format(day.day, "l d/m/Y")}, level=2)
        _fetch(paper, works)
        for hub in day.hubs:
            for work in hub.works:
                _order(paper, work, hub.name)
    return pdf.as_response(paper, name="packing-sheet")


def _fetch(paper: pdf.Paper, works: Sequence[Work]) -> None:
    rows: list[list[str | int | None]] = [
        [pick.title, pick.unit, pick.quantity, kilograms(pick.weight_g), BOX] for pick in pick_list(works)
    ]
    columns = [
        pdf.Column(_("To fetch"), share=6),
        pdf.Column(_("Unit"), share=2),
        pdf.Column(pgettext("packing sheet", "How many"), share=2, align="right"),
        pdf.Column(pgettext("packing sheet", "About"), share=2, align="right"),
        pdf.Column("", share=1),
    ]
    paper.table(columns, rows)


def _order(paper: pdf.Paper, work: Work, hub: str) -> None:
    placement = work.part.order.placement
    paper.heading(f"{work.part.number} · {hub}", level=3)
    paper.text(f"{placement.name} · {to_national(str(placement.phone))}", soft=True)
    rows: list[list[str | int | None]] = []
    for line in work.lines:
        weight = kilograms(line.weight_g) if line.weight_g else "………" if line.is_weighed else ""
        rows.append([BOX, line.line.title, line.unit, line.quantity, weight])
    columns = [
        pdf.Column("", share=1),
        pdf.Column(_("Goods"), share=6),
        pdf.Column(_("Unit"), share=2),
        pdf.Column(pgettext("packing sheet", "How many"), share=2, align="right"),
        pdf.Column(_("Weighs"), share=2, align="right"),
    ]
    paper.table(columns, rows)


def kilograms(grams: int) -> str:
    """Return a weight as people write it: "2,35 kg"; "" for nothing."""
    if not grams:
        return ""
    whole, rest = divmod(grams, 1_000)
    decimals = f"{rest:03d}".rstrip("0")
    return f"{whole:,}".replace(",", ".") + (f",{decimals}" if decimals else "") + "\u00a0kg"
