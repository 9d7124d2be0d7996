from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, URLResolver
from oscar.apps.dashboard import apps

# Of these the shop has nothing: no pages or e-mails of Oscar's, one way to send, and reviews are answered by
# their sellers. Their entries in the navigation are taken out in the settings.
ABSENT = ("reviews/", "pages/", "comms/", "shipping/")
OPEN_TO_ALL = ("login", "logout")


class DashboardConfig(apps.DashboardConfig):
    """Oscar's dashboard for administrators, and for nobody else.

    Oscar lets in a seller's people who have ``partner.dashboard_access``, and shows them whole orders.
    Here sellers have a page of their own (``sell``), and that permission opens nothing.
    """

    name = "marketplace.shop.dashboard"

    def ready(self) -> None:
        super().ready()
        from .gate import for_administrators

        self.gate = for_administrators

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [each for each in super().get_urls() if str(each.pattern) not in ABSENT]

    def get_url_decorator(self, pattern: URLPattern) -> Callable[..., Any] | None:
        """Oscar asks this for every page of the dashboard and of its parts."""
        return None if pattern.name in OPEN_TO_ALL else self.gate
