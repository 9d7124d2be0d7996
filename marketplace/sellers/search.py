"""Finding what sellers offer by words typed without accents: what is indexed, and how it is asked for.

PostgreSQL's full-text search in the configuration ``simple`` over folded text needs no extension and no
Vietnamese dictionary. Words match from their beginning, so results follow while somebody types.
"""

import re
from collections.abc import Iterable

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q

from marketplace.places.models import Commune
from marketplace.places.text import fold

CONFIGURATION = "simple"
# More words than this never narrow a search of this size any further; a pasted page would only cost time.
WORDS_MAX = 8

_WORD = re.compile(r"[a-z0-9]+")


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


def match(text: str, *, path: str = "") -> tuple[dict[str, SearchVector], Q] | None:
    """Return the annotation and the filter that find ``text``; None if it holds no word at all.

    Every word must begin some word of the search text. ``path`` leads from the queried model to its
    origin (``"product__origin__"``). Whatever was typed, it cannot form an operator: only letters and
    digits reach the query. The expression is the one of the index ``origin_search``.
    """
    words = words_of(text)
    if not words:
        return None
    vector = SearchVector(f"{path}search_text", config=CONFIGURATION)
    wanted = SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config=CONFIGURATION)
    return {"searched": vector}, Q(searched=wanted)
