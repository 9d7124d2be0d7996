import csv
import io
import json
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from fpdf import FPDF
from openpyxl import load_workbook

from frontend.state_paper import Issuer
from marketplace.statistics import exports, selectors
from tests.factories import commune_named
from tests.statistics.orders import sell_from

DAY = date(2026, 11, 3)
COLUMNS = [
    "code", "name", "net_vnd", "sold_vnd", "refunded_vnd", "orders", "sellers", "quantity", "suppressed",
]  # fmt: skip


@pytest.fixture
def table(province):
    for name, sellers in (("Mường Phăng", 4), ("Sín Chải", 2), ("Búng Lao", 1)):
        sell_from(commune_named(name), 100_000, on=DAY, sellers=sellers)
    return selectors.sales(boundaries="2025", first_day=DAY, last_day=DAY, by="commune")


def test_csv_holds_every_row_and_leaves_hidden_figures_empty(table):
    text = exports.rows_to_csv(table)

    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == COLUMNS
    assert rows[1] == ["03325", "Mường Phăng", "400000", "400000", "0", "4", "4", "4", "false"]
    assert rows[2] == ["03226", "Sín Chải", "", "", "", "", "", "", "true"]
    assert rows[4][2:] == ["0", "0", "0", "0", "0", "0", "false"]
    assert len(rows) == 1 + 45


def test_a_table_without_rows_still_names_its_columns(province):
    table = selectors.sales(boundaries="2025", first_day=DAY, last_day=DAY, by="commune,month")

    assert exports.rows_to_csv(table).strip().split(",") == [
        *COLUMNS[:2],
        "month",
        "month_name",
        *COLUMNS[2:],
    ]


def test_a_workbook_holds_numbers_the_total_and_what_they_mean(table):
    book = load_workbook(io.BytesIO(exports.rows_to_xlsx(table)))

    rows = list(book["Sales"].iter_rows(values_only=True))
    assert rows[0] == tuple(COLUMNS)
    assert rows[1] == ("03325", "Mường Phăng", 400_000, 400_000, 0, 4, 4, 4, False)
    assert rows[2] == ("03226", "Sín Chải", None, None, None, None, None, None, True)
    assert rows[-1] == (None, "Total", 700_000, 700_000, 0, 7, 7, 7, False)
    about = dict(book["About"].iter_rows(values_only=True))
    assert about["Period"] == "2026-11-03 – 2026-11-03"
    assert "fewer than 3 sellers" in about["suppressed"]


def test_a_csv_file_for_excel_begins_with_the_mark_of_utf_8(table):
    assert exports.rows_to_csv(table, bom=True) == "\ufeff" + exports.rows_to_csv(table)


def test_a_json_file_says_what_it_is_about_and_holds_every_row():
    parts = exports.json_parts(("day", "n"), [(DAY, 1), (DAY, 2)], head={"from": DAY})

    assert json.loads("".join(parts)) == {
        "from": "2026-11-03",
        "results": [{"day": "2026-11-03", "n": 1}, {"day": "2026-11-03", "n": 2}],
    }


def test_a_workbook_that_would_be_too_long_says_so(monkeypatch):
    monkeypatch.setattr(exports, "XLSX_ROWS", 2)

    with exports.xlsx_file(("n",), [(1,), (2,), (3,)]) as file:
        rows = list(load_workbook(file)["Sales"].iter_rows(values_only=True))

    assert rows == [("n",), (1,), (2,), ("There are more rows. Take them as CSV.",)]


@pytest.fixture
def words(monkeypatch):
    """What is written on papers meanwhile, cell by cell."""
    written = []
    real = FPDF.multi_cell

    def noting(self, w, h=None, text="", *args, **options):
        if not options.get("dry_run"):
            written.append(text)
        return real(self, w, h, text, *args, **options)

    monkeypatch.setattr(FPDF, "multi_cell", noting)
    return written


def test_a_report_has_the_head_of_the_state_and_what_was_withheld_without_a_figure(table, words):
    issuer = Issuer(body="Ủy ban nhân dân tỉnh Điện Biên", place="Điện Biên")
    made_at = datetime(2026, 11, 5, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))

    paper = exports.table_paper(table, issuer=issuer, now=made_at, receivers=["Sở Công Thương"])

    assert paper.as_bytes().startswith(b"%PDF-")

    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in words
    assert "Độc lập - Tự do - Hạnh phúc" in words
    assert "ỦY BAN NHÂN DÂN TỈNH ĐIỆN BIÊN" in words
    assert "Điện Biên, ngày 05 tháng 11 năm 2026" in words
    pairs = set(pairwise(words))
    assert {("Mường Phăng", "400.000"), ("Sín Chải", "withheld"), ("Total", "700.000")} <= pairs
    assert "200.000" not in words
