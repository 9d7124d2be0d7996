"""What somebody meant who typed a word that nothing is called: pure functions over the words in use.

Words are folded (``places.text.fold``). Four kinds of slips are read, the likeliest first:

* typing for an input method that was off: Telex ``maatj``, VNI ``ma6t5`` for ``mật``;
* spaces left out: ``matong`` for ``mật ong``;
* spelling by ear: ``xeng cu``, ``nac kho``, ``quat chua``: sounds that many speakers of the north do not
  tell apart, and letters that spell one sound in two ways;
* a letter wrong, missing, too many or swapped with its neighbour.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

# A word of so many letters may have one of them wrong, and from so many on two.
ONE_SLIP_FROM, TWO_SLIPS_FROM = 3, 6
READINGS_MAX = 6
# A word shorter than this is no part of words written together: everything can be cut into single letters.
PART_MIN, PARTS_MAX = 2, 4

# Words for the same thing in different parts of the country.
SAME_THING = (
    ("lon", "heo"),
    ("tra", "che"),
    ("ngo", "bap"),
    ("vung", "me"),
    ("dua", "thom"),
)

_TELEX_TONE = re.compile(r"[sfrxj]$")
_TELEX_LETTERS = (("aa", "a"), ("ee", "e"), ("oo", "o"), ("dd", "d"), ("uw", "u"), ("ow", "o"), ("aw", "a"))
_VNI_DIGITS = re.compile(r"(?<=[a-z])[1-9]|(?<=[a-z][1-9])[1-9]")
_SOUNDS = (
    ("ngh", "ng"),
    ("gh", "g"),
    ("gi", "d"),
    ("z", "d"),
    ("tr", "ch"),
    ("ph", "f"),
    ("qu", "kw"),
    ("c", "k"),
    ("q", "k"),
    ("r", "d"),
    ("x", "s"),
    ("y", "i"),
)


@dataclass(frozen=True)
class Reading:
    """A way to read a typed word: the words that must all be there, and how unlikely it is (0: as it is)."""

    words: tuple[str, ...]
    slips: int

    @property
    def text(self) -> str:
        return " ".join(self.words)


class Spelling:
    """The words in use, ready to be asked. Making it costs some milliseconds for ten thousand words."""

    def __init__(self, words: Iterable[str]) -> None:
        self._sorted = sorted(words)
        self._words = frozenset(self._sorted)

    def begins_a_word(self, typed: str) -> bool:
        place = bisect_left(self._sorted, typed)
        return place < len(self._sorted) and self._sorted[place].startswith(typed)

    def read(self, typed: str) -> list[Reading]:
        """Return what ``typed`` may mean, the likeliest first; nothing if it is like no word in use.

        What begins a word in use is taken as it is, with the other words for the same thing.
        """
        if self.begins_a_word(typed):
            others = [Reading((word,), 1) for word in _same_things(typed) if word in self._words]
            return [Reading((typed,), 0), *others]
        return self.guess(typed)

    def guess(self, typed: str) -> list[Reading]:
        """Return the words in use that ``typed`` may be a slip of, itself not among them."""
        undone = [Reading((word,), 1) for word in _undone(typed) if word != typed and word in self._words]
        parts = self._parts(typed)
        readings = [*undone, *([Reading(parts, 1)] if len(parts) > 1 else []), *self._near(typed)]
        distinct = {reading.words: reading for reading in reversed(readings)}
        return sorted(distinct.values(), key=lambda each: (each.slips, each.words))[:READINGS_MAX]

    def _near(self, typed: str) -> list[Reading]:
        """Words that sound alike, then those with the fewest letters changed."""
        alike = [word for word in self._by_sound.get(_sound(typed), ()) if word != typed]
        allowed = (len(typed) >= ONE_SLIP_FROM) + (len(typed) >= TWO_SLIPS_FROM)
        found = process.extract(
            typed, self._sorted, scorer=OSA.distance, score_cutoff=allowed, limit=4 * READINGS_MAX
        )
        near = [Reading((word,), 1 + _cost(typed, word, slips)) for word, slips, _ in found if word != typed]
        least = min((reading.slips for reading in near), default=0)
        return [Reading((word,), 1) for word in alike] + [each for each in near if each.slips <= least + 1]

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = defaultdict(list)
        for word in self._sorted:
            groups[_sound(word)].append(word)
        return groups

    def _parts(self, typed: str) -> tuple[str, ...]:
        """Return the fewest words in use that ``typed`` is written together from; empty if it is not."""
        best: list[tuple[str, ...] | None] = [(), *[None] * len(typed)]
        for end in range(PART_MIN, len(typed) + 1):
            for start in range(end - PART_MIN + 1):
                before, word = best[start], typed[start:end]
                if before is None or len(before) >= PARTS_MAX or word not in self._words:
                    continue
                now = best[end]
                if now is None or len(before) + 1 < len(now):
                    best[end] = (*before, word)
        return best[-1] or ()


def _same_things(typed: str) -> list[str]:
    return [other for pair in SAME_THING if typed in pair for other in pair if other != typed]


def _undone(typed: str) -> list[str]:
    """What ``typed`` is when the keys of Telex or VNI are taken as what they were pressed for."""
    without_digits = _VNI_DIGITS.sub("", typed)
    word = typed
    for keys, letter in _TELEX_LETTERS:
        word = word.replace(keys, letter)
    toneless = _TELEX_TONE.sub("", word)
    # The key of a tone may also stand right behind its vowel: "muwowfng".
    inside = re.sub(r"(?<=[aeiouy])[sfrxj](?=[a-z])", "", word)
    return [without_digits, word, toneless, inside, _TELEX_TONE.sub("", inside)]


def _sound(word: str) -> str:
    for spelled, sound in _SOUNDS:
        word = word.replace(spelled, sound)
    return f"n{word[1:]}" if word.startswith("l") else word


def _cost(typed: str, word: str, slips: int) -> int:
    """A slip in the first letter is rarer than one later."""
    return 2 * slips + (typed[0] != word[0])
