"""Papers people print: statements and reports on A4, labels for packs; in Vietnamese, with QR codes.

The letters are Roboto's (Apache 2.0, from the package ``font-roboto``); a file carries only those it shows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

import font_roboto
import segno
from django.http import HttpResponse
from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

FAMILY = "Roboto"
INK, SOFT, LINE, TINT = (30, 36, 48), (90, 96, 108), (205, 205, 200), (238, 243, 239)
LEADING = 1.4  # height of a line of text, by the size of its letters
MM_PER_POINT = 25.4 / 72
QR_QUIET = 4  # modules of white around a code (ISO/IEC 18004, 6.3.8)

Align = Literal["left", "right"]
Value = str | int | None


@dataclass(frozen=True)
class Size:
    """A sheet of paper in millimetres, and the size of its text in points."""

    width_mm: float
    height_mm: float
    margin_mm: float
    text_pt: float


A4 = Size(210, 297, margin_mm=15, text_pt=10)
A5 = Size(148, 210, margin_mm=10, text_pt=10)
# What the thermal printers of post points take, and a fifth of an A4 sheet across.
LABEL = Size(100, 60, margin_mm=4, text_pt=9)


@dataclass(frozen=True)
class Column:
    """A column of a table; ``share`` is its width beside that of the others. Numbers stand right."""

    title: str
    share: int = 1
    align: Align = "left"


class Paper:
    """A PDF that is written from top to bottom: pages begin by themselves where one is full.

    ``title`` names the file for its reader, ``footer`` stands below every page beside its number, and
    ``made_at`` is noted in it: the same words and the same moment give the same bytes. What ``text`` and the
    others are given is shown as it is: no markup, control characters left out. Sheets of labels are not
    ``numbered``: whoever writes them begins the pages.
    """

    def __init__(
        self, *, title: str, made_at: datetime, size: Size = A4, footer: str = "", numbered: bool = True
    ) -> None:
        self.size = size
        self._pdf = _Numbered(size, footer=_plain(footer), numbered=numbered)
        self._pdf.set_title(_plain(title))
        self._pdf.set_creation_date(made_at)
        self._pdf.add_page()

    @property
    def width_mm(self) -> float:
        """How wide a line is, between the margins."""
        return float(self._pdf.epw)

    def page(self) -> None:
        """Begin a new page."""
        self._pdf.add_page()

    def column(self, x_mm: float, y_mm: float, width_mm: float) -> None:
        """Go on in a column: so far from the sheet's left and upper edge, and so wide."""
        pdf = self._pdf
        pdf.set_margins(x_mm, pdf.t_margin, pdf.w - x_mm - width_mm)
        pdf.set_xy(x_mm, y_mm)

    def heading(self, words: str, *, level: int = 1) -> None:
        """Write a heading of ``level`` 1 (largest) to 3, kept on one page with what follows it."""
        points = self.size.text_pt * {1: 1.8, 2: 1.35, 3: 1.1}[level]
        if self._pdf.will_page_break(points * MM_PER_POINT * LEADING * 3):
            self._pdf.add_page()
        elif level > 1:
            self.space(2)
        self.text(words, bold=True, points=points)

    def text(
        self,
        words: str,
        *,
        bold: bool = False,
        italic: bool = False,
        soft: bool = False,
        centred: bool = False,
        points: float | None = None,
        width_mm: float | None = None,
        lines_max: int | None = None,
    ) -> None:
        """Write a paragraph. ``soft`` is grey; ``lines_max`` cuts what would need more lines, with dots."""
        points = points or self.size.text_pt
        pdf, height_mm = self._pdf, points * MM_PER_POINT * LEADING
        pdf.set_font(FAMILY, "B" * bold + "I" * italic, points)
        pdf.set_text_color(*(SOFT if soft else INK))
        written = _plain(words)
        if lines_max is not None:
            measured = pdf.multi_cell(width_mm or 0, height_mm, written, dry_run=True, output="LINES")
            lines = cast("list[str]", measured)
            if len(lines) > lines_max:
                written = "\n".join(lines[:lines_max]).rstrip()[:-1].rstrip() + "…"
        align = "C" if centred else "L"
        pdf.multi_cell(width_mm or 0, height_mm, written, align=align, new_x="LMARGIN", new_y="NEXT")

    def facts(self, pairs: Sequence[tuple[str, str]], *, width_mm: float | None = None) -> None:
        """Write each pair as a line, "name: value", the value in bold."""
        pdf, height_mm = self._pdf, self.size.text_pt * MM_PER_POINT * LEADING
        right_mm = pdf.r_margin
        if width_mm is not None:
            pdf.set_right_margin(pdf.w - pdf.l_margin - width_mm)
        for name, value in pairs:
            pdf.set_font(FAMILY, "", self.size.text_pt)
            pdf.set_text_color(*SOFT)
            pdf.write(height_mm, f"{_plain(name)}: ")
            pdf.set_font(FAMILY, "B", self.size.text_pt)
            pdf.set_text_color(*INK)
            pdf.write(height_mm, _plain(value))
            pdf.ln(height_mm)
        pdf.set_right_margin(right_mm)

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Value]],
        *,
        total: Sequence[Value] = (),
    ) -> None:
        """Write a table whose head is repeated on every page; ``total`` is its last row, in bold.

        Whole numbers are written with a point between thousands, None as nothing.
        """
        assert all(len(row) == len(columns) for row in rows), "a cell for each column"
        pdf = self._pdf
        pdf.set_font(FAMILY, "", self.size.text_pt * 0.9)
        pdf.set_text_color(*INK)
        pdf.set_draw_color(*LINE)
        with pdf.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            align="LEFT",
            col_widths=tuple(column.share for column in columns),
            text_align=tuple(column.align.upper() for column in columns),
            headings_style=FontFace(emphasis="BOLD", fill_color=TINT),
            line_height=self.size.text_pt * MM_PER_POINT * LEADING,
            padding=0.8,
        ) as table:
            table.row([_plain(column.title) for column in columns])
            for row in rows:
                table.row([_shown(value) for value in row])
            if total:
                table.row(
                    [_shown(value) for value in total], style=FontFace(emphasis="BOLD", fill_color=TINT)
                )
        self.space(2)

    def qr(
        self, payload: str, *, side_mm: float, x_mm: float | None = None, y_mm: float | None = None
    ) -> None:
        """Draw a code, ``side_mm`` wide with its white rim; where the text stands unless said otherwise.

        With ``x_mm`` and ``y_mm`` (from the sheet's left and upper edge) the text goes on where it was.
        Beside a code must stand in words what it says.
        """
        pdf = self._pdf
        flows = x_mm is None and y_mm is None
        if flows and pdf.will_page_break(side_mm):
            pdf.add_page()
        left_mm = pdf.get_x() if x_mm is None else x_mm
        top_mm = pdf.get_y() if y_mm is None else y_mm
        modules = [list(row) for row in segno.make_qr(payload, error="m").matrix]
        module_mm = side_mm / (len(modules) + 2 * QR_QUIET)
        pdf.set_fill_color(0, 0, 0)
        for down, row in enumerate(modules):
            for begins, length in _runs(row):
                pdf.rect(
                    left_mm + (begins + QR_QUIET) * module_mm,
                    top_mm + (down + QR_QUIET) * module_mm,
                    length * module_mm,
                    module_mm,
                    style="F",
                )
        if flows:
            pdf.set_y(top_mm + side_mm)

    def box(self, *, side_mm: float = 5) -> None:
        """Draw an empty square to tick with a pen, at the beginning of a line that goes on behind it."""
        pdf = self._pdf
        if pdf.will_page_break(side_mm):
            pdf.add_page()
        pdf.set_draw_color(*INK)
        pdf.rect(pdf.get_x(), pdf.get_y(), side_mm, side_mm)
        pdf.set_x(pdf.get_x() + side_mm + 2)

    def rule(self, *, width_mm: float | None = None) -> None:
        """Draw a thin line across; one of a ``width_mm`` is black and in the middle."""
        pdf = self._pdf
        pdf.set_draw_color(*(LINE if width_mm is None else INK))
        shorter_mm = 0 if width_mm is None else (pdf.epw - width_mm) / 2
        left_mm, right_mm = pdf.l_margin + shorter_mm, pdf.w - pdf.r_margin - shorter_mm
        pdf.line(left_mm, pdf.get_y() + 1, right_mm, pdf.get_y() + 1)
        self.space(2)

    def space(self, height_mm: float) -> None:
        self._pdf.ln(height_mm)

    def words_mm(self, words: str, *, bold: bool = False, points: float | None = None) -> float:
        """Return how wide ``words`` stand in one line."""
        self._pdf.set_font(FAMILY, "B" if bold else "", points or self.size.text_pt)
        return float(self._pdf.get_string_width(_plain(words)))

    @property
    def y_mm(self) -> float:
        """How far down the sheet the next line stands."""
        return float(self._pdf.get_y())

    def as_bytes(self) -> bytes:
        """Return the file. Nothing can be written afterwards."""
        return bytes(self._pdf.output())


