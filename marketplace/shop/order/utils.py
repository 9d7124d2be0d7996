import secrets
from datetime import date
from typing import Any

from django.utils import timezone

# Crockford's letters: nothing that a telephone mishears or a tired eye confuses.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class OrderNumberGenerator:
    """Order numbers like ``261123-7KQ2MD``: the day, and 30 random bits nobody guesses.

    Oscar's own is 100000 + the basket's id: guessable, and the same for every try with one basket.
    """

    def order_number(self, basket: Any = None, *, placed_on: date | None = None) -> str:
        random = "".join(secrets.choice(_ALPHABET) for _ in range(6))
        return f"{placed_on or timezone.localdate():%y%m%d}-{random}"
