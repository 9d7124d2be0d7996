from django.urls import URLPattern, path, re_path, reverse_lazy
from django.views.generic import RedirectView
from oscar.apps.catalogue import apps
from oscar.core.loading import get_class


class CatalogueConfig(apps.CatalogueConfig):
    """Product pages under Oscar's URL names; its lists lead to ours, which need no search engine."""

    name = "marketplace.shop.catalogue"

    def ready(self) -> None:
        self.detail_view = get_class("catalogue.views", "ProductDetailView")
        self.catalogue_view = get_class("catalogue.views", "CatalogueView")
        self.category_view = get_class("catalogue.views", "ProductCategoryView")

    def get_urls(self) -> list[URLPattern]:
        from marketplace.copies.copying import copied  # needs the models

        # Where goods would arrive depends on who asks; what is left and what is free on the clock as well.
        shows = copied(
            *("things", "goods", "stays", "tours", "product:{pk}"), seconds=60, for_everybody=False
        )
        return self.post_process_urls(
            [
                path("", self.catalogue_view.as_view(), name="index"),
                re_path(
                    r"^(?P<product_slug>[\w-]*)_(?P<pk>\d+)/$",
                    shows(self.detail_view.as_view()),
                    name="detail",
                ),
                re_path(
                    r"^category/(?P<category_slug>[\w-]+(/[\w-]+)*)_(?P<pk>\d+)/$",
                    self.category_view.as_view(),
                    name="category",
                ),
                path("ranges/<slug:slug>/", RedirectView.as_view(url=reverse_lazy("produce")), name="range"),
            ]
        )
