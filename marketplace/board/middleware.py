"""No look at figures that not everybody sees goes unwritten, whichever page or program asks."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.accounts.selectors import official_scope

from . import looking

# Pages of the board, and those on which an official sees more than others do.
OF_OFFICIALS = ("board:", "board-reports:", "complaints-board:", "indicators:")
MORE_FOR_OFFICIALS = {"api-indicators", "communes", "commune", "tourism-figures", "statistics-sales"}
NEWS = "fragment"  # of the address: an open page asks for what changed


class LooksMiddleware:
    """Writes a look for every page of figures that was shown to an official."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        match = request.resolver_match
        if match is None or request.method != "GET" or response.status_code != 200:
            return response
        name = match.view_name or ""
        is_on_board = name.startswith(OF_OFFICIALS)
        if (is_on_board or name in MORE_FOR_OFFICIALS) and isinstance(request.user, User):
            scope = getattr(request, "official_scope", None) or official_scope(request.user)
            if scope.whole_province or scope.commune_codes:
                parameters = request.GET.copy()
                again = bool(parameters.pop(NEWS, None))
                shown = [f"{key}={value}" for key, value in match.kwargs.items()]
                looking.note(
                    user=request.user,
                    page=name,
                    question=" ".join(filter(None, [*shown, parameters.urlencode()])),
                    scope=scope,
                    now=timezone.now(),
                    again=again,
                )
        return response
