from django.urls import URLPattern, path, re_path
from django.views.generic import RedirectView
from oscar.apps.offer import apps


class OfferConfig(apps.OfferConfig):
    """Offers have no pages: they show in the basket. The dashboard's links lead to the produce."""

    name = "marketplace.shop.offer"

    def get_urls(self) -> list[URLPattern]:
        produce = RedirectView.as_view(pattern_name="produce")
        return self.post_process_urls(
            [path("", produce, name="list"), re_path(r"^[\w-]+/$", produce, name="detail")]
        )
