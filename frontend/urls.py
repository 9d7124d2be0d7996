from django.conf import settings
from django.urls import URLPattern, path

from . import installed, views

urlpatterns: list[URLPattern] = [
    path("language/", views.choose_language, name="choose-language"),
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    path("sw.js", installed.service_worker, name="service-worker"),
    path("icons/<int:size>.png", installed.app_icon, name="app-icon"),
    *(
        path(f"offline/{code}/", installed.offline, {"language": code}, name=f"offline-{code}")
        for code, _name in settings.LANGUAGES
    ),
]

if settings.DEBUG:
    urlpatterns += [path("design/", views.design, name="design")]
