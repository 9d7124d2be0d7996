"""VietQR payloads: known vectors, every way to be wrong, and reading back what was built."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers import emvco
from payments.providers.emvco import BadPayload, BankQr

# As NAPAS's specification 1.5.2 gives them.
STATIC = (
    "00020101021138480010A00000072701300006970403011621129950446040255204581253037045802VN"
    "5910PHUONG CAC6005HANOI62110307NPS68696304"
)
DYNAMIC = (
    "00020101021238540010A00000072701240006970436011010175956000208QRIBFTTA530370454061800005802VN"
    "62230819thanh toan don hang6304"
)
SAID = BankQr(bank_bin="970436", account="1017595600", amount_vnd=180_000, purpose="thanh toan don hang")

printable = st.characters(min_codepoint=32, max_codepoint=126)
codes = st.builds(
    BankQr,
    bank_bin=st.from_regex(r"[0-9]{6}", fullmatch=True),
    account=st.from_regex(r"[0-9A-Za-z]{1,19}", fullmatch=True),
    amount_vnd=st.none() | st.integers(1, 9_999_999_999_999),
    purpose=st.text(printable, max_size=25),
    service=st.sampled_from(emvco.SERVICES),
    category=st.just("") | st.from_regex(r"[0-9]{4}", fullmatch=True),
    name=st.text(printable, max_size=25),
    city=st.text(printable, max_size=15),
    store=st.text(printable, max_size=25),
)


def sealed(text: str) -> str:
    """Return ``text`` with a checksum that fits."""
    return text + emvco.crc(text)


def test_the_checksum_has_the_known_check_value():
    assert emvco.crc("123456789") == "29B1"


@pytest.mark.parametrize(("text", "checksum"), [(STATIC, "5802"), (DYNAMIC, "70FA")])
def test_known_codes_have_their_known_checksums_and_are_built_as_they_were_read(text, checksum):
    assert emvco.crc(text) == checksum
    assert emvco.build(emvco.read(text + checksum)) == text + checksum


def test_known_codes_say_what_they_say():
    assert emvco.read(DYNAMIC + "70FA") == SAID
    assert emvco.read(STATIC + "5802") == BankQr(
        bank_bin="970403",
        account="2112995044604025",
        service="",
        category="5812",
        name="PHUONG CAC",
        city="HANOI",
        store="NPS6869",
    )


@given(code=codes)
def test_what_was_built_is_read_as_it_was(code):
    assert emvco.read(emvco.build(code)) == code


@given(code=codes, data=st.data())
def test_a_code_with_one_character_changed_is_refused(code, data):
    payload = emvco.build(code)
    at = data.draw(st.integers(0, len(payload) - 1))
    other = data.draw(printable.filter(lambda character: character != payload[at]))

    with pytest.raises(BadPayload):
        emvco.read(payload[:at] + other + payload[at + 1 :])


@given(text=st.text())
def test_any_text_is_read_or_refused_with_a_sentence(text):
    with pytest.raises(BadPayload, match=r"\."):
        emvco.read(text)


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ("", r"ends in '', not in field 63"),
        (DYNAMIC + "70FB", r"checksum is '70FB', that of what was read is '70FA'"),
        (DYNAMIC + "70fa", r"checksum is '70fa'"),
        (DYNAMIC[:-4] + "70FA", r"not in field 63"),
        (sealed("6304"), r"does not begin with field 00"),
        (sealed(DYNAMIC.replace("000201", "000202", 1)), r"does not begin with field 00 = 01"),
        (sealed(DYNAMIC.replace("5303704", "5303840")), r"Field 53 is '840'.*'704'"),
        (sealed(DYNAMIC.replace("5802VN", "5802LA")), r"Field 58 is 'LA'"),
        (sealed(DYNAMIC.replace("A000000727", "A000000728")), r"Field 38.00 is 'A000000728'"),
        (sealed(DYNAMIC.replace("QRIBFTTA", "QRIBFTTX")), r"Field 38.02 is 'QRIBFTTX'"),
        (sealed(DYNAMIC.replace("970436", "97O436")), r"Field 38.01.00 is '97O436'.*six digits"),
        (sealed(DYNAMIC.replace("010212", "010211")), r"only dynamic codes say how much"),
        (sealed(STATIC.replace("010211", "010212")), r"field 54 is None: only dynamic codes"),
        (sealed(DYNAMIC.replace("010212", "010213")), r"Field 01 is '13'"),
        (sealed(DYNAMIC.replace("5406180000", "5406018000")), r"Field 54 is '018000'"),
        (sealed(DYNAMIC.replace("5406180000", "54061800.5")), r"Field 54 is '1800.5'.*whole đồng"),
        (sealed(DYNAMIC.replace("5406180000", "5406-18000")), r"Field 54 is '-18000'"),
        (sealed(DYNAMIC.replace("62230819", "62230899")), r"field 08 has 19 characters and says 99"),
        (sealed(DYNAMIC.replace("5802VN", "5802VN5802VN")), r"field 58 occurs twice"),
        (sealed(DYNAMIC.replace("5802VN", "58x2VN")), r"'58x2' is no name and length"),
        (sealed(DYNAMIC.replace("thanh", "thành")), r"characters that no payment code has"),
    ],
)  # fmt: skip
def test_a_bad_code_is_refused_with_its_reason(payload, message):
    with pytest.raises(BadPayload, match=message):
        emvco.read(payload)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount_vnd": 0}, r"Field 54 is 0"),
        ({"amount_vnd": -1}, r"Field 54 is -1"),
        ({"amount_vnd": 10**13}, r"at most 13 digits"),
        ({"purpose": "x" * 26}, r"Field 62.08 is 'x+', it must be at most 25"),
        ({"purpose": "nếp"}, r"Field 62.08 is 'nếp'.*ASCII"),
        ({"account": ""}, r"Field 38.01.01 is ''"),
        ({"bank_bin": "97043"}, r"Field 38.01.00 is '97043'"),
    ],
)
def test_a_code_that_no_bank_could_read_is_not_built(changes, message):
    with pytest.raises(BadPayload, match=message):
        emvco.build(BankQr(**{"bank_bin": "970436", "account": "1017595600"} | changes))
