"""A view whose answer is the same for everybody: made once, kept, and greeted into.

``@copied("things", "goods")`` says what the page shows. The copy is made with ``nobody_s`` request, so that
nothing of anybody can get into it; what greets the visitor is left open (``frontend.holes``) and filled in
for each.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language

from frontend import holes, saving
from marketplace.shop.basket.models import Basket

from .build import BUILD
from .selectors import state_of

View = Callable[..., HttpResponseBase]

# Addresses with more than this are too many to keep, and anything a visitor types is made anew.
PARAMETERS_MAX = 2
VALUE_MAX = 12


class NoMessages(BaseStorage):
    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Any], bool]:
        return [], True

    def _store(self, messages: Any, response: Any, *args: Any, **kwargs: Any) -> list[Any]:
        return []


def copied(
    *scopes: str, parameters: Sequence[str] = (), seconds: int | None = None, for_everybody: bool = True
) -> Callable[[View], View]:
    """Let a view answer with a copy of its page while nothing of ``scopes`` has changed.

    ``{pk}`` in a scope stands for the address's number. ``parameters`` are those of the query that may be
    there; an address with another is never kept, nor one with something typed. ``seconds`` is for pages that
    time itself changes (settings.COPIES_KEPT_S by default; every copy also ends with its day). A page that
    shows more of a visitor than the frame does is not ``for_everybody``: whoever has a session or a basket
    gets their own.
    """

    def decorated(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            kept_s = min(settings.COPIES_KEPT_S, seconds or settings.COPIES_KEPT_S)
            if not kept_s or not may_be_copied(request, parameters):
                return view(request, *args, **kwargs)
            if not for_everybody and not is_nobody(request):
                return view(request, *args, **kwargs)
            named = [scope.format(**kwargs) for scope in scopes]
            state, key = state_of(named), f"{key_of(request)}:open"
            kept = cache.get(key)
            if kept is None or kept[0] != state:
                response = _written(view(nobody_s(request), *args, **kwargs))
                if response.status_code != 200 or not isinstance(response, HttpResponse):
                    return response if is_nobody(request) else view(request, *args, **kwargs)
                kept = (state, holes.opened(response.content))
                cache.set(key, kept, kept_s)
            page = holes.greeted(kept[1], request)
            filled = HttpResponse(holes.with_token(page, request))
            if is_nobody(request):
                filled.copy = (state, named, kept_s, page)  # type: ignore[attr-defined]  # for CopyMiddleware
            return filled

        return answer

    return decorated


def _written(response: HttpResponseBase) -> HttpResponseBase:
    return response.render() if hasattr(response, "render") else response


def may_be_copied(request: HttpRequest, parameters: Sequence[str]) -> bool:
    asked = request.GET
    return (
        request.method == "GET"
        and len(asked) <= PARAMETERS_MAX
        and all(name in parameters and len(value) <= VALUE_MAX for name, value in asked.items())
    )


def is_nobody(request: HttpRequest) -> bool:
    """Whether the browser has told nothing about whose it is: no session, no basket, no message."""
    mine = (
        settings.SESSION_COOKIE_NAME,
        settings.OSCAR_BASKET_COOKIE_OPEN,  # type: ignore[misc]  # from oscar.defaults
        "messages",
    )
    return not any(name in request.COOKIES for name in mine)


def key_of(request: HttpRequest) -> str:
    """Return what a copy is kept under: our code, its language, the day, what may be sent, its address."""
    parts = (
        BUILD,
        get_language(),
        timezone.localdate().isoformat(),
        "saving" if saving.is_saving(request) else "",
        request.get_full_path(),
    )
    return "copy:" + hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:40]


def nobody_s(request: HttpRequest) -> HttpRequest:
    """Return ``request`` as somebody sends it who was never here: no cookie, no person, no basket."""
    twin: Any = copy.copy(request)
    twin.META = {
        name: value for name, value in request.META.items() if not name.startswith(("HTTP_COOKIE", "CSRF"))
    }
    twin.COOKIES = {saving.COOKIE: "1"} if saving.is_saving(request) else {}
    twin.session = SessionBase()
    twin.user = twin._cached_user = AnonymousUser()
    twin._messages = NoMessages(twin)
    twin.basket = twin._basket_cache = Basket()
    twin.leaves_holes = True
    return twin
