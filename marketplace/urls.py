"""Every page of the shop. A package that has pages lists them in its own urls.py."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

shop: Any = apps.get_app_config("oscar")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("marketplace.shop.catalogue.urls")),
    path("", include("marketplace.shop.order.urls")),
    path("communes/", include("marketplace.statistics.urls")),
    path("sell/", include("marketplace.sellers.urls")),
    path("payments/", include("payments.urls")),
    path("payments/", include("marketplace.shop.checkout.urls")),
    path("", include("marketplace.health")),
    path("api/", include("marketplace.api.urls")),
    path("", include("frontend.urls")),
    path("admin/", admin.site.urls),
    path("", include(shop.urls[0])),
]

if settings.DEBUG:
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
