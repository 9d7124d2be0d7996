"""Pages made small on their way: brotli for whoever reads it, else gzip.

Files have been compressed before (frontend.static_names); these are the pages, which differ each time.
"""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Callable

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

# Below this a page fits into one packet anyway.
WORTH_BYTES = 860
_KINDS = ("text/html", "text/plain", "application/json", "application/ld+json", "text/xml", "application/xml")
# brotli's own scale, 0 to 11. A page for one visitor takes about a millisecond, one that is kept ten.
_QUALITY, _PATIENT_QUALITY = 4, 9
_GZIP_LEVEL, _PATIENT_GZIP_LEVEL = 4, 9
_PADDING_MAX = 64


def accepted(request: HttpRequest) -> str:
    """Return how an answer may be compressed: "br", "gzip" or ""."""
    offered = request.META.get("HTTP_ACCEPT_ENCODING", "")
    names = {
        part.partition(";")[0].strip() for part in offered.split(",") if not part.rstrip().endswith("q=0")
    }
    return next((form for form in ("br", "gzip") if form in names), "")


def packed(content: bytes, form: str, *, patient: bool = False) -> tuple[bytes, dict[str, str]]:
    """Return ``content`` compressed, and the headers that say so. ``patient`` is for what is kept."""
    if form == "br":
        quality = _PATIENT_QUALITY if patient else _QUALITY
        return brotli.compress(content, mode=brotli.MODE_TEXT, quality=quality), {"Content-Encoding": "br"}
    if form == "gzip":
        level = _PATIENT_GZIP_LEVEL if patient else _GZIP_LEVEL
        return gzip.compress(content, compresslevel=level, mtime=0), {"Content-Encoding": "gzip"}
    return content, {}


class CompressionMiddleware:
    """Compresses pages. Whoever is known gets some bytes of chance as well.

    The length of a compressed page tells whether it holds what somebody else made it repeat (BREACH,
    CVE-2013-3587): a few bytes more or less drown that, as in Django's own GZipMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponse) or not _is_worth_it(response):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        if form := accepted(request):
            content = response.content
            if settings.SESSION_COOKIE_NAME in request.COOKIES and _kind(response) == "text/html":
                content += f"<!-- {secrets.token_urlsafe(secrets.randbelow(_PADDING_MAX))} -->".encode()
            response.content, said = packed(content, form)
            for name, value in said.items():
                response.headers[name] = value
            response.headers["Content-Length"] = str(len(response.content))
            if (tag := response.headers.get("ETag", "")).startswith('"'):
                response.headers["ETag"] = f"W/{tag}"
        return response


def _kind(response: HttpResponseBase) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0]


def _is_worth_it(response: HttpResponse) -> bool:
    return (
        not response.has_header("Content-Encoding")
        and _kind(response) in _KINDS
        and len(response.content) >= WORTH_BYTES
    )
