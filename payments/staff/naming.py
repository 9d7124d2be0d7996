"""What the owners of accounts are called. Payments know codes only: who knows people registers a function."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from payments import providers
from payments.services import booking

Namer = Callable[[Collection[str]], dict[str, str]]
_namers: list[Namer] = []


def register(namer: Namer) -> None:
    """Have ``namer`` asked as well: it gets codes of accounts and returns the names of those it knows."""
    if namer not in _namers:
        _namers.append(namer)


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of those accounts that have one, by code. As many queries as the namers make."""
    wanted = frozenset(codes)
    clearing = f"{booking.CLEARING}:"
    names = {
        code: providers.label(code.removeprefix(clearing)) for code in wanted if code.startswith(clearing)
    }
    for namer in _namers:
        names |= namer(wanted)
    return names


def names_in(transfers: Iterable[Any]) -> dict[str, str]:
    """Return the names of both ends of ``transfers``, by code."""
    return names_of(code for one in transfers for code in (one.debit.code, one.credit.code))
