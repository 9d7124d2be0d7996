"""Places in a page that are left open for the visitor: the name in the header, the basket's count, a token.

A page asked for by a request with ``leaves_holes`` has marks where ``{% own "partials/_x.html" %}`` stands;
``filled`` puts there what these partials show to somebody. Any other request has them filled at once.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

# A control character that no page holds.
_EDGE = "\x02"
_TOKEN = f"{_EDGE}token{_EDGE}".encode()
_HOLE = re.compile(rb"\x02own ([\w/.-]+)\x02")
# As Django writes it for {% csrf_token %}.
_WRITTEN_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}(")')


def mark(template: str) -> str:
    return f"{_EDGE}own {template}{_EDGE}"


def opened(page: bytes) -> bytes:
    """Return ``page`` with its form tokens taken out as well."""
    return _WRITTEN_TOKEN.sub(rb"\1" + _TOKEN + rb"\2", page)


def greeted(page: bytes, request: HttpRequest) -> bytes:
    """Return ``page`` with every hole filled for ``request``; its tokens are still missing."""
    written: dict[bytes, bytes] = {}

    def write(hole: re.Match[bytes]) -> bytes:
        name = hole[1]
        if name not in written:
            written[name] = render_to_string(name.decode(), {}, request).encode()
        return written[name]

    return _HOLE.sub(write, page)


def has_token(page: bytes) -> bool:
    return _TOKEN in page


def with_token(page: bytes, request: HttpRequest) -> bytes:
    """Return ``page`` with the form token of ``request``, which then gets the token's cookie as well."""
    return page.replace(_TOKEN, get_token(request).encode()) if has_token(page) else page


def leaves_holes(request: Any) -> bool:
    return bool(getattr(request, "leaves_holes", False))
