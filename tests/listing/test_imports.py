"""A file with many things to sell: read first, wrong rows named, then each right row listed exactly once."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook
from oscar.core.loading import get_model

from marketplace.errors import Invalid
from marketplace.listing import imports, sheets
from marketplace.listing.models import Import
from tests.listing.conftest import NOW

Product = get_model("catalogue", "Product")

pytestmark = pytest.mark.django_db

HEAD = "Tên hàng;Loại;Số lượng;Đơn vị;Nặng (kg);Giá (đồng);Mô tả\n"
GOOD = HEAD + "Gạo nếp nương;;50;kg;;45.000;Gạo mới\nMăng khô;;20;gói;0,5;120k;\n"


@pytest.fixture
def send(seller: Any, farmer: Any, monkeypatch: Any) -> Any:
    monkeypatch.setattr(imports, "_enqueue", lambda import_id: None)  # the tests are the worker

    def act(content: str | bytes, name: str = "hang.csv") -> Import:
        raw = content.encode() if isinstance(content, str) else content
        file = SimpleUploadedFile(name, raw)
        wanted = imports.send(seller=seller, file=file, import_id=uuid4(), by=farmer, now=NOW)
        imports.work(import_id=wanted.pk, now=NOW)
        wanted.refresh_from_db()
        return wanted

    return act


def excel(rows: list[list[Any]]) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(buffer)
    return buffer.getvalue()


def finish(wanted: Import, farmer: Any) -> Import:
    imports.start(import_id=wanted.pk, by=farmer, now=NOW)
    while Import.objects.get(pk=wanted.pk).state == Import.State.RUNNING:
        imports.work(import_id=wanted.pk, now=NOW)
    wanted.refresh_from_db()
    return wanted


def test_reading_lists_nothing_and_starting_lists_every_row(send, farmer):
    wanted = send(GOOD)
    assert (wanted.state, wanted.rows, wanted.wrong_rows) == (Import.State.CHECKED, 2, 0)
    assert not Product.objects.exists()

    finish(wanted, farmer)

    assert (wanted.state, wanted.done, wanted.listed) == (Import.State.DONE, 2, 2)
    found = {product.title: product for product in Product.objects.all()}
    shoots = found["Măng khô"]
    assert (shoots.produce.pack, int(shoots.stockrecords.get().price)) == ("pack 500 g", 120_000)
    assert found["Gạo nếp nương"].description == "Gạo mới"


def test_the_same_file_as_excel(send, farmer):
    rows: list[list[Any]] = [list(sheets.HEADINGS), ["Gạo nếp nương", None, 50.0, "kg", None, 45000, None]]

    wanted = finish(send(excel(rows), "hang.xlsx"), farmer)

    assert (wanted.listed, Product.objects.get().stockrecords.get().num_in_stock) == (1, 50)


def test_wrong_rows_are_named_by_number_and_left_out(send, farmer):
    wanted = send(
        HEAD
        + "Gạo tẻ;;50;kg;;45000;\n"
        + "=HYPERLINK(1);;5;kg;;45000;\n"
        + "Thứ lạ;;5;kg;;45000;\n"
        + "Gạo tẻ;;năm;kg;;45000;\n"
        + "\n"
        + "Gạo tẻ;;5;sào;;45000;\n"
        + "Gạo tẻ;;5;kg;;rẻ;\n"
    )

    assert (wanted.rows, wanted.wrong_rows) == (6, 5)
    assert wanted.wrong == [
        [3, "“=HYPERLINK(1)”: a cell may not begin like a formula."],
        [4, "Say what kind of thing it is, in the column “Loại”."],
        [5, "“năm” is no whole number."],
        [7, "“sào” is no unit the market knows."],
        [8, "“rẻ” is no price in đồng."],
    ]
    assert finish(wanted, farmer).listed == 1


def test_what_a_rule_forbids_is_found_while_listing(send, farmer):
    wanted = finish(send(HEAD + "Mật gấu;Medicinal herbs;1;chai;0,1;500000;\nGạo tẻ;;5;kg;;18000;\n"), farmer)

    assert (wanted.listed, wanted.wrong_rows) == (1, 1)
    assert wanted.wrong[0][0] == 2
    assert "cannot be sold here" in wanted.wrong[0][1]


def test_a_row_is_listed_once_however_often_the_work_is_taken_up(send, farmer, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 2)
    wanted = send(HEAD + "".join(f"Gạo tẻ {n};;5;kg;;18000;\n" for n in range(5)))
    imports.start(import_id=wanted.pk, by=farmer, now=NOW)

    imports.work(import_id=wanted.pk, now=NOW)
    Import.objects.filter(pk=wanted.pk).update(done=0, listed=0)  # as a worker that died would leave it
    finish(wanted, farmer)

    assert (Product.objects.count(), wanted.listed, wanted.done) == (5, 5, 5)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1258"])
def test_files_of_old_computers_are_read(send, encoding):
    head = "Ten hang;So luong;Don vi;Gia\n" if encoding == "cp1258" else "Tên hàng;Số lượng;Đơn vị;Giá\n"

    wanted = send((head + "Gao te;5;kg;18000\n").encode(encoding))

    assert (wanted.rows, wanted.wrong_rows) == (1, 0)


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(40 * 1024 * 1024))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"\x00\x01\x02\x03", "a.csv", "This is no list"),
        ("Tên hàng;Giá\n", "a.csv", "missing: Số lượng, Đơn vị"),
        ("\n\n", "a.csv", "The file is empty"),
        (b"PK\x03\x04 not a zip", "a.xlsx", "no Excel file that can be read"),
        (bomb(), "a.xlsx", "unpacks to far more"),
        (HEAD + "Gạo;;1;kg;;18000;\n" * (sheets.ROWS_MAX + 1), "a.csv", "more than 10.000 rows"),
    ],
)
def test_files_that_are_none_or_traps_are_refused_in_words(send, content, name, words):
    wanted = send(content, name)

    assert wanted.state == Import.State.REFUSED
    assert words in wanted.words


def test_a_file_of_another_kind_or_too_large_is_not_taken(send):
    with pytest.raises(Invalid, match=r"ends in .xlsx or .csv"):
        send(b"x", "a.exe")
    with pytest.raises(Invalid, match="larger than 10 MB"):
        send(bytes(sheets.BYTES_MAX + 1))
    assert not Import.objects.exists()


def test_the_file_to_fill_in_can_itself_be_read(send, farmer):
    wanted = finish(send(sheets.template(), "hang-hoa.xlsx"), farmer)

    assert (wanted.rows, wanted.wrong_rows, wanted.listed) == (2, 0, 2)
    assert load_workbook(io.BytesIO(sheets.template())).sheetnames == ["Hàng", "Đơn vị"]


def test_the_pages_show_what_is_wrong_and_list_the_rest(send, phone, farmer):
    wanted = send(GOOD + "Gạo tẻ;;0;kg;;45000;\n")
    page = phone.get(f"/sell/import/{wanted.pk}/").content.decode()
    assert "a number from 1 to 100000" in page

    assert phone.post(f"/sell/import/{wanted.pk}/").status_code == 302

    imports.work(import_id=wanted.pk, now=NOW)
    assert phone.get(f"/sell/import/{wanted.pk}/state/").json() == {"state": "done", "done": 3, "rows": 3}
    assert phone.get("/sell/import/hang-hoa.xlsx").status_code == 200


def test_a_file_of_another_seller_is_not_there(send, client):
    from marketplace.sellers.models import Member
    from tests.factories import SellerFactory, UserFactory

    wanted, stranger = send(GOOD), UserFactory()
    Member.objects.create(seller=SellerFactory(), user=stranger)
    client.force_login(stranger)

    for path in (f"/sell/import/{wanted.pk}/", f"/sell/import/{wanted.pk}/state/"):
        assert client.get(path).status_code == 404
    assert client.post(f"/sell/import/{wanted.pk}/").status_code == 404
