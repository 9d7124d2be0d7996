"""Transfer notes: made of the operation's id, and found again whatever a bank did to them."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers import notes

ID = uuid.UUID("5e1f4b7a-9c3d-4e2f-8a1b-0c9d8e7f6a5b")

ids = st.uuids(version=4) | st.uuids(version=5) | st.uuids(version=4).map(lambda one: uuid.uuid5(one, "x"))


@given(operation_id=ids)
def test_a_note_is_25_letters_and_digits_and_names_its_operation(operation_id):
    note = notes.note_of(operation_id)

    assert len(note) == 25
    assert note.isascii()
    assert note.isalnum()
    assert note == note.upper()
    assert notes.named_in(note) == operation_id


@pytest.mark.parametrize(
    "written",
    [
        "{}",
        "MBVCB.6012345678.{}.CT tu 0011001234567 VANG THI MY",
        "ck nhanh 247. {} -ft",
        "  {}\n",
        "{}.",
    ],
)
@pytest.mark.parametrize("change", [str.upper, str.lower, str.title])
def test_a_note_is_found_among_the_banks_own_words_in_any_case(written, change):
    text = change(written.format(notes.note_of(ID)))

    assert notes.named_in(text) == ID
    assert notes.has_note(text, ID)


@pytest.mark.parametrize("separator", [" ", "-", ".", " - "])
def test_a_note_typed_in_groups_is_the_same_note(separator):
    note = notes.note_of(ID)
    groups = separator.join(note[at : at + 5] for at in range(0, 25, 5))

    assert notes.named_in(groups) == ID
    assert notes.has_note(f"FT26 {groups} TT", ID)


@pytest.mark.parametrize(
    "text",
    ["", "THANH TOAN DON HANG", "M123", "MZZZZZZZZZZZZZZZZZZZZZZZZ", "Ủng hộ người nghèo vùng cao năm 2026"],
)
def test_other_notes_name_nothing(text):
    assert notes.named_in(text) is None
    assert not notes.has_note(text, ID)


def test_two_notes_at_once_name_nothing_by_themselves_but_each_is_there():
    other = uuid.uuid4()
    text = f"{notes.note_of(ID)} {notes.note_of(other)}"

    assert notes.named_in(text) is None
    assert notes.has_note(text, ID)
    assert notes.has_note(text, other)


@given(text=st.text())
def test_any_text_may_come_from_a_bank(text):
    named = notes.named_in(text)

    assert named is None or notes.has_note(text, named)
