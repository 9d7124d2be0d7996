"""Gives whoever is nobody the finished page, before anything else of the shop has to look at the request."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone, translation

from frontend import holes
from frontend.compression import accepted, packed
from frontend.middleware import chosen_language, is_for_programs
from marketplace.switches.selectors import closed_since

from .copying import is_nobody, key_of, may_be_copied
from .selectors import state_of

# Set anew for every answer, by what stands outside of this.
_OTHERS = frozenset({"Set-Cookie", "Content-Length", "X-Request-ID"})
# Any query may be here; whether such an address is kept was decided when the copy was made.
_PARAMETERS = ("category", "commune", "season", "sort", "page", "near", "guests", "month")


class CopyMiddleware:
    """Answers with a finished page while nothing it shows has changed: one look into Valkey, one query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._csrf = CsrfViewMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_for_programs(request) or not may_be_copied(request, _PARAMETERS) or not is_nobody(request):
            return self.get_response(request)
        if closed_since(now=timezone.now()) is not None:
            return self.get_response(request)  # to be told so
        translation.activate(chosen_language(request))
        key, form = key_of(request), accepted(request)
        if (kept := cache.get(f"{key}:{form}")) is not None:
            state, scopes, headers, body = kept
            if state_of(scopes) == state:
                return self._answer(request, headers, body)
        response = self.get_response(request)
        if (made := getattr(response, "copy", None)) is not None:
            self._keep(f"{key}:{form}", form, made, response)
        return response

    def _keep(self, key: str, form: str, made: Any, response: Any) -> None:
        state, scopes, kept_s, page = made
        headers = {name: value for name, value in response.headers.items() if name not in _OTHERS}
        if not holes.has_token(page):
            page, encoding = packed(page, form, patient=True)
            # The browser asks every time, and is told in a line that its page is still right.
            headers |= encoding | {"ETag": f'W/"{_digest(page)}"', "Cache-Control": "private, no-cache"}
            headers["Vary"] = "Accept-Encoding, Cookie, Save-Data"
        cache.set(key, (state, scopes, headers, page), kept_s)

    def _answer(self, request: HttpRequest, headers: dict[str, str], body: bytes) -> HttpResponse:
        if not holes.has_token(body):
            if request.headers.get("If-None-Match") == headers["ETag"]:
                return HttpResponseNotModified(headers=headers)
            return HttpResponse(body, headers=headers)
        self._csrf.process_request(request)
        response = HttpResponse(holes.with_token(body, request), headers=headers)
        return self._csrf.process_response(request, response)  # type: ignore[return-value]


def _digest(page: bytes) -> str:
    return hashlib.sha256(page).hexdigest()[:16]
