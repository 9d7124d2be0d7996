"""The shop as an app on a phone: its name, its look, and what it shows without a signal."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .icons import draw_icon

ICON_SIZES = (180, 192, 512)  # iOS, and what Chromium asks of what it installs
SHELL_FILES = (
    "css/tokens.css",
    "css/base.css",
    "css/layout.css",
    "css/components.css",
    "css/pages.css",
    "css/notices.css",
    "js/app.js",
    "js/countdown.js",
    "js/dates.js",
    "js/stepper.js",
    "js/installed.js",
    "js/offline.js",
    "img/icons.svg",
    "img/mark.svg",
)
# The pages of a reader that stay on the phone: orders with their tickets and codes, and the list of them.
KEPT_PAGES = (r"^/orders/[\w-]+/$", r"^/accounts/orders/$")
READER_HEADER = "X-Reader"
MINUTE, YEAR = 60, 365 * 24 * 3600


class ReaderMiddleware(MiddlewareMixin):
    """Says on each page of somebody signed in whose it is, without saying who: the phone keeps pages by it.

    Another mark than before, or none, empties what the phone kept. Costs nothing where no view asked for it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        user = getattr(request, "_cached_user", None)
        if user is not None and user.is_authenticated:
            mark = salted_hmac("frontend.installed.reader", str(user.pk)).hexdigest()[:16]
            response.headers[READER_HEADER] = mark
        return response


@require_safe
@cache_control(public=True, max_age=60 * MINUTE)
def manifest(request: HttpRequest) -> JsonResponse:
    """GET: the web app manifest, in Vietnamese: what the market is called on its people's phones."""
    with translation.override("vi"):
        about = {
            "id": "/",
            "name": settings.OSCAR_SHOP_NAME,
            "short_name": settings.OSCAR_SHOP_NAME,
            "description": str(settings.OSCAR_SHOP_TAGLINE),
            "lang": "vi",
            "dir": "ltr",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#fbf8f3",
            "theme_color": "#1f6b4a",
            "categories": ["shopping", "food", "travel"],
            "icons": [
                {
                    "src": reverse("app-icon", args=[size]),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for size in ICON_SIZES[1:]
                for purpose in ("any", "maskable")
            ],
            "shortcuts": [
                {"name": _("Produce"), "url": "/produce/"},
                {"name": _("My orders"), "url": "/accounts/orders/"},
                {"name": _("Basket"), "url": "/basket/"},
            ],
        }
    return JsonResponse(
        about, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )


@require_safe
@cache_control(public=True, max_age=YEAR, immutable=True)
def app_icon(request: HttpRequest, size: int) -> HttpResponse:
    """GET: the mark of the market as a square PNG. 404 for a size that nobody asks for."""
    if size not in ICON_SIZES:
        raise Http404
    return HttpResponse(draw_icon(size), content_type="image/png")


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """GET: the service worker of every page. Changed files give it another version, and so a new shell."""
    return HttpResponse(_service_worker(), content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=60 * MINUTE)
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """GET: what a phone shows in ``language`` when there is no signal. The same for everybody."""
    # Whoever asks: nothing of them may stand on it. A request of nobody has no cookies, user or messages.
    nobodys = HttpRequest()
    nobodys.path = nobodys.path_info = "/"
    nobodys.META = {name: value for name, value in request.META.items() if name != "HTTP_COOKIE"}
    with translation.override(language):
        response = render(nobodys, "offline.html")
    response.headers["Content-Language"] = language
    return response


@lru_cache(maxsize=1)
def _service_worker() -> str:
    source = render_to_string("pwa/sw.js")
    told = json.dumps(_told(), ensure_ascii=False).replace("<", "\\u003C")
    version = hashlib.sha256(f"{told}{source}{_shell_digest()}".encode()).hexdigest()[:12]
    return f"const SHOP = {{version: {json.dumps(version)}, ...{told}}};\n{source}"


def _told() -> dict[str, Any]:
    languages = [code for code, _name in settings.LANGUAGES]
    offline_pages = {code: reverse(f"offline-{code}") for code in languages}
    return {
        "language": settings.LANGUAGE_CODE,
        "shell": [*offline_pages.values(), *(static(name) for name in SHELL_FILES)],
        "offline": offline_pages,
        "stale": {code: _stale(code) for code in languages},
        "kept": KEPT_PAGES,
        "files": settings.STATIC_URL,
        "logout": reverse("customer:logout"),
        "notices": reverse("notices:list"),
        "icon": reverse("app-icon", args=[192]),
    }


def _stale(language: str) -> str:
    """Return what stands over a page that the phone kept, in HTML."""
    with translation.override(language):
        return render_to_string("pwa/_stale.html")


def _shell_digest() -> str:
    """Return a digest of the shell's files: in development their names do not change with what is in them."""
    digest = hashlib.sha256()
    for name in SHELL_FILES:
        if path := finders.find(name):
            with open(str(path), "rb") as file:
                digest.update(file.read())
    return digest.hexdigest()
