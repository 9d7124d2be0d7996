from django.urls import URLPattern, path, reverse_lazy
from django.views.generic import RedirectView
from oscar.apps.offer import apps


class OfferConfig(apps.OfferConfig):
    """Offers have no pages: they show in the basket. The dashboard's links lead to the produce."""

    name = "marketplace.shop.offer"

    def get_urls(self) -> list[URLPattern]:
        produce = RedirectView.as_view(url=reverse_lazy("produce"))
        return self.post_process_urls(
            [path("", produce, name="list"), path("<slug:slug>/", produce, name="detail")]
        )
