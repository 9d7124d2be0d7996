"""Files of strangers: bombs, traps and broken ones are refused in words; what we write runs nowhere."""

from __future__ import annotations

import csv
import io
import os
import random
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from PIL import Image

from agriculture.trace import papers
from frontend import developing
from marketplace.listing import sheets
from marketplace.local.paths import BASE_DIR
from marketplace.settlement import sheets as statements
from marketplace.statistics import exports
from tourism.desk import police_form
from tourism.octo import statements as resellers

SHEET = "xl/worksheets/sheet1.xml"
HEAD = (
    "<row>" + "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in sheets.HEADINGS) + "</row>"
)
FORMULAS = [
    '=HYPERLINK("https://evil.example")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
]


def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(sheets.template())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def book(folder: Path, changed: dict[str, bytes | str]) -> Path:
    path = folder / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts() | changed).items():
            archive.writestr(name, content)
    return path


def worksheet(rows: str, *, before: str = "") -> str:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?>{before}<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    )


def texts(path: Path) -> str:
    return repr(list(sheets.rows_of(path, name="a.xlsx")))


SECRET = "muongthen-secret-of-the-house"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"])
def test_an_entity_that_names_a_file_brings_nothing_of_it(part, tmp_path, secret):
    entity = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>'
    cell = '<row><c t="inlineStr"><is><t>&x;</t></is></c></row>'
    content = worksheet(HEAD + cell) if part == SHEET else parts()[part].decode()
    begins = content.index("?>") + 2 if content.startswith("<?xml") else 0

    try:
        shown = texts(book(tmp_path, {part: content[:begins] + entity + content[begins:]}))
    except sheets.Unreadable as error:
        shown = str(error)

    assert SECRET not in shown


