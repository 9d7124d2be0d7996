"""Finding people by name as an administrator types it: any words of it, in any order, without accents."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, F, Func, Q, QuerySet

from marketplace.places.text import fold


class Folded(Func):
    """A name as ``places.text.fold`` writes it, reckoned by PostgreSQL."""

    output_field = CharField()
    template = (
        r"lower(translate(regexp_replace(normalize(%(expressions)s, NFD), '[\u0300-\u036f]', '', 'g'), "
        "'Đđ', 'dd'))"
    )


def with_name(rows: QuerySet[Any], text: str, *paths: str) -> QuerySet[Any]:
    """Narrow ``rows`` to those with every word of ``text`` in one of the columns ``paths``."""
    rows = rows.alias(**{f"folded_{number}": Folded(F(path)) for number, path in enumerate(paths)})
    for word in fold(text).split():
        rows = rows.filter(
            Q(*((f"folded_{number}__contains", word) for number in range(len(paths))), _connector=Q.OR)
        )
    return rows
