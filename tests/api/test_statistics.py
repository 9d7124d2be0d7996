from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from marketplace.accounts.models import RoleAssignment
from marketplace.accounts.services import grant_role
from marketplace.places.models import Commune
from tests.api.conftest import Api, signed_in
from tests.factories import UserFactory, commune_named, load_province
from tests.statistics.orders import sell_from
from tests.statistics.releases.test_services import release

pytestmark = pytest.mark.django_db

MAY = "statistics/sales/?from=2026-05-01&to=2026-05-31"
ON = date(2026, 5, 4)


@pytest.fixture
def phang(db: None) -> Commune:
    """Mường Phăng sold for 100.000 ₫ from one household, Nà Tấu for 900.000 ₫ from three."""
    load_province()
    phang = commune_named("Mường Phăng")
    sell_from(phang, 100_000, on=ON)
    sell_from(commune_named("Nà Tấu"), 300_000, on=ON, sellers=3)
    sell_from(commune_named("Sín Chải"), 200_000, on=ON, sellers=3)
    release(ON.replace(day=1))
    return phang


def official(role: str, commune: Commune | None = None) -> Api:
    user = UserFactory()
    grant_role(user=user, role=role, commune=commune)
    return signed_in(user)


def row_of(answer, name: str) -> dict:
    assert answer.status_code == 200, answer.json()
    return next(row for row in answer.json()["results"] if row["name"] == name)


def test_the_whole_province_sees_every_figure(phang):
    answer = official(RoleAssignment.Role.PROVINCE_OFFICIAL).get(f"{MAY}&boundaries=2025&by=commune")

    body = answer.json()
    assert {name: body[name] for name in ("count", "next", "previous", "boundaries", "from", "to", "by")} == {
        "count": 45,
        "next": None,
        "previous": None,
        "boundaries": "2025",
        "from": "2026-05-01",
        "to": "2026-05-31",
        "by": ["commune"],
    }
    assert row_of(answer, "Mường Phăng") == {
        "code": phang.code,
        "name": "Mường Phăng",
        "net_vnd": 100_000,
        "sold_vnd": 100_000,
        "refunded_vnd": 0,
        "orders": 1,
        "sellers": 1,
        "quantity": 1,
        "suppressed": False,
    }
    assert body["total"]["net_vnd"] == 1_600_000


def test_strangers_see_what_too_few_sellers_stand_behind_as_null(phang, api):
    answer = api.get(MAY)

    assert row_of(answer, "Mường Phăng") == {
        "code": phang.code,
        "name": "Mường Phăng",
        "net_vnd": None,
        "sold_vnd": None,
        "refunded_vnd": None,
        "orders": None,
        "sellers": None,
        "quantity": None,
        "suppressed": True,
    }
    hidden = [row["name"] for row in answer.json()["results"] if row["suppressed"]]
    assert sorted(hidden) == ["Mường Phăng", "Sín Chải"]  # the second protects the first
    assert row_of(answer, "Nà Tấu")["net_vnd"] == 900_000
    assert answer.json()["note"].startswith("Where a figure is withheld")


def test_strangers_see_released_months_only_and_officials_what_was_sold_since(phang, api):
    sell_from(commune_named("Nà Tấu"), 100_000, on=date(2026, 6, 2), sellers=4)
    june = "statistics/sales/?from=2026-06-01&to=2026-06-30"

    stranger, province = api.get(june), official(RoleAssignment.Role.PROVINCE_OFFICIAL).get(june)

    assert stranger.json()["total"]["suppressed"] is True
    assert stranger.json()["note"] == "Not every month of this period is released yet: 2026-06."
    assert row_of(province, "Nà Tấu")["net_vnd"] == 400_000


def test_without_days_strangers_are_answered_with_what_is_released(phang, api):
    answer = api.get("statistics/sales/")

    assert (answer.json()["from"], answer.json()["to"]) == ("2026-05-01", "2026-05-31")
    assert answer.json()["total"]["net_vnd"] == 1_600_000


def test_a_commune_official_sees_the_own_commune_in_full_and_others_as_a_stranger_does(phang):
    answer = official(RoleAssignment.Role.COMMUNE_OFFICIAL, phang).get(MAY)

    assert row_of(answer, "Mường Phăng")["net_vnd"] == 100_000
    assert row_of(answer, "Sín Chải")["net_vnd"] is None
    assert row_of(answer, "Sín Chải")["suppressed"] is True


