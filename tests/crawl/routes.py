"""Every address of the project as the resolver knows it, and how the rows of somebody else fill it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern

# A parameter of path() or a named group of re_path(), the latter with one level of groups inside.
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()\[\]]|\[[^\]]*\]|\([^()]*\))*\)")
# What of a regular expression is no text of an address.
SYNTAX = re.compile(r"\(\?:\[\\s\\S\]\*/\)\?|\[\\s\\S\]\*|/\?\$|[\^$\\]")


@dataclass(frozen=True)
class Route:
    """One pattern: its name with namespaces ("" without one) and the whole of it as written."""

    name: str
    pattern: str

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Each parameter as (the last word before it, its name): ("orders", "number")."""
        found = []
        for match in PARAMETER.finditer(self.pattern):
            before = PARAMETER.sub("", self.pattern[: match.start()])
            words = re.findall(r"[a-z][\w-]*", SYNTAX.sub("", before))
            found.append((words[-1] if words else "", match[1] or match[2]))
        return found

    @property
    def is_admin(self) -> bool:
        return self.pattern.startswith("admin/")

    @property
    def is_api(self) -> bool:
        """Whether it is the API, which knows people by a token alone."""
        return self.pattern.startswith("api/v1/")

    def paths(self, values: Mapping[tuple[str, str], list[str]]) -> Iterator[str]:
        """Every address that the values give. Raises KeyError for a parameter without values."""
        lists = [values[parameter] for parameter in self.parameters]
        for chosen in product(*lists):
            left = iter(chosen)
            filled = PARAMETER.sub(lambda _match, left=left: next(left), self.pattern)
            yield "/" + re.sub(r"/+", "/", SYNTAX.sub("", filled).replace(r"\.", "."))


def all_routes() -> list[Route]:
    """Every pattern, from the resolver. One written twice is there once."""
    return list(dict.fromkeys(_walk(get_resolver(), "", "")))


def _walk(resolver: Any, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        assert not isinstance(entry.pattern, LocalePrefixPattern), "addresses have no language"
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            yield Route(f"{namespace}{entry.name}" if entry.name else "", pattern)
