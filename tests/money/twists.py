"""What can be wrong with a statement: nothing, a line that is missing, different, strange or there twice."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from payments.providers.base import StatementLine

Lines = list[StatementLine]


def missing(lines: Lines) -> Lines:
    return lines[1:]


def different(lines: Lines) -> Lines:
    changed = [replace(line, amount_vnd=line.amount_vnd * 2) for line in lines[:1]]
    return changed + lines[1:]


def strange(lines: Lines) -> Lines:
    stray = uuid4()
    return lines + [
        replace(line, provider_ref=f"X-{stray}", reference="", operation_id=stray) for line in lines[:1]
    ]


def twice(lines: Lines) -> Lines:
    return lines + lines[:1]


TWISTS = [list, missing, different, strange, twice]