@pytest.mark.parametrize("reader", ["lxml is there", "as installed for production, without lxml"])
def test_entities_that_grow_a_thousandfold_are_not_unfolded(reader, tmp_path):
    doctype = '<!DOCTYPE a [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    content = worksheet(HEAD + '<row><c t="inlineStr"><is><t>&j;</t></is></c></row>', before=f"{doctype}]>")
    path = book(tmp_path, {SHEET: content})
    script = (
        "import resource, sys, pathlib, django\n"
        "django.setup()\n"
        "from marketplace.listing import sheets\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n"
        "    list(sheets.rows_of(pathlib.Path(sys.argv[1]), name='a.xlsx'))\n"
        "except sheets.Unreadable:\n"
        "    print('refused', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    environment = os.environ | {"OPENPYXL_LXML": str("production" not in reader)}
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        cwd=BASE_DIR, env=environment, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip

    refused, more_kb = done.stdout.split()
    assert refused == "refused"
    assert int(more_kb) < 40_000  # unfolded it would be two gigabytes


def test_a_row_that_says_it_is_the_billionth_does_not_keep_the_worker(tmp_path):
    rows = HEAD + '<row r="999999999999"><c><v>1</v></c></row>'
    began = time.perf_counter()

    with pytest.raises(sheets.Unreadable, match="no Excel file"):
        texts(book(tmp_path, {SHEET: worksheet(rows)}))

    assert time.perf_counter() - began < 30


def test_a_zip_that_lies_about_its_size_is_not_unpacked_further(tmp_path):
    path = book(tmp_path, {SHEET: worksheet(HEAD + "<row/>" * 3_000_000)})
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        told = archive.getinfo(SHEET).file_size
    lie = struct.pack("<I", told)
    while (at := raw.find(lie)) >= 0:
        raw[at : at + 4] = struct.pack("<I", 1000)
    path.write_bytes(raw)

    with pytest.raises(sheets.Unreadable):
        texts(path)


def test_a_bomb_of_many_parts_and_a_bomb_in_a_bomb_are_not_opened(tmp_path):
    many = {f"xl/{number}.xml": b"x" for number in range(sheets.PARTS_MAX + 1)}
    huge = {"xl/media/a.zip": zlib.compress(bytes(1)) + bytes(130 * 1024 * 1024)}

    for changed in (many, huge):
        with pytest.raises(sheets.Unreadable, match="unpacks to far more"):
            texts(book(tmp_path, changed))


@pytest.mark.parametrize("value", ["1E999", "-1E999", "NaN", "1E308", "9" * 400])
def test_a_number_that_is_none_is_a_wrong_row_or_no_file(value, tmp_path):
    cells = "".join(f"<c><v>{value}</v></c>" for _heading in sheets.HEADINGS)

    try:
        [row] = sheets.rows_of(book(tmp_path, {SHEET: worksheet(f"{HEAD}<row>{cells}</row>")}), name="a.xlsx")
    except sheets.Unreadable:
        return
    assert row.wrong


def test_whatever_is_broken_in_a_file_it_is_refused_and_nothing_else_happens(tmp_path):
    chance, whole = random.Random(8), sheets.template()
    own, ended = parts(), {"read": 0, "refused": 0}
    for number in range(240):
        name = chance.choice(list(own))
        part, raw = bytearray(own[name]), bytearray(whole)
        for _change in range(chance.choice([1, 2, 5])):
            at = chance.randrange(len(part))
            part[at : at + chance.randrange(12)] = chance.choice([b"<", b"&x;", b"9" * 30, b"\0", b""])
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        path = book(tmp_path, {name: bytes(part)})
        if number % 3 == 0:
            path.write_bytes(raw)
        try:
            list(sheets.rows_of(path, name="a.xlsx"))
            ended["read"] += 1
        except sheets.Unreadable:
            ended["refused"] += 1

    assert min(ended.values()) > 20, ended


# --- Pictures -------------------------------------------------------------------------------------


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG that claims ``width`` x ``height``, in some hundred bytes."""
    head = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = (b"IDAT", zlib.compress(bytes(1000)))
    packed = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (head, *chunks, body, (b"IEND", b""))
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.mark.parametrize("size", [(30_000, 30_000), (2**31 - 1, 2**31 - 1), (65_535, 20_000)])
def test_a_picture_of_more_pixels_than_a_phone_takes_is_not_unpacked(size, tmp_path):
    with pytest.raises(developing.Refused) as refused:
        developing.opened(io.BytesIO(png(*size)))
    with pytest.raises(papers.PaperUnreadable):
        papers.readable(SimpleUploadedFile("a.jpg", png(*size)))

    assert refused.value.code in (developing.TOO_MANY_PIXELS, developing.BROKEN)


def test_words_in_a_picture_that_unpack_to_gigabytes_do_not():
    text = (b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80 * 1024 * 1024)))
    began = time.perf_counter()

    with pytest.raises(developing.Refused):
        developing.opened(io.BytesIO(png(800, 800, text))).load()

    assert time.perf_counter() - began < 10


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "ICO", "PPM", "EPS"])
def test_kinds_of_pictures_no_phone_makes_are_not_even_read(form):
    target = io.BytesIO()
    Image.new("RGB", (600, 600)).save(target, form)

    with pytest.raises(developing.Refused) as refused:
        developing.opened(io.BytesIO(target.getvalue()))
    with pytest.raises(papers.PaperUnreadable):
        papers.readable(SimpleUploadedFile("a.jpg", target.getvalue()))

    assert refused.value.code == developing.NOT_A_PICTURE


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"<html><script>alert(1)</script>",
        b"GIF89a/*\x01\x00\x01\x00*/=alert(1)",
    ],
)
def test_a_page_that_says_it_is_a_picture_is_none(content):
    with pytest.raises(developing.Refused):
        developing.opened(io.BytesIO(content))
    with pytest.raises(papers.PaperUnreadable):
        papers.readable(SimpleUploadedFile("a.jpg", content))


# --- What we write --------------------------------------------------------------------------------


def cells_of(raw: bytes) -> list[Any]:
    return [cell for row in load_workbook(io.BytesIO(raw)).active.iter_rows() for cell in row]  # type: ignore[union-attr]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_word_of_a_person_becomes_a_formula_in_a_file_of_ours(text):
    written = statements.Sheet("Kê", ["Tên", text], [[text, 5]], total=[text, 5], below=[[text, ""]])

    rows = list(csv.reader(io.StringIO(statements.to_csv(written).decode("utf-8-sig"), newline="")))
    assert not [word for row in rows[1:] for word in row if word.startswith(sheets.FORMULA_STARTS)]
    assert {cell.data_type for cell in cells_of(statements.to_xlsx(written))} <= {"s", "inlineStr", "n"}
    assert police_form._harmless(text) == resellers._harmless(text) == f"'{text}"
    table = "".join(exports.csv_parts(["name"], [[text]]))
    assert list(csv.reader(io.StringIO(table, newline="")))[1] == [f"'{text}"]


def test_a_negative_amount_stays_a_number():
    assert "".join(exports.csv_parts(["net_vnd"], [[-5]])).splitlines()[1] == "-5"
    [row] = csv.reader([statements.to_csv(statements.Sheet("a", ["b"], [[-5]])).decode().splitlines()[1]])
    assert row == ["-5"]
