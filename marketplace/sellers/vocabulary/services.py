"""Keeping the words no longer than what they are words of."""

from __future__ import annotations

from django.db import connection, transaction

# An origin that comes meanwhile would find its word there, and then lose it: so none may come.
_LOCK = "LOCK TABLE sellers_origin IN SHARE MODE"
_FORGET = """
    DELETE FROM vocabulary_word AS word
     WHERE NOT EXISTS (
        SELECT 1 FROM sellers_origin
         WHERE to_tsvector('simple', search_text) @@ to_tsquery('simple', word.text)
     )
"""


@transaction.atomic
def forget_unused_words() -> int:
    """Forget the words of listings that are gone; return how many they were. May be repeated."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_FORGET)
        return cursor.rowcount
