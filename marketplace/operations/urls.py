"""The pages of those who run the market, under /staff/."""

from django.urls import path

from . import status_views, switch_views

app_name = "operations"

urlpatterns = [
    path("status/", status_views.StatusPage.as_view(), name="status"),
    path("switches/", switch_views.SwitchesPage.as_view(), name="switches"),
]
