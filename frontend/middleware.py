"""The language of an answer: what the visitor chose, else Vietnamese. And our page for what is not there."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.defaults import page_not_found

API_PREFIXES = ("/api/", "/octo/", *(f"/{operator}/" for operator in settings.PAYMENT_PROVIDERS))


class ChosenLocaleMiddleware(MiddlewareMixin):
    """Activates the language that the address names, or the language cookie, or Vietnamese.

    ``?lang=en`` is the English page for search engines and for whoever is sent its address; it is remembered
    for the pages after it. Most phones sold here report English, so a page does not believe
    ``Accept-Language``: only the switch in the header changes its language. Programs have no such switch;
    under API_PREFIXES ``Accept-Language`` is honoured and the cookie is not read.
    """

    def process_request(self, request: HttpRequest) -> None:
        language = _asked_language(request) if is_for_programs(request) else chosen_language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # An answer that names its language has it from its address: everybody gets the same.
        if "Content-Language" not in response.headers:
            patch_vary_headers(response, ["Accept-Language" if is_for_programs(request) else "Cookie"])
            response.headers["Content-Language"] = translation.get_language()
            known = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
            if (code := _named_language(request)) and code != known:
                response.set_cookie(
                    settings.LANGUAGE_COOKIE_NAME, code, samesite="Lax", secure=request.is_secure()
                )
        return response


def is_for_programs(request: HttpRequest) -> bool:
    return request.path_info.startswith(API_PREFIXES)


def _named_language(request: HttpRequest) -> str:
    """Return the language that the address of a page names, "" for none of ours."""
    code = "" if is_for_programs(request) else request.GET.get("lang", "")
    return code if code in dict(settings.LANGUAGES) else ""


def chosen_language(request: HttpRequest) -> str:
    if named := _named_language(request):
        return named
    code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _asked_language(request: HttpRequest) -> str:
    """Return the first language of ``Accept-Language`` we have, best first, else Vietnamese."""
    header = request.headers.get("Accept-Language", "")
    for code, _quality in parse_accept_lang_header(header):
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


class OwnNotFoundMiddleware(MiddlewareMixin):
    """Development only: shows visitors of the demonstration our 404 page, as production does.

    Django's technical one says more, but not to them. Addresses nobody knows come here by the last
    pattern of marketplace/urls.py.
    """

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Http404) and not is_for_programs(request):
            return page_not_found(request, exception)
        return None
