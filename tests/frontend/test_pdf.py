"""Papers people print."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from frontend import pdf

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


def _paper(**given: object) -> pdf.Paper:
    return pdf.Paper(title="Sao kê tháng 11", made_at=NOON, **given)


def test_a_paper_is_a_pdf_whose_bytes_follow_from_its_words():
    papers = [_paper(), _paper()]
    for paper in papers:
        paper.heading("Tiền của tôi")
        paper.text("Đường về Mường Then, gạo séng cù, mắc khén.")
        paper.facts([("Người bán", "Hộ ông Vàng A Dính")])

    first, second = (paper.as_bytes() for paper in papers)

    assert first == second
    assert first.startswith(b"%PDF-")
    assert len(first) < 60_000


def test_a_long_table_fills_several_pages():
    paper = _paper(footer="Mường Then")
    columns = [pdf.Column("Ngày", 2), pdf.Column("Việc", 3), pdf.Column("Số tiền", 2, "right")]

    paper.table(columns, [["2026-11-01", "Bán chè", 1_234_567]] * 120, total=["", "Cộng", -5])

    assert b"/Count 4" in paper.as_bytes()


@pytest.mark.parametrize(
    ("value", "shown"), [(1_234_567, "1.234.567"), (-5_000, "\u22125.000"), (None, ""), ("chè", "chè")]
)
def test_numbers_in_tables_are_written_as_vietnamese_readers_expect(value: pdf.Value, shown: str):
    assert pdf._shown(value) == shown


def test_hostile_words_are_shown_and_do_no_harm():
    paper = _paper(size=pdf.LABEL)

    paper.text("**đậm** <b>x</b> \x00\x07 \u202e {nb} ກ ✨ e\u0302\u0301", lines_max=2)
    paper.text("M" * 5_000, lines_max=2)

    assert b"/Count 1" in paper.as_bytes()


def test_a_code_on_a_label_stays_on_its_page():
    paper = _paper(size=pdf.LABEL)

    paper.text("Chè Shan tuyết", bold=True, width_mm=50)
    paper.qr("https://muongthen.example/t/ABCD2345/", side_mm=35, x_mm=61, y_mm=4)

    assert b"/Count 1" in paper.as_bytes()
    assert pdf._runs([1, 1, 0, 1, 0, 0, 1, 1, 1]) == [(0, 2), (3, 1), (6, 3)]