class _Numbered(FPDF):
    """Pages with their number below, unless they are labels."""

    def __init__(self, size: Size, *, footer: str, numbered: bool) -> None:
        super().__init__(unit="mm", format=(size.width_mm, size.height_mm))
        self._words, self._is_numbered = footer, numbered and size != LABEL
        self._below_mm = size.margin_mm
        self.add_font(FAMILY, "", font_roboto.Roboto)
        self.add_font(FAMILY, "B", font_roboto.RobotoBold)
        self.add_font(FAMILY, "I", font_roboto.RobotoItalic)
        self.add_font(FAMILY, "BI", font_roboto.RobotoBoldItalic)
        self.set_margin(size.margin_mm)
        self.set_auto_page_break(self._is_numbered, margin=size.margin_mm + 5 * self._is_numbered)
        self.set_lang("vi-VN")
        self.set_creator("Mường Then")
        self.set_font(FAMILY, "", size.text_pt)

    def footer(self) -> None:
        if not self._is_numbered:
            return
        self.set_y(-self._below_mm)
        self.set_font(FAMILY, "", 8)
        self.set_text_color(*SOFT)
        self.cell(self.epw - 20, 4, self._words)
        self.cell(20, 4, f"{self.page_no()}/{{nb}}", align="R")


def as_response(paper: Paper, *, name: str) -> HttpResponse:
    """Return the file as an answer that browsers show; ``name`` (without an ending) is for keeping it."""
    response = HttpResponse(paper.as_bytes(), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _shown(value: Value) -> str:
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".").replace("-", "\u2212")
    return _plain(value or "")


def _plain(words: str) -> str:
    """Return ``words`` composed (one letter, one sign), without control characters but line ends."""
    composed = unicodedata.normalize("NFC", str(words))
    return "".join(
        each for each in composed if each == "\n" or not unicodedata.category(each).startswith("C")
    )


def _runs(row: Sequence[int]) -> list[tuple[int, int]]:
    """Return where dark modules stand beside each other: (first, how many)."""
    runs: list[tuple[int, int]] = []
    for position, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == position:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((position, 1))
    return runs
