"""The cash of all post points, for the staff, under /staff/tills/."""

from django.urls import path

from . import staff_views

app_name = "counter-staff"

urlpatterns = [path("", staff_views.TillsView.as_view(), name="tills")]
