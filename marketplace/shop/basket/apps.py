from django.urls import URLPattern, path
from oscar.apps.basket import apps
from oscar.core.loading import get_class


class BasketConfig(apps.BasketConfig):
    """The basket's pages under Oscar's URL names. Saved baskets are not offered."""

    name = "marketplace.shop.basket"

    def ready(self) -> None:
        self.summary_view = get_class("basket.views", "BasketView")
        self.add_view = get_class("basket.views", "BasketAddView")
        self.line_view = get_class("basket.views", "LineView")

    def get_urls(self) -> list[URLPattern]:
        return self.post_process_urls(
            [
                path("", self.summary_view.as_view(), name="summary"),
                path("add/<int:pk>/", self.add_view.as_view(), name="add"),
                path("lines/<int:pk>/", self.line_view.as_view(), name="line"),
            ]
        )
