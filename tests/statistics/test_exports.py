import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

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
