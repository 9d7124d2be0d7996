"""Guests who ask before they book, and calendars for other sites, under /stays/."""

from django.urls import URLPattern, URLResolver, include, path

from .views import asking, sites

requests: list[URLPattern | URLResolver] = [
    path("ask/<int:room_type_id>/", asking.AskView.as_view(), name="ask"),
    path("requests/<str:signed>/", asking.RequestView.as_view(), name="request"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("calendars/<str:secret>.ics", sites.ExportView.as_view(), name="calendar-export"),
    path("", include((requests, "stay-requests"))),
]
