"""What the frame of every page shows: the basket's count, who is signed in, the other language."""

from unicodedata import normalize

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import cached_property

from marketplace.messaging import notices
from marketplace.sellers.selectors import sellers_of

# The addresses of the contract. They never change, every page shows them all, and the pages of the frame
# must stand even where one of them is not served: so they are written down instead of reversed.
LINKS = {
    "home": "/",
    "produce": "/produce/",
    "stays": "/stays/",
    "tours": "/tours/",
    "communes": "/communes/",
    "basket": "/basket/",
    "sell": "/sell/",
    "account": "/accounts/",
    "login": "/accounts/login/",
    "logout": "/accounts/logout/",
    "orders": "/accounts/orders/",
    "notices": "/accounts/notices/",
    "dashboard": "/dashboard/",
    "staff": "/staff/",
    "api": "/api/docs/",
}


class Shell:
    """Answers asked for by ``base.html``, each found out at most once and only when a page asks.

    A visitor without a session and without a basket cookie costs no query.
    """

    links = LINKS

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def user(self) -> AbstractBaseUser | AnonymousUser:
        if settings.SESSION_COOKIE_NAME not in self._request.COOKIES:
            return AnonymousUser()
        return getattr(self._request, "user", AnonymousUser())

    @cached_property
    def basket_count(self) -> int:
        """How many lines the basket has, not how many pieces: five sacks of one rice count once."""
        has_cookie = settings.OSCAR_BASKET_COOKIE_OPEN in self._request.COOKIES  # type: ignore[misc]  # from oscar.defaults
        if not (has_cookie or self.user.is_authenticated):
            return 0
        basket = getattr(self._request, "basket", None)
        return basket.num_lines if basket is not None and basket.id else 0

    @cached_property
    def unread(self) -> int:
        """How many notices wait for whoever is signed in. No query."""
        return notices.unread(self.user.pk) if self.user.is_authenticated else 0

    @cached_property
    def sells(self) -> bool:
        """Whether the person acts for a seller, as a member or with leave. One query; none for strangers."""
        return self.user.is_authenticated and sellers_of(self.user.pk).exists()

    @property
    def alternate_language(self) -> tuple[str, str]:
        """The language the switch offers: its code, and its name in itself."""
        current = translation.get_language()
        code = next(code for code, _name in settings.LANGUAGES if code != current)
        # Django writes the name with combining accents, which some phones draw beside their letters.
        return code, normalize("NFC", translation.get_language_info(code)["name_local"])


def shell(request: HttpRequest) -> dict[str, object]:
    return {"shell": Shell(request)}
