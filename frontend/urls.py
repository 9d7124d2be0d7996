from django.conf import settings
from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [path("language/", views.choose_language, name="choose-language")]

if settings.DEBUG:
    urlpatterns += [path("design/", views.design, name="design")]
