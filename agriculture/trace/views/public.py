"""The pages of codes: for whoever holds a pack, on any phone, without an account and without JavaScript."""

from __future__ import annotations

import time
import uuid
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, set_response_etag
from django.views.generic import View

from agriculture.trace import selectors, services
from agriculture.trace.codes import typed
from agriculture.trace.forms import MistakeForm

KEPT_S = 300  # a page may be this old: a parcel moves more slowly
REPORTS_PER_HOUR = 10  # of one network
HOUR_S = 3600


def _language(request: HttpRequest) -> str:
    """``?lang=en``: by the address and not by a cookie, so that one kept page is right for everybody."""
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    language = _language(request)
    with translation.override(language):
        said = {"language": language, "other": "vi" if language == "en" else "en"}
        response = render(request, template, {**said, **context}, status=status)
    response["Content-Language"] = language
    return response


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let everybody between us and the phone keep the page for a while, and ask by its mark afterwards."""
    response["Cache-Control"] = f"public, max-age={KEPT_S}"
    set_response_etag(response)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


class FindView(View):
    """GET: type the code of a pack; with ``code`` goes to its page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        code = typed(request.GET.get("code", ""))[:12]
        if code:
            return redirect(f"/t/{quote(code)}/" + ("?lang=en" if _language(request) == "en" else ""))
        return _kept(request, _page(request, "trace/find.html", {}))


class TraceView(View):
    """GET: where the thing in the hand comes from. An unknown code may be typed again (404)."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        found = selectors.trace(code, today=timezone.localdate())
        if found is None:
            return _page(request, "trace/find.html", _unknown(code), status=404)
        return _kept(request, _page(request, "trace/page.html", {"trace": found}))


class ReportView(View):
    """GET: the form to report a mistake. POST: keeps it; twice the same form keeps it once."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        form = MistakeForm(initial={"mistake_id": uuid.uuid4()})
        return self._answer(request, code, form=form)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        found = selectors.trace(code, today=timezone.localdate())
        with translation.override(_language(request)):
            form = MistakeForm(request.POST)
            if found is None or not form.is_valid():
                return self._answer(request, code, form=form, status=422)
            if _too_many(request):
                return self._answer(request, code, form=form, too_many=True, status=429)
            services.report_mistake(
                **form.cleaned_data,
                code=found.code,
                seller=found.seller,
                product=found.product,
                now=timezone.now(),
            )
        return self._answer(request, code, done=True)

    @staticmethod
    def _answer(request: HttpRequest, code: str, *, status: int = 200, **more: Any) -> HttpResponse:
        found = selectors.trace(code, today=timezone.localdate())
        if found is None:
            return _page(request, "trace/find.html", _unknown(code), status=404)
        response = _page(request, "trace/report.html", {"trace": found, **more}, status=status)
        response["Cache-Control"] = "no-store"
        return response


def _unknown(code: str) -> dict[str, Any]:
    return {"is_unknown": True, "unknown": typed(code)[:12]}


def _too_many(request: HttpRequest) -> bool:
    """Whether so many reports came from one network within the hour that a person did not write them."""
    key = f"mistakes:{request.META.get('REMOTE_ADDR', '')}:{int(time.time()) // HOUR_S}"
    cache.add(key, 0, HOUR_S)
    return cache.incr(key) > REPORTS_PER_HOUR
