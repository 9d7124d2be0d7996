"""QR payloads of bank transfers: EMVCo's Merchant-Presented Mode as NAPAS uses it for VietQR.

A payload is a row of fields, each two digits of name, two of length and the value; some values are rows
themselves. After EMVCo QRCPS-MPM 1.1 and NAPAS's switching specification for QR 1.5.2.
"""

import re
from binascii import crc_hqx
from dataclasses import dataclass

NAPAS = "A000000727"
TO_ACCOUNT = "QRIBFTTA"  # NAPAS 24/7 to an account
TO_CARD = "QRIBFTTC"
SERVICES = ("", TO_ACCOUNT, TO_CARD, "QRPUSH")
STATIC, DYNAMIC = "11", "12"
VND_NUMBER = "704"  # ISO 4217
PURPOSE_MAX = 25  # characters of field 62.08

_AMOUNT = re.compile(r"[1-9][0-9]{0,12}")
_PRINTABLE = re.compile(r"[ -~]*")
_CRC_FIELD = "6304"


class BadPayload(ValueError):
    """The text is not the payload of a VietQR code, or a code of it cannot be built."""


@dataclass(frozen=True, kw_only=True)
class BankQr:
    """What a code says: to which account of which bank, how much and what for.

    Without ``amount_vnd`` the code is static and the payer types the amount.
    """

    bank_bin: str  # six digits
    account: str
    amount_vnd: int | None = None
    purpose: str = ""
    service: str = TO_ACCOUNT
    category: str = ""  # merchant category code, four digits
    name: str = ""
    city: str = ""
    store: str = ""


def crc(text: str) -> str:
    """Return the CRC-16/CCITT-FALSE (polynomial 1021, start FFFF) of ``text`` as four hexadecimal digits."""
    return f"{crc_hqx(text.encode(), 0xFFFF):04X}"


def build(code: BankQr) -> str:
    """Return the payload of ``code``. Raises BadPayload if a value does not fit its field."""
    _check(code)
    bank = _field("00", code.bank_bin) + _field("01", code.account)
    merchant = _field("00", NAPAS) + _field("01", bank) + _field("02", code.service)
    rows = [
        _field("00", "01"),
        _field("01", STATIC if code.amount_vnd is None else DYNAMIC),
        _field("38", merchant),
        _field("52", code.category),
        _field("53", VND_NUMBER),
        _field("54", "" if code.amount_vnd is None else str(code.amount_vnd)),
        _field("58", "VN"),
        _field("59", code.name),
        _field("60", code.city),
        _field("62", _field("03", code.store) + _field("08", code.purpose)),
    ]
    text = "".join(rows) + _CRC_FIELD
    return text + crc(text)


def read(payload: str) -> BankQr:
    """Return what a payload says. Fields that mean nothing to a transfer are passed over.

    Raises BadPayload, saying which field has what it must not have.
    """
    if not payload.isascii() or not _PRINTABLE.fullmatch(payload):
        raise BadPayload("The code has characters that no payment code has. Scan it again.")
    found, claimed = crc(payload[:-4]), payload[-4:]
    if payload[-8:-4] != _CRC_FIELD:
        raise BadPayload(
            f"The code ends in {payload[-8:]!r}, not in field 63 with its checksum. Scan it again."
        )
    if claimed != found:
        raise BadPayload(f"The checksum is {claimed!r}, that of what was read is {found!r}. Scan it again.")
    fields = _split(payload[:-8], where="the code")
    if next(iter(fields), "") != "00" or fields["00"] != "01":
        raise BadPayload("The code does not begin with field 00 = 01: it is no payment code.")
    for name, wanted in (("53", VND_NUMBER), ("58", "VN")):
        if fields.get(name) != wanted:
            raise BadPayload(f"Field {name} is {fields.get(name)!r}, a transfer in đồng has {wanted!r}.")
    merchant = _split(fields.get("38", ""), where="field 38")
    if merchant.get("00") != NAPAS:
        raise BadPayload(f"Field 38.00 is {merchant.get('00')!r}, VietQR's is {NAPAS!r}.")
    bank = _split(merchant.get("01", ""), where="field 38.01")
    more = _split(fields.get("62", ""), where="field 62")
    code = BankQr(
        bank_bin=bank.get("00", ""),
        account=bank.get("01", ""),
        amount_vnd=_amount_vnd(fields),
        purpose=more.get("08", ""),
        service=merchant.get("02", ""),
        category=fields.get("52", ""),
        name=fields.get("59", ""),
        city=fields.get("60", ""),
        store=more.get("03", ""),
    )
    _check(code)
    return code


def _amount_vnd(fields: dict[str, str]) -> int | None:
    kind, amount = fields.get("01"), fields.get("54")
    if kind not in (STATIC, DYNAMIC):
        raise BadPayload(f"Field 01 is {kind!r}, it must be {STATIC!r} (static) or {DYNAMIC!r} (dynamic).")
    if (kind == DYNAMIC) != (amount is not None):
        raise BadPayload(f"Field 01 is {kind!r} and field 54 is {amount!r}: only dynamic codes say how much.")
    if amount is None:
        return None
    if not _AMOUNT.fullmatch(amount):
        raise BadPayload(f"Field 54 is {amount!r}, it must be whole đồng such as '180000'.")
    return int(amount)


def _check(code: BankQr) -> None:
    """Raise BadPayload unless every value fits its field. Lengths as EMVCo and NAPAS give them."""
    for name, value, pattern, wanted in (
        ("38.01.00", code.bank_bin, r"[0-9]{6}", "six digits"),
        ("38.01.01", code.account, r"[0-9A-Za-z]{1,19}", "1 to 19 letters and digits"),
        ("52", code.category, r"([0-9]{4})?", "four digits or absent"),
        ("59", code.name, r"[ -~]{0,25}", "at most 25 characters of ASCII"),
        ("60", code.city, r"[ -~]{0,15}", "at most 15 characters of ASCII"),
        ("62.03", code.store, r"[ -~]{0,25}", "at most 25 characters of ASCII"),
        ("62.08", code.purpose, r"[ -~]{0,25}", "at most 25 characters of ASCII"),
    ):
        if not re.fullmatch(pattern, value):
            raise BadPayload(f"Field {name} is {value!r}, it must be {wanted}.")
    if code.service not in SERVICES:
        raise BadPayload(f"Field 38.02 is {code.service!r}, it must be {TO_ACCOUNT!r} or {TO_CARD!r}.")
    if code.amount_vnd is not None and not _AMOUNT.fullmatch(str(code.amount_vnd)):
        raise BadPayload(f"Field 54 is {code.amount_vnd!r}, it must be whole đồng of at most 13 digits.")


def _field(name: str, value: str) -> str:
    """Return one field, or nothing for an empty value."""
    assert len(value) <= 99, value
    return f"{name}{len(value):02}{value}" if value else ""


def _split(text: str, *, where: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if not re.fullmatch(r"[0-9]{4}", head):
            raise BadPayload(f"In {where}, {head!r} is no name and length of a field.")
        name, length = head[:2], int(head[2:])
        value = text[at + 4 : at + 4 + length]
        if len(value) < length or length == 0:
            raise BadPayload(f"In {where}, field {name} has {len(value)} characters and says {length}.")
        if name in fields:
            raise BadPayload(f"In {where}, field {name} occurs twice.")
        fields[name] = value
        at += 4 + length
    return fields
