"""Words typed wrong are read as what was meant; words in use are left as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.sellers.spelling import READINGS_MAX, Spelling

WORDS = [
    "gao",
    "seng",
    "cu",
    "mat",
    "ong",
    "rung",
    "trau",
    "tra",
    "tram",
    "heo",
    "che",
    "giao",
    "tuyet",
    "buffalo",
]


def best(typed: str, words: list[str] = WORDS) -> str:
    readings = Spelling(words).read(typed)
    return readings[0].text if readings else ""


@pytest.mark.parametrize("typed", ["gao", "ga", "g", "buff"])
def test_what_begins_a_word_in_use_is_taken_as_it_is(typed):
    assert best(typed) == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gaoj", "gao"),  # Telex
        ("maatj", "mat"),
        ("tuyeets", "tuyet"),
        ("ga5o", "gao"),  # VNI
        ("ma6t5", "mat"),
        ("matong", "mat ong"),  # no space
        ("gaosengcu", "gao seng cu"),
        ("xeng", "seng"),  # by ear
        ("dung", "rung"),
        ("chau", "trau"),
        ("zao", "giao"),
        ("sneg", "seng"),  # neighbours swapped
        ("bufalo", "buffalo"),
        ("bufaloo", "buffalo"),
    ],
)
def test_a_slip_is_read_as_the_word_that_was_meant(typed, meant):
    assert best(typed) == meant


@pytest.mark.parametrize("typed", ["xy", "qwertz", "zzzzzzzz", "9"])
def test_what_is_like_no_word_has_no_reading(typed):
    assert Spelling(WORDS).read(typed) == []


def test_another_word_for_the_same_thing_counts_after_the_typed_one():
    readings = Spelling([*WORDS, "lon"]).read("heo")

    assert [(each.text, each.slips) for each in readings] == [("heo", 0), ("lon", 1)]


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=40))
def test_whatever_is_typed_the_readings_are_few_words_in_use_the_likeliest_first(typed):
    readings = Spelling(WORDS).guess(typed)

    assert len(readings) <= READINGS_MAX
    assert all(set(each.words) <= set(WORDS) for each in readings)
    assert [each.slips for each in readings] == sorted(each.slips for each in readings)


def test_no_words_at_all_are_no_error():
    assert Spelling([]).read("gao") == []
