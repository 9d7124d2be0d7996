"""Text as an old phone shows it: Vietnamese without accents, in the letters of GSM-7 that cost one each."""

from __future__ import annotations

import re
import unicodedata

# 3GPP TS 23.038, 6.2.1: an SMS has 140 octets, which are 160 letters of seven bits. Letters of the default
# alphabet's extension ({ } [ ] ~ ^ | \\ and the euro) cost two, and the back quote is in neither table.
SMS_LETTERS = 160
SMS_MOST = 3  # a longer text is no short message: nobody who reads little reads it

_AS = str.maketrans(
    {
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "₫": "d", "€": "EUR",
        "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "`": "'", "´": "'",
        "–": "-", "—": "-", "−": "-", "·": "-", "•": "-", "→": "->", "×": "x",
        "{": "(", "}": ")", "[": "(", "]": ")", "~": "-", "^": "'", "|": "/", "\\": "/",
    }
)  # fmt: skip
_BLANKS = re.compile(r"[^\S\n]+")
_NOT_PLAIN = re.compile(r"[^\n\x20-\x5a\x5f\x61-\x7a]+")


def plain(text: str) -> str:
    """Return ``text`` without accents and with nothing that is not one letter of GSM-7; case and lines stay.

    ``Gạo séng cù: 18.000 ₫`` gives ``Gao seng cu: 18.000 d``. Doing it twice changes nothing.
    """
    # "·" and the like have a meaning of their own that NFKD would take; signs first, then accents.
    letters = unicodedata.normalize("NFKD", text.translate(_AS)).translate(_AS)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    lines = _NOT_PLAIN.sub(" ", _BLANKS.sub(" ", bare)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def parts(text: str, *, letters: int = SMS_LETTERS) -> list[str]:
    """Divide a plain text into pieces of at most ``letters``, between words where a word is not longer."""
    pieces: list[str] = []
    rest = text.strip()
    while len(rest) > letters:
        cut = max(rest.rfind(" ", 0, letters + 1), rest.rfind("\n", 0, letters + 1))
        cut = cut if cut > 0 else letters
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest]
