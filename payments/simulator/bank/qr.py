"""What the bank's app reads from a payment code. The bank is a stranger: it reads as it understands NAPAS."""

from binascii import crc_hqx
from dataclasses import dataclass


class UnreadableCode(ValueError):
    """The code is no transfer in đồng. The message is for the payer."""


@dataclass(frozen=True)
class Scanned:
    """What a code asks for; None where the payer is to say how much."""

    bank_bin: str
    account: str
    amount_vnd: int | None
    note: str


def scan(payload: str) -> Scanned:
    """Return what the text of a VietQR code asks for. Raises UnreadableCode."""
    text = payload.strip()
    try:
        if f"{crc_hqx(text[:-4].encode('ascii'), 0xFFFF):04X}" != text[-4:]:
            raise UnreadableCode("Mã QR bị lỗi hoặc bị thiếu ký tự. Hãy quét lại.")
        fields = _fields(text)
        receiver = _fields(_fields(fields["38"])["01"])
        amount = fields.get("54")
        scanned = Scanned(
            bank_bin=receiver["00"],
            account=receiver["01"],
            amount_vnd=int(amount) if amount else None,
            note=_fields(fields.get("62", "")).get("08", ""),
        )
    except (KeyError, IndexError, UnicodeEncodeError) as error:
        raise UnreadableCode("Đây không phải là mã VietQR.") from error
    except ValueError as error:
        raise (
            error if isinstance(error, UnreadableCode) else UnreadableCode("Không đọc được mã QR.")
        ) from error
    if fields.get("53") != "704":
        raise UnreadableCode("Mã QR này không phải để trả bằng đồng Việt Nam.")
    return scanned


def _fields(text: str) -> dict[str, str]:
    found = {}
    while text:
        length = int(text[2:4])
        found[text[:2]] = text[4 : 4 + length]
        text = text[4 + length :]
    return found
