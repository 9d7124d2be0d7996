"""Where carriers tell what became of parcels, under /delivery/."""

from django.urls import path

from . import carrier_views

app_name = "carriers"

urlpatterns = [path("carriers/<slug:code>/events/", carrier_views.EventsView.as_view(), name="events")]
