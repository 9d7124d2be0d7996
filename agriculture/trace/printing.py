"""Labels and packing slips on paper: for the packs, for the parcel, and for inside the parcel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, repeat

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agriculture.harvests.models import Lot
from frontend.pdf import A4, A5, LABEL, Column, Paper, Value
from frontend.templatetags.people import phone as spoken
from marketplace.delivery.codes import label_key
from marketplace.sellers.models import Seller, SubOrder

from .selectors.labels import Labels, PackLabel

Draw = Callable[[Paper, float, float], None]

ACROSS, DOWN = 2, 4  # labels on a sheet of A4, cut with scissors
COPIES_MAX = 24  # of one pack's label: more are one too many to stick by hand
CODE_MM = 30
SHEET_TOP_MM, CELL_WIDTH_MM, CELL_HEIGHT_MM = 18.5, 105, 65


def address_of(code: str) -> str:
    """Return the address of a code's page, as a QR code holds it."""
    return _address("trace:page", code)


def scan_address_of(part: SubOrder) -> str:
    """Return what the post scans on a parcel: then the parcel is in its hands."""
    return _address("counter:scan", label_key(part.pk))


def labels(of: Labels, *, now: datetime, on_a4: bool) -> Paper:
    """Return a label for the parcel, then one for each pack: each a small page, or eight on a sheet of A4."""
    drawn = chain([_parcel(of)], *(_packs(of.seller, line) for line in of.lines))
    return _printed(drawn, number=of.part.number, now=now, on_a4=on_a4)


def lot_labels(lot: Lot, *, pack: str, now: datetime, on_a4: bool) -> Paper:
    """Return labels of a lot for packs nobody has ordered yet: one small page, or a sheet of eight.

    ``pack`` is what one piece is, as on the shelf.
    """
    draw = _label(lot.seller, title=lot.product.get_title(), pack=pack, days=_lot_days([lot]), code=lot.code)
    drawn = repeat(draw, ACROSS * DOWN if on_a4 else 1)
    return _printed(drawn, number=lot.code, now=now, on_a4=on_a4)


