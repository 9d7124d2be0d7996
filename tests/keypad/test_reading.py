"""What a message asks for, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agriculture.units import Quantity, Unit
from marketplace.keypad.reading import Command, Verb, read

KG_50 = Quantity(50, Unit.KG, 1_000)


@pytest.mark.parametrize(
    "text",
    [
        "BAN GAO 50KG 18000",
        "ban gao 50 kg 18000",
        "Ban gao 18000 50kg",
        "BAN 50KG GAO 18K",
        "BAN GAO 50KG GIA 18.000D",
        "BAN GAO 50 kg 18 nghin mot can",
        "BAN GAO 50KG 18.000đ/kg nhe",
        "BNA GAO 50KG 18000",
        "BANGAO 50KG 18000",
        "dang ban gao, 50kg, 18000",
        "  gao   50kg\n18000 ",
    ],
)
def test_the_same_sale_is_read_from_many_spellings(text: str) -> None:
    assert read(text) == Command(Verb.SELL, name="Gao", quantity=KG_50, price_vnd=18_000)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Bán Gạo séng cù 2 tạ 1tr8", ("Gạo séng cù", Quantity(2, Unit.TA, 100_000), 1_800_000)),
        ("BAN THIT BO 5KG 250000", ("Thit bo", Quantity(5, Unit.KG, 1_000), 250_000)),
        ("BAN GA 10 CON 2KG 150000", ("Ga", Quantity(10, Unit.HEAD, 2_000), 150_000)),
        ("BAN RAU CAI 20 BO 10000 500G", ("Rau cai", Quantity(20, Unit.BUNCH, 500), 10_000)),
        ("CAM 50KG 20000", ("Cam", KG_50, 20_000)),
        ("BAP 50KG 5000", ("Bap", KG_50, 5_000)),
        ("MO 50KG 20000", ("Mo", KG_50, 20_000)),
        ("BAN GAO ST25 50KG 20000", ("Gao st25", KG_50, 20_000)),
        ("BAN TRUNG GA 100 QUA 4 NGHIN", ("Trung ga", Quantity(100, Unit.PIECE, None), 4_000)),
    ],
)
def test_names_units_and_weights_are_told_apart(text: str, wanted: tuple[str, Quantity, int]) -> None:
    found = read(text)

    assert (found.name, found.quantity, found.price_vnd) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("GIA GAO 19000", Command(Verb.PRICE, name="Gao", price_vnd=19_000)),
        ("GIA 1 19K", Command(Verb.PRICE, number=1, price_vnd=19_000)),
        ("HET GAO", Command(Verb.SOLD_OUT, name="Gao")),
        ("HET 2", Command(Verb.SOLD_OUT, number=2)),
        ("CON GAO 20", Command(Verb.STOCK, name="Gao", number=20)),
        ("NHAN 12", Command(Verb.ACCEPT, numbers=(12,), code="12")),
        ("NHAN12", Command(Verb.ACCEPT, numbers=(12,), code="12")),
        ("nhan don so 12, 13", Command(Verb.ACCEPT, numbers=(12, 13), code="12")),
        ("Tu choi 12", Command(Verb.DECLINE, numbers=(12,), code="12")),
        ("khong nhan 12", Command(Verb.DECLINE, numbers=(12,), code="12")),
        ("DONG Y 012345", Command(Verb.AGREE, numbers=(12345,), code="012345")),
        ("CAN 12 2,4KG", Command(Verb.WEIGH, numbers=(12,), weight_g=2_400)),
        ("CAN 12 GA DEN 2400 g", Command(Verb.WEIGH, name="Ga den", numbers=(12,), weight_g=2_400)),
        ("CAN", Command(Verb.WEIGH)),
        ("GIAO 12 0678", Command(Verb.HAND, numbers=(12,), code="0678")),
        ("TIEN", Command(Verb.MONEY)),
        ("tiền của tôi", Command(Verb.MONEY)),
        ("DON?", Command(Verb.ORDERS)),
        ("NGHI", Command(Verb.CLOSE)),
        ("NGHI 3", Command(Verb.CLOSE, days=3)),
        ("NGHI 1 TUAN", Command(Verb.CLOSE, days=7)),
        ("NGHI DEN 30/11", Command(Verb.CLOSE, until=(30, 11))),
        ("MO", Command(Verb.OPEN)),
        ("HUY", Command(Verb.REVOKE)),
        ("DK Lò Thị Máy, xã Sín Chải", Command(Verb.JOIN, name="Lò Thị Máy", place="Sín Chải")),
        ("DK LO THI MAY XA SIN CHAI", Command(Verb.JOIN, name="LO THI MAY", place="SIN CHAI")),
        ("GIUP", Command(Verb.HELP)),
    ],
)
def test_every_word_is_understood(text: str, wanted: Command) -> None:
    assert read(text) == wanted


def test_a_price_in_thousands_without_saying_so_is_asked_about() -> None:
    assert read("BAN GAO 50KG 18") == Command(Verb.SELL, name="Gao", quantity=KG_50, small_price=18)


@pytest.mark.parametrize("text", ["", "   ", "???", "xin chao cac ban", "\x00", "1", "'; DROP TABLE"])
def test_what_nobody_can_tell_is_unknown(text: str) -> None:
    assert read(text).verb == Verb.UNKNOWN


@given(st.text(max_size=700) | st.from_regex(r"(BAN|GIA|CON|HET|NHAN|NGHI|DK|DONG Y) .{0,80}"))
def test_nothing_that_is_written_raises(text: str) -> None:
    found = read(text)

    assert len(found.numbers) <= 9
    assert found.price_vnd is None or 500 <= found.price_vnd <= 500_000_000
