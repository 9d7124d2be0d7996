from django.contrib.sitemaps import views as sitemaps
from django.urls import path
from django.views.decorators.cache import cache_page

from marketplace.replicas import may_be_old

from . import views
from .sitemaps import SITEMAPS

HOUR_S = 3_600

urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("share/<int:pk>.jpg", views.picture, name="share-picture"),
    path("sitemap.xml", cache_page(HOUR_S)(may_be_old(views.sitemap_index)), name="sitemap"),
    path(
        "sitemap-<section>.xml",
        cache_page(HOUR_S)(may_be_old(sitemaps.sitemap)),
        {"sitemaps": SITEMAPS},
        name="sitemap-section",
    ),
]
