"""Open data, under /statistics/."""

from django.urls import path, re_path

from . import open_views

urlpatterns = [
    path("data/", open_views.OpenDataView.as_view(), name="open-data"),
    re_path(r"^catalog\.(?P<form>jsonld|ttl)$", open_views.CatalogueView.as_view(), name="catalogue"),
    re_path(
        r"^releases/(?P<number>[0-9]{1,6})/(?P<name>[a-z-]+)\.(?P<format>xlsx|pdf)$",
        open_views.ReleaseFileView.as_view(),
        name="release-file",
    ),
]
