"""Amounts in words."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from frontend import spoken

DIGITS = {word: value for value, word in enumerate(spoken.DIGITS)} | {"mốt": 1, "tư": 4, "lăm": 5}
SIZES = {"nghìn": 1_000, "triệu": 1_000_000, "tỷ": 1_000_000_000}


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (10, "mười"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (1_000, "một nghìn"),
        (327_250, "ba trăm hai mươi bảy nghìn hai trăm năm mươi"),
        (1_005_000, "một triệu không trăm linh năm nghìn"),
        (20_000_000, "hai mươi triệu"),
        (1_000_000_005, "một tỷ không trăm linh năm"),
        (-50_000, "âm năm mươi nghìn"),
    ],
)
def test_a_number_is_said_as_the_north_says_it(whole: int, words: str):
    assert spoken.number(whole) == words


@given(st.integers(min_value=0, max_value=10**15))
def test_what_is_said_is_understood_again(whole: int):
    assert _heard(spoken.number(whole)) == whole


def test_an_amount_is_said_in_the_language_of_the_page():
    with translation.override("vi"):
        assert spoken.dong(35_000) == "ba mươi lăm nghìn đồng"
    with translation.override("en"):
        assert spoken.dong(35_000) == "35,000 đồng"


def _heard(words: str) -> int:
    """Add up what a listener hears, word by word."""
    billions, _tỷ, rest = words.rpartition(" tỷ") if " tỷ" in words else ("", "", words)
    total = _heard(billions) * SIZES["tỷ"] if billions else 0
    group = pending = 0
    for word in rest.split():
        if word in DIGITS:
            pending = DIGITS[word]
        elif word == "mười":
            group, pending = group + 10, 0
        elif word == "mươi":
            group, pending = group + pending * 10, 0
        elif word == "trăm":
            group, pending = group + pending * 100, 0
        elif word in SIZES:
            total, group, pending = total + (group + pending) * SIZES[word], 0, 0
    return total + group + pending
