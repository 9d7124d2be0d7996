"""Finding what sellers offer by words typed without accents, or typed wrong: what is indexed, and how it
is asked for.

PostgreSQL's full-text search in the configuration ``simple`` over folded text needs no extension and no
Vietnamese dictionary. Words match from their beginning, so results follow while somebody types. A word
that nothing begins with is read as those it may be a slip of (``spelling``).

Whatever is asked, at most HITS_MAX origins are weighed: what a search costs does not grow with the market.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import (
    BigAutoField,
    BigIntegerField,
    Count,
    F,
    IntegerField,
    Lookup,
    Q,
    Sum,
    TextField,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat, Least, NullIf, StrIndex
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from marketplace.places.models import Commune
from marketplace.places.text import fold

from .models import Origin
from .spelling import Reading, Spelling
from .vocabulary.models import Word

CONFIGURATION = "simple"
# More words than this never narrow a search of this size any further; a pasted page would only cost time.
WORDS_MAX = 8
# Nobody leafs through more. Of more than these, those whose name has the first word, then the newest.
HITS_MAX = 300
_NAME_LETTERS = 40

_WORD = re.compile(r"[a-z0-9]+")

# Nearness is counted in letters from the beginning of the search text, which begins with the names.
_BEGINNING_OF_A_LONGER_WORD = 40
_PER_SLIP = 15
_FARTHEST = 200
_MISSING = 1_000


def origin_text(*, names: Iterable[str], seller: str, unit: Commune, commune: Commune) -> str:
    """Return what ``Origin.search_text`` holds, folded; the first of ``names`` comes first.

    ``names`` are the product's names in every language, then those of its group. ``unit`` is where it
    comes from as finely as is known, ``commune`` today's commune around it. A unit of before the merger
    brings its own names; a commune of today those of all units it was made of.
    """
    places = [*unit.search_terms, commune.name, commune.full_name]
    parts = dict.fromkeys(fold(part) for part in [*names, seller, *places])
    return " ".join(part for part in parts if part)


def words_of(text: str) -> list[str]:
    """Return the words of ``text`` that can be looked for, folded; at most ``WORDS_MAX``."""
    return _WORD.findall(fold(text))[:WORDS_MAX]


@dataclass(frozen=True)
class Term:
    """One typed word and its readings, of which any will do."""

    typed: str
    readings: tuple[Reading, ...]

    @property
    def query(self) -> str:
        """The term as PostgreSQL's tsquery. Only letters and digits reach it: no operator can be typed."""
        return f"({' | '.join(f'({self._one(each)})' for each in self.readings)})"

    def _one(self, reading: Reading) -> str:
        # What was typed may be the beginning of a word; what it was corrected to is one.
        return " & ".join(reading.words) if reading.slips else f"{self.typed}:*"

    def nearness(self, text: Combinable) -> Combinable:
        """How far from the beginning of ``text`` the term stands, in letters, its likeliest reading first."""
        distances = [
            _place(text, word, reading.slips) for reading in self.readings for word in reading.words[:1]
        ]
        return Least(*distances, Value(_MISSING)) if distances else Value(_MISSING)


def _place(text: Combinable, word: str, slips: int) -> Combinable:
    begins = NullIf(StrIndex(text, Value(f" {word}")), Value(0))
    whole = NullIf(StrIndex(text, Value(f" {word} ")), Value(0))
    letters = Coalesce(whole, begins + Value(_BEGINNING_OF_A_LONGER_WORD), output_field=IntegerField())
    # Least() passes over what is NULL: a word that is not there at all.
    return Least(letters + Value(_PER_SLIP * slips), letters * 0 + Value(_FARTHEST))


