"""The head and the foot that state bodies of Việt Nam write on their papers.

Source: Decree 30/2020/NĐ-CP, Appendix I, part I (margins) and part II (state title and motto, body, number,
place and day, kind and subject, receivers, signature). They are Vietnamese in every language. The letters are
Roboto's instead of Times New Roman, which is not free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from .pdf import Paper, Size

# Left 30 to 35 mm, right 15 to 20, top and bottom 20 to 25.
STATE_A4 = Size(210, 297, margin_mm=20, text_pt=11)
LEFT_MM, RIGHT_MM, TOP_MM = 30, 15, 20
WIDTH_MM = STATE_A4.width_mm - LEFT_MM - RIGHT_MM
BODY_MM, GAP_MM = 70, 5  # of the left part of the head

STATE, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
STATE_PT, MOTTO_PT, TITLE_PT = 10.5, 11.5, 14


@dataclass(frozen=True)
class Issuer:
    """Who issues a paper: ``above`` is the body it answers to ("" for none), ``place`` where it sits.

    ``sign`` is the end of its papers' numbers, "BC-UBND"; ``signer`` who signs them.
    """

    body: str
    place: str
    above: str = ""
    sign: str = "BC-UBND"
    signer: str = "CHỦ TỊCH"  # "" where nobody signs by hand


def state_paper(
    *,
    issuer: Issuer,
    kind: str,
    subject: str,
    on: date,
    made_at: datetime,
    number: str = "",
    footer: str = "",
) -> Paper:
    """Return a paper of ``issuer`` with its head; without a ``number`` there is room to write one in by hand.

    ``kind`` is that of the paper ("BÁO CÁO"), ``subject`` what it is about. The text follows.
    """
    paper = Paper(title=subject, made_at=made_at, size=STATE_A4, footer=footer)
    right_mm = LEFT_MM + BODY_MM + GAP_MM
    paper.column(LEFT_MM, TOP_MM, BODY_MM)
    if issuer.above:
        paper.text(issuer.above.upper(), centred=True, points=STATE_PT)
    paper.text(issuer.body.upper(), bold=True, centred=True, points=STATE_PT)
    paper.rule(width_mm=paper.words_mm(issuer.body.upper(), bold=True, points=STATE_PT) % BODY_MM * 0.4)
    paper.text(f"Số: {number or ' ' * 6}/{issuer.sign}", centred=True)
    left_y_mm = paper.y_mm
    paper.column(right_mm, TOP_MM, WIDTH_MM - BODY_MM - GAP_MM)
    paper.text(STATE, bold=True, centred=True, points=STATE_PT)
    paper.text(MOTTO, bold=True, centred=True, points=MOTTO_PT)
    paper.rule(width_mm=paper.words_mm(MOTTO, bold=True, points=MOTTO_PT))
    # Days below 10 and the months of January and February are written with two digits.
    month = f"{on.month:02}" if on.month < 3 else str(on.month)
    paper.text(
        f"{issuer.place}, ngày {on.day:02} tháng {month} năm {on.year}",
        italic=True,
        centred=True,
    )
    paper.column(LEFT_MM, max(left_y_mm, paper.y_mm) + 8, WIDTH_MM)
    paper.text(kind.upper(), bold=True, centred=True, points=TITLE_PT)
    paper.text(subject, bold=True, centred=True, points=MOTTO_PT)
    paper.rule(width_mm=40)
    paper.space(4)
    return paper


def sign_off(paper: Paper, *, issuer: Issuer, receivers: Sequence[str]) -> None:
    """Write the foot: who receives the paper on the left, who signs it on the right, if anybody does."""
    if not issuer.signer:
        return
    if paper.y_mm > STATE_A4.height_mm - STATE_A4.margin_mm - 55:
        paper.page()
    paper.space(6)
    top_mm = paper.y_mm
    paper.column(LEFT_MM + WIDTH_MM / 2, top_mm, WIDTH_MM / 2)
    paper.text(issuer.signer, bold=True, centred=True)
    paper.text("(Ký, ghi rõ họ tên)", italic=True, soft=True, centred=True, points=9)
    paper.column(LEFT_MM, top_mm, WIDTH_MM / 2)
    paper.text("Nơi nhận:", bold=True, italic=True, points=10)
    for receiver in receivers:
        paper.text(f"- {receiver};", points=9)
    paper.text("- Lưu: VT.", points=9)
    paper.column(LEFT_MM, paper.y_mm, WIDTH_MM)