def _printed(drawn: Iterable[Draw], *, number: str, now: datetime, on_a4: bool) -> Paper:
    paper = Paper(
        title=_("Labels %(number)s") % {"number": number},
        made_at=now,
        size=A4 if on_a4 else LABEL,
        numbered=False,
    )
    for place, draw in enumerate(drawn):
        if on_a4:
            slot = place % (ACROSS * DOWN)
            if place and not slot:
                paper.page()
            draw(paper, slot % ACROSS * CELL_WIDTH_MM, SHEET_TOP_MM + slot // ACROSS * CELL_HEIGHT_MM)
        else:
            if place:
                paper.page()
            draw(paper, 0, 0)
    return paper


def slip(of: Labels, *, now: datetime) -> Paper:
    """Return the sheet that goes into the parcel: what is in it, from whom, and where to ask."""
    paper = Paper(title=_("Packing slip %(number)s") % {"number": of.part.number}, made_at=now, size=A5)
    paper.heading(_("What is in this parcel"))
    paper.facts(
        [
            (_("Order"), of.part.number),
            (pgettext("parcel", "For"), of.name),
            (pgettext("parcel", "To"), of.where_to),
            (pgettext("parcel", "From"), f"{of.seller.name}, {of.seller.unit.full_name}"),
        ]
    )
    paper.space(2)
    columns = [
        Column(_("What"), 5),
        Column(pgettext("parcel", "Packs"), 2, "right"),
        Column(pgettext("parcel", "Weighs"), 2, "right"),
        Column(_("Code"), 3),
    ]
    rows: list[list[Value]] = [
        [f"{line.title} ({line.pack})", line.quantity, _kilos(line.weight_g), _spaced(line.code)]
        for line in of.lines
    ]
    paper.table(columns, rows)
    if of.lines:
        paper.text(_("Who grew it, when it was harvested and how it came to you: scan the code."))
        paper.qr(address_of(of.lines[0].code), side_mm=34)
        paper.text(address_of(of.lines[0].code), soft=True)
    return paper


def _parcel(of: Labels) -> Draw:
    def draw(paper: Paper, x_mm: float, y_mm: float) -> None:
        width_mm = LABEL.width_mm - 2 * LABEL.margin_mm
        paper.column(x_mm + LABEL.margin_mm, y_mm + LABEL.margin_mm, width_mm - CODE_MM)
        paper.text(_("Parcel"), soft=True, points=8)
        paper.text(of.part.number, bold=True, points=14, lines_max=1)
        paper.text(pgettext("parcel", "To"), soft=True, points=8)
        paper.text(of.name, bold=True, points=12, lines_max=1)
        paper.text(spoken(of.phone), bold=True, points=12, lines_max=1)
        paper.column(x_mm + LABEL.margin_mm, y_mm + 36, width_mm)
        paper.text(of.where_to, bold=True, points=9, lines_max=2)
        paper.text(
            _("From: %(seller)s, %(place)s") % {"seller": of.seller.name, "place": of.seller.unit.full_name},
            soft=True,
            points=8,
            lines_max=2,
        )
        edge_mm = x_mm + LABEL.width_mm - LABEL.margin_mm
        paper.qr(
            scan_address_of(of.part), side_mm=CODE_MM, x_mm=edge_mm - CODE_MM, y_mm=y_mm + LABEL.margin_mm
        )

    return draw


def _packs(seller: Seller, line: PackLabel) -> Iterator[Draw]:
    """Yield a label for each pack of a line."""
    draw = _label(seller, title=line.title, pack=line.pack, days=_days(line), code=line.code)
    yield from [draw] * min(line.quantity, COPIES_MAX)


def _label(seller: Seller, *, title: str, pack: str, days: str, code: str) -> Draw:
    def draw(paper: Paper, x_mm: float, y_mm: float) -> None:
        width_mm = LABEL.width_mm - 2 * LABEL.margin_mm
        paper.column(x_mm + LABEL.margin_mm, y_mm + LABEL.margin_mm, width_mm - CODE_MM - 2)
        paper.text(title, bold=True, points=13, lines_max=2)
        paper.text(pack, points=10, lines_max=1)
        paper.text(seller.name, bold=True, points=9, lines_max=1)
        paper.text(seller.unit.full_name, points=9, lines_max=1)
        paper.column(x_mm + LABEL.margin_mm, y_mm + 37, width_mm)
        paper.text(days, points=9, lines_max=2)
        paper.text(_("Scan to see the field it came from"), soft=True, points=8, lines_max=1)
        paper.text(_spaced(code), bold=True, points=11, lines_max=1)
        edge_mm = x_mm + LABEL.width_mm - LABEL.margin_mm
        paper.qr(address_of(code), side_mm=CODE_MM, x_mm=edge_mm - CODE_MM, y_mm=y_mm + LABEL.margin_mm)

    return draw


def _days(line: PackLabel) -> str:
    packed = max((each.packed_at for each in line.packed), default=None)
    return _lot_days(
        [each.lot for each in line.packed], packed_on=timezone.localdate(packed) if packed else None
    )


def _lot_days(lots: Sequence[Lot], *, packed_on: date | None = None) -> str:
    harvested = min((lot.harvested_on for lot in lots), default=None)
    until = min((lot.expires_on for lot in lots if lot.expires_on), default=None)
    said = [
        (pgettext("lot", "Harvested"), harvested),
        (pgettext("trace", "Packed"), packed_on),
        (_("Best before"), until),
    ]
    return " · ".join(f"{name} {date_format(day, 'd/m/Y')}" for name, day in said if day is not None)


def _address(name: str, key: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse(name, args=[key])}"


def _kilos(weight_g: int) -> str:
    if not weight_g:
        return ""
    return f"{weight_g / 1000:.3f}".rstrip("0").rstrip(".").replace(".", ",") + " kg"


def _spaced(code: str) -> str:
    """A code as it is read out, three letters at a time."""
    return " ".join(code[start : start + 3] for start in range(0, len(code), 3))
