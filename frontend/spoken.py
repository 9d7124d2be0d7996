"""Amounts as they are said aloud: in full words in Vietnamese, for ears and for eyes that tire of figures."""

from __future__ import annotations

from django.utils import translation

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
BILLION = 1_000_000_000
GROUPS = ((1_000_000, "triệu"), (1_000, "nghìn"), (1, ""))


def dong(amount_vnd: int) -> str:
    """Return "một triệu hai trăm nghìn đồng" on a Vietnamese page, "1,200,000 đồng" on any other."""
    if not (translation.get_language() or "").startswith("vi"):
        return f"{amount_vnd:,} đồng"
    return f"{number(amount_vnd)} đồng"


def number(whole: int) -> str:
    """Return ``whole`` in Vietnamese words, as the North says it: "một trăm linh năm", "hai mươi mốt"."""
    if whole < 0:
        return f"âm {number(-whole)}"
    if whole >= BILLION:
        rest = whole % BILLION
        return f"{number(whole // BILLION)} tỷ" + (f" {_millions(rest, goes_on=True)}" if rest else "")
    return _millions(whole, goes_on=False) if whole else DIGITS[0]


def _millions(whole: int, *, goes_on: bool) -> str:
    """Words for less than a billion; ``goes_on``: larger ones were said before, so no hundred is left out."""
    said = []
    for size, name in GROUPS:
        group, whole = divmod(whole, size)
        if group:
            said.append(f"{_hundreds(group, goes_on=goes_on)} {name}".rstrip())
            goes_on = True
    return " ".join(said)


def _hundreds(group: int, *, goes_on: bool) -> str:
    hundreds, rest = divmod(group, 100)
    said = [DIGITS[hundreds], "trăm"] if hundreds or goes_on else []
    tens, ones = divmod(rest, 10)
    if tens > 1:
        said += [DIGITS[tens], "mươi"]
        if ones:
            said.append({1: "mốt", 4: "tư", 5: "lăm"}.get(ones, DIGITS[ones]))
    elif tens == 1:
        said.append("mười")
        if ones:
            said.append("lăm" if ones == 5 else DIGITS[ones])
    elif ones:
        said += ["linh"] * bool(said) + [DIGITS[ones]]
    return " ".join(said)
