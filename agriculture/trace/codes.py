"""Codes on packs: short enough to type, too many to guess. Without letters that look like digits."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without 0 O, 1 I L, U
LETTERS = 9  # 30 ** 9, nearly 2 * 10 ** 13


def new_code() -> str:
    """Return a code nobody can guess. Whether it is taken, the table that keeps it says."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))


def typed(code: str) -> str:
    """Return ``code`` as it is kept, however it was typed: "7k2m 9qxt4" is "7K2M9QXT4"."""
    return "".join(letter for letter in code.upper() if letter.isascii() and letter.isalnum())
