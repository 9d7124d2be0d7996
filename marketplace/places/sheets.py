"""A map as a file: one SVG path for each commune. Reading one needs neither Django nor shapely."""

import hashlib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from .errors import ReferenceRefused

PATH = re.compile(r"(M\d+ \d+l[-0-9 ]+z)+")
VIEWBOX = re.compile(r"0 0 \d+ \d+")


@dataclass(frozen=True)
class Outline:
    """The border of one commune, and the point inside it that is farthest from the border."""

    path: str
    label_x: int
    label_y: int


@dataclass(frozen=True)
class Sheet:
    source: str  # the name of the file and the beginning of its SHA-256
    credit: str
    viewbox: str
    outlines: dict[str, Outline]  # by code


def source_of(path: Path) -> str:
    return f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"


def write(path: Path, *, credit: str, viewbox: str, outlines: dict[str, Outline]) -> None:
    shapes = {code: [line.path, line.label_x, line.label_y] for code, line in sorted(outlines.items())}
    sheet = {"credit": credit, "viewbox": viewbox, "shapes": shapes}
    path.write_text(json.dumps(sheet, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def read(path: Path, *, codes: Collection[str]) -> Sheet:
    """Read a map that ``write`` wrote.

    Raises ReferenceRefused unless it has an outline for each of ``codes`` and for no other.
    """
    try:
        sheet = json.loads(path.read_text(encoding="utf-8"))
        outlines = {code: Outline(*values) for code, values in sheet["shapes"].items()}
        credit, viewbox = sheet["credit"], sheet["viewbox"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReferenceRefused(
            place=path.name, found=repr(error), wanted="a map as build_map writes it"
        ) from error
    if outlines.keys() != set(codes):
        raise ReferenceRefused(
            place=f"{path.name}, shapes",
            found=f"communes {sorted(outlines.keys() ^ set(codes))} on one side only",
            wanted=f"the {len(codes)} codes of communes_2025.csv",
        )
    if not VIEWBOX.fullmatch(viewbox):
        raise ReferenceRefused(place=f"{path.name}, viewbox", found=viewbox, wanted="'0 0 WIDTH HEIGHT'")
    for code, line in outlines.items():
        if not PATH.fullmatch(line.path):
            raise ReferenceRefused(
                place=f"{path.name}, shapes, {code}", found=line.path[:60], wanted="an SVG path M x y l ... z"
            )
    return Sheet(source_of(path), credit, viewbox, outlines)
