"""Text as people type it, made comparable."""

import re
import unicodedata

# đ is a letter of its own and has no decomposition; ð is what some old keyboards write for it.
_D_WITH_STROKE = str.maketrans("đĐðÐ", "dDdD")
_NOT_PRINTABLE = re.compile(r"[^\x20-\x7e]+")


def fold(text: str) -> str:
    """Return ``text`` in lower-case ASCII without accents, its words one space apart.

    ``Điện  Biên`` gives ``dien bien``, whether its accents came composed (NFC) or apart (NFD).
    Letters of other scripts are dropped. Folding twice changes nothing.
    """
    letters = unicodedata.normalize("NFKD", text).translate(_D_WITH_STROKE)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(_NOT_PRINTABLE.sub(" ", bare).lower().split())