def test_two_breakdowns_name_both_and_kind_and_commune_narrow(phang):
    province = official(RoleAssignment.Role.PROVINCE_OFFICIAL)

    crossed = province.get(f"{MAY}&by=commune,month&kind=goods&commune={phang.code}")
    nights = province.get(f"{MAY}&by=group&kind=nights")

    assert crossed.json()["results"] == [
        {
            "code": phang.code,
            "name": "Mường Phăng",
            "month": "2026-05",
            "month_name": crossed.json()["results"][0]["month_name"],
            "net_vnd": 100_000,
            "sold_vnd": 100_000,
            "refunded_vnd": 0,
            "orders": 1,
            "sellers": 1,
            "quantity": 1,
            "suppressed": False,
        }
    ]
    assert nights.json()["results"] == []


def test_the_same_rows_come_as_csv_and_as_a_workbook(phang, api):
    rows = api.get(MAY).json()["results"]

    sheet, book = api.get(f"{MAY}&format=csv"), api.get(f"{MAY}&format=xlsx")

    assert sheet.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert (
        sheet.headers["Content-Disposition"]
        == 'attachment; filename="sales-2026-05-01-2026-05-31-commune.csv"'
    )
    read = list(csv.DictReader(io.StringIO(sheet.content.decode())))
    assert [row["net_vnd"] for row in read] == [
        "" if row["net_vnd"] is None else str(row["net_vnd"]) for row in rows
    ]
    cells = load_workbook(io.BytesIO(book.content)).worksheets[0]
    assert [cell.value for cell in cells[1]] == list(rows[0])
    assert [cell.value for cell in cells[2]] == list(rows[0].values())


def test_csv_for_excel_begins_with_its_mark_and_paper_has_the_head_of_the_state(phang, api):
    plain, marked = api.get(f"{MAY}&format=csv").content, api.get(f"{MAY}&format=csv-bom").content
    paper = api.get(f"{MAY}&format=pdf")

    assert marked == b"\xef\xbb\xbf" + plain
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.headers["Content-Disposition"].endswith('sales-2026-05-01-2026-05-31-commune.pdf"')
    assert paper.content.startswith(b"%PDF-")


def test_paper_of_too_many_rows_is_refused_in_words(phang, monkeypatch):
    monkeypatch.setattr("marketplace.api.statistics.PDF_ROWS", 44)

    answer = official(RoleAssignment.Role.PROVINCE_OFFICIAL).get(f"{MAY}&boundaries=2025&format=pdf")

    assert answer.status_code == 400
    assert "45" in answer.json()["details"]["format"][0]


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("from=2026-05-02&to=2026-05-01", "period_reversed", "to"),
        ("from=2019-05-02&to=2026-05-01", "period_too_early", "from"),
        ("to=2000-01-01", "period_too_early", "from"),
        ("from=2025-01-01&to=2026-05-01&by=day", "period_too_long", "from"),
        ("boundaries=2023", "invalid", "boundaries"),
        ("by=seller", "invalid", "by"),
        ("by=month,month", "invalid", "by"),
        ("kind=gold", "invalid", "kind"),
        ("format=ods", "invalid", "format"),
        ("from=tomorrow", "invalid", "from"),
        ("commune=99999", "commune_unknown", "commune"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_field(api, query, code, field):
    answer = api.get(f"statistics/sales/?{query}")

    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert list(answer.json()["details"]) == [field]


@pytest.mark.parametrize("sellers", [1, 12])
def test_a_table_costs_the_same_number_of_queries_however_much_was_sold(
    sellers, django_assert_num_queries, db
):
    load_province()
    for name in ("Mường Phăng", "Sín Chải", "Nà Tấu"):
        sell_from(commune_named(name), 50_000, on=ON, sellers=sellers)
    caller = official(RoleAssignment.Role.COMMUNE_OFFICIAL, commune_named("Mường Phăng"))

    # User, scope, rule, two for the units, count, names; and two to write down who has looked.
    with django_assert_num_queries(9):
        answer = caller.get(MAY)

    assert row_of(answer, "Mường Phăng")["net_vnd"] == 50_000 * sellers
