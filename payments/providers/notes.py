"""Transfer notes that name an operation: what a payer writes and a bank's statement brings back.

A note is ``M`` and 24 letters and digits: the whole operation id, so nobody can guess a note, no two
operations share one, and it is read without a table. 25 characters are all that field 62.08 of a payment
code holds. Banks put their own words around it, change its case and lose dashes and spaces.
"""

import re
from collections.abc import Iterator
from uuid import UUID

LENGTH = 25
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Of the 128 bits of a UUID, 6 are fixed by its version and variant (RFC 9562). The other 122 and two for the
# version are as much as 24 digits to the base of 36 hold.
_VERSIONS = (4, 5, 7, 8)
_FREE_BITS = 122
_NOT_IN_NOTES = re.compile(r"[^0-9A-Z]")


def note_of(operation_id: UUID) -> str:
    """Return the note of an operation, for people to type in groups or at once."""
    assert operation_id.version in _VERSIONS, operation_id
    high, middle, low = (
        operation_id.int >> 80,
        (operation_id.int >> 64) & 0xFFF,
        operation_id.int & (2**62 - 1),
    )
    free = (high << 74) | (middle << 62) | low
    number = (_VERSIONS.index(operation_id.version) << _FREE_BITS) | free
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return "M" + digits.rjust(LENGTH - 1, "0")


def has_note(text: str, operation_id: UUID) -> bool:
    """Return whether ``text``, as a bank wrote it, has the note of the operation in it."""
    return note_of(operation_id) in _bare(text)


def named_in(text: str) -> UUID | None:
    """Return the operation whose note is in ``text``, None if there is none or it cannot be told which.

    A word that is a note counts for more than one that could be cut out of several words.
    """
    words = {_read(word) for word in re.split(r"[^0-9A-Z]+", text.upper()) if len(word) == LENGTH}
    found = words - {None}
    if not found:
        found = set(_anywhere(_bare(text)))
    return found.pop() if len(found) == 1 else None


def _anywhere(text: str) -> Iterator[UUID]:
    for at in range(len(text) - LENGTH + 1):
        operation_id = _read(text[at : at + LENGTH])
        if operation_id is not None:
            yield operation_id


def _read(note: str) -> UUID | None:
    if note[0] != "M":
        return None
    version, free = divmod(int(note[1:], 36), 1 << _FREE_BITS)
    if version >= len(_VERSIONS):
        return None
    high, middle, low = free >> 74, (free >> 62) & 0xFFF, free & (2**62 - 1)
    return UUID(int=(high << 80) | (_VERSIONS[version] << 76) | (middle << 64) | (0b10 << 62) | low)


def _bare(text: str) -> str:
    return _NOT_IN_NOTES.sub("", text.upper())
