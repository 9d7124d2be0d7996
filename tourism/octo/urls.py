"""The OCTO supplier API, under /octo/. Its description ends some addresses in a slash, and others not."""

from django.urls import re_path

from . import booking_views, views
from .endpoint import NothingHereView
from .pictures import PictureView

app_name = "octo"

urlpatterns = [
    re_path(r"^capabilities/?$", views.CapabilitiesView.as_view()),
    re_path(r"^supplier/?$", views.SupplierView.as_view()),
    re_path(r"^products/?$", views.ProductsView.as_view()),
    re_path(r"^products/(?P<product_id>[^/]+)/?$", views.ProductView.as_view()),
    re_path(r"^availability/?$", views.AvailabilityView.as_view()),
    re_path(r"^availability/calendar/?$", views.CalendarView.as_view()),
    re_path(r"^bookings/?$", booking_views.BookingsView.as_view()),
    re_path(r"^bookings/(?P<uuid>[^/]+)/?$", booking_views.BookingView.as_view()),
    re_path(r"^bookings/(?P<uuid>[^/]+)/confirm/?$", booking_views.ConfirmView.as_view()),
    re_path(r"^bookings/(?P<uuid>[^/]+)/extend/?$", booking_views.ExtendView.as_view()),
    re_path(r"^bookings/(?P<uuid>[^/]+)/cancel/?$", booking_views.CancelView.as_view()),
    re_path(r"^pictures/(?P<image_id>[1-9][0-9]{0,17})\.jpg$", PictureView.as_view()),
    re_path(r"^[\s\S]*$", NothingHereView.as_view()),
]
