from django.urls import URLPattern, path
from oscar.apps.checkout import apps
from oscar.core.loading import get_class


class CheckoutConfig(apps.CheckoutConfig):
    """Two pages: who and where, then check and pay. Oscar's redirect-only steps are merged into them."""

    name = "marketplace.shop.checkout"

    def ready(self) -> None:
        self.details_view = get_class("checkout.views", "DetailsView")
        self.preview_view = get_class("checkout.views", "PreviewView")

    def get_urls(self) -> list[URLPattern]:
        return self.post_process_urls(
            [
                path("", self.details_view.as_view(), name="index"),
                path("preview/", self.preview_view.as_view(), name="preview"),
            ]
        )
