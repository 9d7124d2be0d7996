"""What is known of a province beforehand: files of communes with other numbers of rows are refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from .errors import ReferenceRefused

FILE = "province.json"
Limits = tuple[Decimal, Decimal]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Numbers of rows of each file, and between which degrees everything of the province lies."""

    code: str  # two digits, of the General Statistics Office
    name: str
    districts: int
    units_2024: int
    units_2025: int
    neighbours: int
    latitudes: Limits
    longitudes: Limits


def read(path: Path) -> Facts:
    """Read the file at ``path``. Raises ReferenceRefused, which names what is wrong with it."""
    wanted = f"a file as that of Điện Biên, {FILE} beside the project's communes"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        counts = {name: int(found[name]) for name in ("districts", "units_2024", "units_2025", "neighbours")}
        facts = Facts(
            code=str(found["code"]),
            name=str(found["name"]).strip(),
            latitudes=_limits(found["latitudes"]),
            longitudes=_limits(found["longitudes"]),
            **counts,
        )
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise ReferenceRefused(place=path.name, found=repr(error), wanted=wanted) from error
    if not (len(facts.code) == 2 and facts.code.isascii() and facts.code.isdecimal()):
        raise ReferenceRefused(place=f"{path.name}, code", found=facts.code, wanted="a code of 2 digits")
    if not facts.name:
        raise ReferenceRefused(place=f"{path.name}, name", found="''", wanted="the province's name")
    return facts


def _limits(found: list[str]) -> Limits:
    low, high = (Decimal(degrees) for degrees in found)
    if not low < high:
        raise ValueError(f"{low} is not below {high}")
    return low, high
