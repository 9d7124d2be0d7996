"""Oscar's root application and those of its apps whose only change is what they start."""

from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _
from oscar.apps.analytics import apps as analytics_apps
from oscar.config import Shop


class ShopConfig(Shop):
    """The URLs of Oscar we keep. Search and wish lists are not among them: the produce list searches."""

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            path("catalogue/", self.catalogue_app.urls),
            path("basket/", self.basket_app.urls),
            path("checkout/", self.checkout_app.urls),
            path("accounts/", self.customer_app.urls),
            path("offers/", self.offer_app.urls),
            path("dashboard/", self.dashboard_app.urls),
        ]


class AnalyticsConfig(analytics_apps.AnalyticsConfig):
    """Oscar's counters without their receivers: those write on every product page, and lock the
    counters of an order's products in the order of its lines, which deadlocks two buyers."""

    verbose_name = _("Analytics")

    def ready(self) -> None:
        """Connect nothing."""
