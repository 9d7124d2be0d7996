"""Whether parcels arrived when it was promised, for the staff, under /staff/deliveries/."""

from django.urls import path

from . import staff_views

app_name = "deliveries-staff"

urlpatterns = [path("", staff_views.PromisesView.as_view(), name="promises")]