@dataclass(frozen=True)
class Wish:
    """What somebody looks for: some words, each with the ways to read it."""

    terms: tuple[Term, ...]
    every: bool = True  # of the words, or any of them

    @property
    def query(self) -> SearchQuery:
        words = (" & " if self.every else " | ").join(term.query for term in self.terms)
        return SearchQuery(words, search_type="raw", config=CONFIGURATION)

    @property
    def read_as(self) -> str:
        """The words as they were read, "" if that is how they were typed. Of "a · b" either was enough."""
        if all(term.readings[0].slips == 0 for term in self.terms) and self.every:
            return ""
        return (" " if self.every else " · ").join(term.readings[0].text for term in self.terms)

    def nearness(self, path: str = "") -> Combinable:
        """The closest first: every word early in the name, as it was typed. ``path`` leads to the origin."""
        text = Concat(Value(" "), F(f"{path}search_text"), Value(" "), output_field=TextField())
        return reduce(lambda one, other: one + other, (term.nearness(text) for term in self.terms))


@dataclass(frozen=True)
class Hits:
    """The origins that match, in no order; ``more`` if only the newest of them are among ``ids``."""

    ids: list[int]
    more: bool
    wish: Wish
    read_as: str = ""


class Among(Lookup):
    """``pk__among=[…]``: like ``in``, with one parameter however many there are."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", [*params, list(self.rhs)]


BigAutoField.register_lookup(Among)
BigIntegerField.register_lookup(Among)


def find(text: str, *, narrower: Q | None = None) -> Hits | None:
    """Return the origins that ``text`` finds, of those that ``narrower`` allows; None if it holds no word.

    Every word must begin some word of the search text, or be a slip of one. Where no listing has them all,
    near words are tried for every one, and then any of the words will do; but not where it is only
    ``narrower`` that leaves nothing. Two queries; up to four more when nothing is called so.
    """
    typed = words_of(text)
    if not typed:
        return None
    spelling = current_spelling()
    allowed = Origin.objects.filter(narrower or Q())
    for number, wish in enumerate(_wishes(typed, spelling)):
        ids = _ids(allowed, wish)
        if ids or (number == 0 and narrower and _ids(Origin.objects.all(), wish, most=1)):
            return Hits(ids[:HITS_MAX], len(ids) > HITS_MAX, wish, wish.read_as)
    return Hits([], False, Wish(tuple(Term(word, (Reading((word,), 0),)) for word in typed)))


def _ids(rows: Any, wish: Wish, most: int = HITS_MAX + 1) -> list[int]:
    vector = SearchVector("search_text", config=CONFIGURATION)  # the expression of the index origin_search
    found = rows.annotate(searched=vector).filter(searched=wish.query)
    first = wish.terms[0].readings[0].words[0]
    place = StrIndex(Concat(Value(" "), F("search_text"), output_field=TextField()), Value(f" {first}"))
    found = found.annotate(in_name=Q(GreaterThan(place, 0), LessThanOrEqual(place, _NAME_LETTERS)))
    return list(found.order_by("-in_name", "-listed_at", "pk").values_list("pk", flat=True)[:most])


def _wishes(typed: list[str], spelling: Spelling) -> Iterator[Wish]:
    """Yield the ways to understand the words, the strictest first."""
    terms = [Term(word, tuple(spelling.read(word))) for word in typed]
    understood = tuple(term for term in terms if term.readings)
    if not understood:
        return
    yield Wish(understood)
    widened = tuple(_widened(term, spelling) for term in understood)
    if widened != understood:
        yield Wish(widened)
    if len(understood) > 1:
        yield Wish(widened, every=False)


def _widened(term: Term, spelling: Spelling) -> Term:
    readings = dict.fromkeys([*term.readings, *spelling.guess(term.typed)])
    return replace(term, readings=tuple(readings))


_known: tuple[tuple[int, int], Spelling] = ((0, 0), Spelling([]))


def current_spelling() -> Spelling:
    """Return the words in use. One query; a second one when a word has come or gone since the last time.

    A word's row is never changed, so their number and the sum of their ids tell one set of rows from another.
    """
    global _known  # noqa: PLW0603 (one per process: rebuilding it for every request would cost more than the search)
    state = Word.objects.aggregate(number=Count("pk"), ids=Coalesce(Sum("pk"), Value(0)))
    version = (state["number"], int(state["ids"]))
    if _known[0] != version:
        _known = (version, Spelling(Word.objects.values_list("text", flat=True)))
    return _known[1]
