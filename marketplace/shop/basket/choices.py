"""Meals and add-ons as a form sends them: fields ``add_on_<id>``, each with how many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from marketplace.errors import Invalid

PREFIX = "add_on_"


def pieces_of(fields: Mapping[str, Any]) -> dict[int, int]:
    """Return add-ons' ids with how many of each was chosen; what is empty or 0 was not. Raises Invalid."""
    pieces = {}
    for name, value in fields.items():
        add_on_id = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and value and value != "0":
            if not (_is_number(add_on_id) and _is_number(value)):
                raise Invalid("add_ons", _("Choose a number of each, or leave it empty."))
            pieces[int(add_on_id)] = int(value)
    return pieces


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9
